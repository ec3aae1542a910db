import { assertNever } from '../syntax/ast.ts';
import type { CheckedExpression } from './checked.ts';

const NONE: readonly CheckedExpression[] = [];

/** The operands of a checked expression in the order of evaluation. */
export function checkedChildren(node: CheckedExpression): readonly CheckedExpression[] {
  switch (node.kind) {
    case 'constant':
    case 'variable':
    case 'local':
      return NONE;
    case 'identifier':
    case 'attribute':
      return [node.object];
    case 'index':
      return [node.object, node.key];
    case 'collection':
      return node.items;
    case 'call':
      return node.arguments;
    case 'not':
    case 'matches':
    case 'is':
    case 'has':
    case 'exists':
    case 'negation':
      return [node.operand];
    case 'and':
    case 'or':
      return node.operands;
    case 'implies':
    case 'comparison':
    case 'overlap':
    case 'arithmetic':
      return [node.left, node.right];
    case 'riskComparison':
      return [node.threshold];
    case 'membership':
      return [node.element, node.collection];
    case 'inNetwork':
      return [node.address, node.network];
    case 'quantifier':
      return [node.collection, node.body];
    default:
      return assertNever(node);
  }
}
