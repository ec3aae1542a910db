import type { Node } from '../syntax/ast.ts';

/** Blocks: what stands between their brackets, one a line, and remarks after the last. */
export function itemsOf(node: Node): readonly Node[] | undefined {
  switch (node.kind) {
    case 'sourceFile':
      return node.declarations;
    case 'enum':
      return node.members;
    case 'entity':
    case 'context':
    case 'recordType':
      return node.attributes;
    case 'action':
      return [...node.attributes, ...node.context];
    case 'actionSet':
      return node.actions;
    case 'role':
      return node.grants;
    case 'mode':
      return node.rules;
    case 'fixture':
    case 'test':
    case 'listLiteral':
    case 'setLiteral':
      return node.items;
    case 'rateTable':
    case 'recordLiteral':
      return node.entries;
    case 'callExpression':
    case 'advice':
      return node.arguments;
    default:
      return undefined;
  }
}

/** The parts of a node that begin a line of their own. */
export function linesOf(node: Node): readonly (Node | undefined)[] {
  switch (node.kind) {
    case 'rule':
      return [node.when, node.unless, node.because, node.advice];
    case 'override':
      return [node.condition, node.because];
    case 'limit':
      return [node.because, node.advice];
    case 'signal':
    case 'assert':
      return [node.condition];
    case 'quantifierExpression':
      return [node.body];
    default:
      return itemsOf(node) ?? [];
  }
}

/** The parts of a node that may end a line without beginning one. */
export function endsOf(node: Node): readonly (Node | undefined)[] {
  switch (node.kind) {
    case 'rule':
    case 'override':
    case 'signal':
    case 'assert':
      return [node.scope];
    default:
      return [];
  }
}

/** Expressions after which the line goes on, so that none of their operands may end it. */
export function goingOnAfter(node: Node): readonly (Node | undefined)[] {
  switch (node.kind) {
    case 'limit':
      return node.keys;
    case 'rateTable':
      return [node.selector];
    case 'role':
    case 'joinOrigin':
      return [node.condition];
    default:
      return [];
  }
}

/** The parts of such an expression for which that holds as well: those outside of brackets. */
export function goingOnIn(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'unaryExpression':
    case 'hasExpression':
    case 'existsExpression':
    case 'matchesExpression':
    case 'isExpression':
      return [node.operand];
    case 'binaryExpression':
      return [node.left, node.right];
    case 'memberExpression':
    case 'indexExpression':
      return [node.object];
    case 'callExpression':
      return [node.callee];
    case 'quantifierExpression':
      return [node.collection];
    default:
      return [];
  }
}
