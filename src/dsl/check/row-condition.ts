import type { Expression } from '../syntax/ast.ts';

/** What a row of a joined table must meet, over its columns: the `where` of an attribute. */
export type RowCondition =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: RowCondition }
  | { readonly kind: 'and' | 'or'; readonly left: RowCondition; readonly right: RowCondition }
  | { readonly kind: 'has'; readonly column: string }
  | {
      readonly kind: 'comparison';
      readonly operator: RowOperator;
      readonly left: RowOperand;
      readonly right: RowOperand;
    }
  | { readonly kind: 'in'; readonly element: RowOperand; readonly items: readonly RowLiteral[] };
export type RowOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type RowOperand = { readonly kind: 'column'; readonly name: string } | RowLiteral;
export interface RowLiteral {
  readonly kind: 'literal';
  readonly value: string | number | boolean;
}

/**
 * The condition as a written expression says it: names are columns; they are compared with each other and with strings,
 * numbers and truth values. Undefined for anything else.
 */
export function rowConditionOf(written: Expression): RowCondition | undefined {
  switch (written.kind) {
    case 'nameExpression':
      return { kind: 'column', name: written.name };
    case 'booleanLiteral':
      return { kind: 'constant', value: written.value };
    case 'hasExpression':
      return written.operand.kind === 'nameExpression'
        ? { kind: 'has', column: written.operand.name }
        : undefined;
    case 'unaryExpression': {
      const operand = written.operator === 'not' ? rowConditionOf(written.operand) : undefined;
      return operand && { kind: 'not', operand };
    }
    case 'binaryExpression':
      return binary(written.operator, written.left, written.right);
    default:
      return undefined;
  }
}

function binary(operator: string, left: Expression, right: Expression): RowCondition | undefined {
  switch (operator) {
    case 'and':
    case 'or':
    case 'implies': {
      const [first, second] = [rowConditionOf(left), rowConditionOf(right)];
      if (first === undefined || second === undefined) return undefined;
      if (operator !== 'implies') return { kind: operator, left: first, right: second };
      return { kind: 'or', left: { kind: 'not', operand: first }, right: second };
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const [first, second] = [operandOf(left), operandOf(right)];
      if (first === undefined || second === undefined) return undefined;
      if (first.kind === 'literal' && second.kind === 'literal') return undefined;
      return { kind: 'comparison', operator, left: first, right: second };
    }
    case 'in': {
      const element = operandOf(left);
      if (element?.kind !== 'column' || (right.kind !== 'setLiteral' && right.kind !== 'listLiteral'))
        return undefined;
      const items = right.items.map(operandOf);
      const literals = items.filter((one) => one?.kind === 'literal');
      return literals.length < items.length ? undefined : { kind: 'in', element, items: literals };
    }
    default:
      return undefined;
  }
}

function operandOf(written: Expression): RowOperand | undefined {
  switch (written.kind) {
    case 'nameExpression':
      return { kind: 'column', name: written.name };
    case 'booleanLiteral':
    case 'integerLiteral':
    case 'floatLiteral':
    case 'stringLiteral':
      return { kind: 'literal', value: written.value };
    case 'unaryExpression': {
      const operand = written.operator === '-' ? operandOf(written.operand) : undefined;
      return operand?.kind === 'literal' && typeof operand.value === 'number'
        ? { kind: 'literal', value: -operand.value }
        : undefined;
    }
    default:
      return undefined;
  }
}
