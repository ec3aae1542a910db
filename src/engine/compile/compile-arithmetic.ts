import type { CheckedArithmetic, CheckedNegation } from '../../dsl/check/checked.ts';
import { UNKNOWN } from '../../dsl/types/values.ts';
import { type CompileContext, isMissing } from './compile-context.ts';
import type { ValueOf } from './decision-input.ts';

/** `+`, `-`, `*`: unknown when a side is, when a whole number leaves ±(2^53−1), or when a float is not finite. */
export function compileArithmetic(expression: CheckedArithmetic, context: CompileContext): ValueOf {
  const left = context.value(expression.left);
  const right = context.value(expression.right);
  const fits = expression.type.kind === 'float' ? Number.isFinite : Number.isSafeInteger;
  const { operator } = expression;
  return (input) => {
    const a = left(input);
    const b = right(input);
    if (isMissing(a) || isMissing(b)) return UNKNOWN;
    const x = a as number;
    const y = b as number;
    const result = operator === '+' ? x + y : operator === '-' ? x - y : x * y;
    // Minus zero is zero.
    return fits(result) ? result + 0 : UNKNOWN;
  };
}

/** `-x`. */
export function compileNegation(expression: CheckedNegation, context: CompileContext): ValueOf {
  const operand = context.value(expression.operand);
  return (input) => {
    const outcome = operand(input);
    return isMissing(outcome) ? UNKNOWN : 0 - (outcome as number);
  };
}
