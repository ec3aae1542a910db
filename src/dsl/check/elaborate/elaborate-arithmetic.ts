import type { BinaryExpression, UnaryExpression } from '../../syntax/ast.ts';
import { DURATION, showType, TIME, type Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import { constant, contextRank } from './elaborate-literals.ts';
import type { Elaboration, Scope } from './elaboration.ts';

type ArithmeticOperator = '+' | '-' | '*';

/** int and float arithmetic, `time - time`, `time ± duration`, `duration ± duration`. */
export function elaborateArithmetic(
  e: Elaboration,
  written: BinaryExpression,
  operator: ArithmeticOperator,
  scope: Scope,
  expected: Type | undefined,
): CheckedExpression | undefined {
  const wanted = expected?.kind === 'float' ? expected : undefined;
  const rightFirst = contextRank(e, written.left, scope) > contextRank(e, written.right, scope);
  const [first, second] = rightFirst ? [written.right, written.left] : [written.left, written.right];
  const one = e.elaborate(first, scope, wanted);
  const other = e.elaborate(second, scope, one?.type.kind === 'float' ? one.type : wanted);
  if (one === undefined || other === undefined) return undefined;
  const [left, right] = rightFirst ? [other, one] : [one, other];
  if (left.type.kind === 'risk' || right.type.kind === 'risk') {
    e.report('riskMisused', written.span, { use: 'so there is no calculating with it' });
    return undefined;
  }
  const type = resultType(operator, left.type, right.type);
  if (type === undefined) {
    e.report('unlikeOperands', written.span, {
      operator,
      left: showType(left.type),
      right: showType(right.type),
      help: 'there are int and float arithmetic, `time - time`, `time ± duration` and `duration ± duration`',
    });
    return undefined;
  }
  return { kind: 'arithmetic', type, node: written, operator, left, right };
}

function resultType(operator: ArithmeticOperator, left: Type, right: Type): Type | undefined {
  const [a, b] = [left.kind, right.kind];
  if (a === b && (a === 'int' || a === 'float')) return left;
  if (operator === '*') return undefined;
  if (a === 'duration' && b === 'duration') return DURATION;
  if (a === 'time' && b === 'duration') return TIME;
  if (a === 'duration' && b === 'time' && operator === '+') return TIME;
  return a === 'time' && b === 'time' && operator === '-' ? DURATION : undefined;
}

/** `-x`. */
export function elaborateNegation(
  e: Elaboration,
  written: UnaryExpression,
  scope: Scope,
  expected: Type | undefined,
): CheckedExpression | undefined {
  const operand = e.elaborate(written.operand, scope, expected);
  if (operand === undefined) return undefined;
  const { type } = operand;
  if (type.kind !== 'int' && type.kind !== 'float' && type.kind !== 'duration') {
    e.report('badOperand', written.span, { operator: '-', type: showType(type) });
    return undefined;
  }
  // 0 - x, since -0 is no value that a reader can tell from 0.
  if (operand.kind === 'constant' && typeof operand.value === 'number')
    return constant(written, type, 0 - operand.value);
  return { kind: 'negation', type, node: written, operand };
}
