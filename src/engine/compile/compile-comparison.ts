import type {
  CheckedComparison,
  CheckedRiskComparison,
  ComparisonOperator,
} from '../../dsl/check/checked.ts';
import { assertNever } from '../../dsl/syntax/ast.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import type { Type } from '../../dsl/types/types.ts';
import { keyOf, type Outcome, type Reference, UNKNOWN, type Value } from '../../dsl/types/values.ts';
import { flipOf, slopeOf } from './affine.ts';
import { type CompileContext, isMissing, isPrimitive, type Polarities } from './compile-context.ts';
import type { DecisionInput, Predicate, ValueOf } from './decision-input.ts';

/** What two known values are compared by. */
type Compare = (left: Value, right: Value) => boolean;

/** `left OP right`: unknown when a side is. A comparison that moves with `now` notes when it would turn out otherwise. */
export function compileComparison(expression: CheckedComparison, context: CompileContext): Polarities {
  const left = context.value(expression.left);
  const right = context.value(expression.right);
  const compare = comparer(expression.operator, expression.operands, context.schema);
  const leftSlope = slopeOf(expression.left);
  const rightSlope = slopeOf(expression.right);
  const slope = leftSlope === undefined || rightSlope === undefined ? undefined : leftSlope - rightSlope;
  if (slope !== 0) return movingComparison(expression.operator, left, right, compare, slope);

  if (expression.operator === '==' && isPrimitive(expression.operands.kind)) {
    if (expression.right.kind === 'constant') return equalsConstant(left, expression.right.value);
    if (expression.left.kind === 'constant') return equalsConstant(right, expression.left.value);
  }
  if (expression.operator === '==' && expression.operands.kind === 'reference')
    return sameReference(left, right);
  return {
    certainly: (input) => {
      const a = left(input);
      if (isMissing(a)) return false;
      const b = right(input);
      return !isMissing(b) && compare(a, b);
    },
    possibly: (input) => {
      const a = left(input);
      if (isMissing(a)) return true;
      const b = right(input);
      return isMissing(b) || compare(a, b);
    },
  };
}

function equalsConstant(operand: ValueOf, constant: Value): Polarities {
  return {
    certainly: (input) => operand(input) === constant,
    possibly: (input) => {
      const outcome = operand(input);
      return outcome === constant || outcome === undefined || outcome === UNKNOWN;
    },
  };
}

function sameReference(left: ValueOf, right: ValueOf): Polarities {
  return {
    certainly: (input) => {
      const a = left(input);
      if (isMissing(a)) return false;
      const b = right(input);
      return !isMissing(b) && (a as Reference).equals(b as Reference);
    },
    possibly: (input) => {
      const a = left(input);
      if (isMissing(a)) return true;
      const b = right(input);
      return isMissing(b) || (a as Reference).equals(b as Reference);
    },
  };
}

function movingComparison(
  operator: ComparisonOperator,
  left: ValueOf,
  right: ValueOf,
  compare: Compare,
  slope: number | undefined,
): Polarities {
  const judge = (input: DecisionInput): boolean | undefined => {
    const a = left(input);
    const b = right(input);
    if (isMissing(a) || isMissing(b)) return undefined;
    // What is not affine may turn out otherwise at any moment.
    const flip =
      slope === undefined ? input.now + 1 : flipOf(operator, (a as number) - (b as number), slope, input.now);
    if (flip < input.flipsAt) input.flipsAt = flip;
    return compare(a, b);
  };
  return { certainly: (input) => judge(input) === true, possibly: (input) => judge(input) !== false };
}

/** How values of a type are compared: enums by rank, references and addresses by key, all else by value. */
export function comparer(operator: ComparisonOperator, type: Type, schema: Schema): Compare {
  if (operator === '==' || operator === '!=') {
    const equal: Compare = isPrimitive(type.kind)
      ? (a, b) => a === b
      : (a, b) => a === b || keyOf(a) === keyOf(b);
    return operator === '==' ? equal : (a, b) => !equal(a, b);
  }
  if (type.kind === 'enum') {
    const ranks = schema.enums.get(type.name)?.rank;
    const rank = (value: Value): number => ranks?.get(value as string) ?? Number.NaN;
    return ordering(operator, rank);
  }
  return ordering(operator, (value) => value as number);
}

function ordering(operator: '<' | '<=' | '>' | '>=', measure: (value: Value) => number): Compare {
  switch (operator) {
    case '<':
      return (a, b) => measure(a) < measure(b);
    case '<=':
      return (a, b) => measure(a) <= measure(b);
    case '>':
      return (a, b) => measure(a) > measure(b);
    case '>=':
      return (a, b) => measure(a) >= measure(b);
    default:
      return assertNever(operator);
  }
}

/** `risk OP threshold` over the interval of risk: unknown where its ends disagree. */
export function compileRiskComparison(
  expression: CheckedRiskComparison,
  context: CompileContext,
): Polarities {
  const threshold = context.value(expression.threshold);
  const polarities = riskPolarities(expression.operator);
  const at =
    (judge: (low: number, high: number, limit: number) => boolean, otherwise: boolean): Predicate =>
    (input) => {
      const limit: Outcome = threshold(input);
      if (isMissing(limit)) return otherwise;
      const { low, high } = input.risk();
      input.recorder?.add({
        path: 'risk',
        type: expression.threshold.type,
        outcome: { low, high },
        missing: undefined,
      });
      return judge(low, high, limit as number);
    };
  return { certainly: at(polarities.certainly, false), possibly: at(polarities.possibly, true) };
}

/** Whether a comparison with a risk between `low` and `high` is certainly as wanted. */
export function judgeRisk(
  operator: ComparisonOperator,
  wanted: boolean,
  low: number,
  high: number,
  threshold: number,
): boolean {
  const { certainly, possibly } = riskPolarities(operator);
  return wanted ? certainly(low, high, threshold) : !possibly(low, high, threshold);
}

type JudgeInterval = (low: number, high: number, limit: number) => boolean;

function riskPolarities(operator: ComparisonOperator): { certainly: JudgeInterval; possibly: JudgeInterval } {
  switch (operator) {
    case '>=':
      return { certainly: (low, _, t) => low >= t, possibly: (_, high, t) => high >= t };
    case '>':
      return { certainly: (low, _, t) => low > t, possibly: (_, high, t) => high > t };
    case '<=':
      return { certainly: (_, high, t) => high <= t, possibly: (low, _, t) => low <= t };
    case '<':
      return { certainly: (_, high, t) => high < t, possibly: (low, _, t) => low < t };
    case '==':
      return {
        certainly: (low, high, t) => low === t && high === t,
        possibly: (low, high, t) => low <= t && t <= high,
      };
    case '!=':
      return {
        certainly: (low, high, t) => t < low || t > high,
        possibly: (low, high, t) => low !== t || high !== t,
      };
    default:
      return assertNever(operator);
  }
}
