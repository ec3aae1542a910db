import { assertNever, type Expression } from '../syntax/ast.ts';

const NONE: readonly Expression[] = [];

/** The operands of a written expression in the order of the text. */
export function expressionChildren(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'integerLiteral':
    case 'floatLiteral':
    case 'stringLiteral':
    case 'booleanLiteral':
    case 'durationLiteral':
    case 'nameExpression':
      return NONE;
    case 'listLiteral':
    case 'setLiteral':
      return node.items;
    case 'recordLiteral':
      return node.entries.map((entry) => entry.value);
    case 'memberExpression':
      return [node.object];
    case 'indexExpression':
      return [node.object, node.key];
    case 'callExpression':
      return [node.callee, ...node.arguments];
    case 'unaryExpression':
    case 'matchesExpression':
    case 'isExpression':
    case 'hasExpression':
    case 'existsExpression':
      return [node.operand];
    case 'binaryExpression':
      return [node.left, node.right];
    case 'quantifierExpression':
      return [node.collection, node.body];
    default:
      return assertNever(node);
  }
}

/** Every name that stands in an expression (not after a dot). */
export function namesIn(root: Expression): Set<string> {
  const names = new Set<string>();
  const open: Expression[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'nameExpression') names.add(node.name);
    else for (const child of expressionChildren(node)) open.push(child);
  }
  return names;
}
