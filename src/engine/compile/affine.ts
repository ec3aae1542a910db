import type { CheckedExpression, ComparisonOperator } from '../../dsl/check/checked.ts';

/**
 * How an expression moves with `now`: 0 when it stays, n when it grows by n milliseconds a millisecond, undefined when
 * it moves in a way that is not affine. A builtin's result counts as staying: it states its own flip.
 */
export function slopeOf(expression: CheckedExpression): number | undefined {
  switch (expression.kind) {
    case 'variable':
      return expression.name === 'now' ? 1 : 0;
    case 'negation': {
      const slope = slopeOf(expression.operand);
      return slope === undefined ? undefined : -slope;
    }
    case 'arithmetic': {
      const left = slopeOf(expression.left);
      const right = slopeOf(expression.right);
      if (left === undefined || right === undefined) return undefined;
      if (expression.operator === '+') return left + right;
      if (expression.operator === '-') return left - right;
      if (left === 0 && right === 0) return 0;
      if (right === 0 && expression.right.kind === 'constant')
        return left * (expression.right.value as number);
      if (left === 0 && expression.left.kind === 'constant') return right * (expression.left.value as number);
      return undefined;
    }
    case 'collection':
      return expression.items.every((item) => slopeOf(item) === 0) ? 0 : undefined;
    case 'attribute':
      return slopeOf(expression.object);
    case 'index':
      return slopeOf(expression.object) === 0 && slopeOf(expression.key) === 0 ? 0 : undefined;
    default:
      return 0;
  }
}

/**
 * The earliest whole millisecond after `now` at which `left OP right` can turn out otherwise, where `difference` is
 * left - right at `now` and `slope` is how fast it grows (not 0). Infinity when it never will again.
 */
export function flipOf(operator: ComparisonOperator, difference: number, slope: number, now: number): number {
  // Measured in the direction of growth: negative is before zero, and time only takes it upwards.
  const distance = slope > 0 ? difference : -difference;
  const speed = Math.abs(slope);
  const toZero = Math.ceil(-distance / speed);
  const beyondZero = Math.floor(-distance / speed) + 1;
  switch (operator) {
    case '==':
    case '!=':
      if (distance < 0) return now + toZero;
      return distance === 0 ? now + 1 : Number.POSITIVE_INFINITY;
    case '<':
    case '>=':
      // True of d < 0 only: growing, it flips on reaching zero; shrinking, on leaving it.
      if (slope > 0) return distance < 0 ? now + toZero : Number.POSITIVE_INFINITY;
      return distance <= 0 ? now + beyondZero : Number.POSITIVE_INFINITY;
    default:
      if (slope > 0) return distance <= 0 ? now + beyondZero : Number.POSITIVE_INFINITY;
      return distance < 0 ? now + toZero : Number.POSITIVE_INFINITY;
  }
}
