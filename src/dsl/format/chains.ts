import type { BinaryExpression, Expression, Node } from '../syntax/ast.ts';
import { LEVELS, OPERATOR_LEVELS } from '../syntax/precedence.ts';

/** True of `and`, `or` and `implies`, whose operands stand one a line when they do not fit on one. */
export function isChain(node: Node): node is BinaryExpression {
  return node.kind === 'binaryExpression' && OPERATOR_LEVELS[node.operator] <= LEVELS.and;
}

/** True when a node continues the chain of its parent: `implies` leans to the right, all else to the left. */
export function continuesChain(node: Node, parent: Node | undefined): node is BinaryExpression {
  if (node.kind !== 'binaryExpression' || parent?.kind !== 'binaryExpression') return false;
  const level = OPERATOR_LEVELS[node.operator];
  if (level !== OPERATOR_LEVELS[parent.operator] || level === LEVELS.comparison) return false;
  return (level === LEVELS.implies ? parent.right : parent.left) === node;
}

/** An operand of a chain and the operator before it, which the first one lacks. */
export interface Link {
  readonly operator: string | undefined;
  readonly operand: Expression;
}

/** The operands of `a - b + c`, however many there are. */
export function linksOf(chain: BinaryExpression): readonly Link[] {
  const links: Link[] = [];
  let at: BinaryExpression = chain;
  if (chain.operator === 'implies') {
    links.push({ operator: undefined, operand: at.left });
    while (continuesChain(at.right, at)) {
      at = at.right;
      links.push({ operator: 'implies', operand: at.left });
    }
    links.push({ operator: 'implies', operand: at.right });
    return links;
  }
  links.push({ operator: at.operator, operand: at.right });
  while (continuesChain(at.left, at)) {
    at = at.left;
    links.push({ operator: at.operator, operand: at.right });
  }
  links.push({ operator: undefined, operand: at.left });
  return links.toReversed();
}
