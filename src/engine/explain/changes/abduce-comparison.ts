import type { CheckedComparison, CheckedExpression, ComparisonOperator } from '../../../dsl/check/checked.ts';
import { MIRRORED, NEGATED } from '../../../dsl/check/comparison-operators.ts';
import { type Outcome, Reference, type Value } from '../../../dsl/types/values.ts';
import { comparer } from '../../compile/compile-comparison.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { abduceArgument } from './abduce-call.ts';
import { known, openWay, someValues } from './abduce-presence.ts';
import { abduceWaiting } from './abduce-waiting.ts';
import { changeableOf } from './changeable.ts';
import { sayComparison } from './describe-change.ts';
import { best, type EditSet } from './edit.ts';
import type { SearchContext } from './search-context.ts';

/** A comparison is brought about by changing the value on one of its sides, or by waiting. */
export function abduceComparison(
  expression: CheckedComparison,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const operator = wanted ? expression.operator : NEGATED[expression.operator];
  const { left, right } = expression;
  const alternatives = isNumeric(expression)
    ? abduceLinear(expression, operator, context)
    : [
        ...changeSide(left, operator, right, expression, context),
        ...changeSide(right, MIRRORED[operator], left, expression, context),
      ];
  return best([...alternatives, ...abduceWaiting(expression, wanted, context)], context.log);
}

function isNumeric({ operands }: CheckedComparison): boolean {
  return (
    operands.kind === 'int' ||
    operands.kind === 'float' ||
    operands.kind === 'time' ||
    operands.kind === 'duration'
  );
}

/** The side becomes a value that compares as wanted with the other. */
function changeSide(
  side: CheckedExpression,
  operator: ComparisonOperator,
  other: CheckedExpression,
  expression: CheckedComparison,
  context: SearchContext,
): readonly EditSet[] {
  const against = context.compiler.value(other)(context.input);
  // Without the other side there is nothing to compare with; once it is there, the comparison is looked at again.
  if (isMissing(against)) return known(other, context);
  const compare = comparer(operator, expression.operands, context.compiler.schema);
  const condition = `${pathText(side)} ${operator} ${pathText(other)}`;
  if (side.kind === 'call' && side.builtin.evaluate !== undefined) {
    return abduceArgument(side, (outcome) => compare(outcome, against), against, condition, context);
  }
  const changeable = changeableOf(side, context);
  if (changeable === undefined) return openWay(side, context);
  const text = sayComparison(changeable.path, side, operator, other);
  return candidates(side, operator, against, context)
    .filter((value) => compare(value, against))
    .map((value) => changeable.become(value, condition, text))
    .filter((made) => made.length > 0)
    .slice(0, MAXIMUM_PROPOSED)
    .flat();
}

/** Of values that compare as wanted, so many are proposed: another rule may not bear the first. */
const MAXIMUM_PROPOSED = 3;

/** Values that may compare as wanted, the nearest first. */
function candidates(
  side: CheckedExpression,
  operator: ComparisonOperator,
  against: Value,
  context: SearchContext,
): readonly Value[] {
  const { type } = side;
  const { schema } = context.compiler;
  if (operator === '==') return [against];
  if (type.kind === 'enum' && operator !== '!=') {
    const { members = [], rank } = schema.enums.get(type.name) ?? {};
    const distance = (member: string): number =>
      Math.abs((rank?.get(member) ?? 0) - (rank?.get(against as string) ?? 0));
    return members.toSorted((a, b) => distance(a) - distance(b));
  }
  if (operator === '!=') {
    // A reference to nothing that is known would raise new questions.
    const others = against instanceof Reference ? [new Reference(against.type, `not ${against.id}`)] : [];
    return [...someValues(type, context), ...others];
  }
  return typeof against === 'string' ? [against, `${against}a`, ''] : [against];
}

/** A term of a sum: `coefficient` times an expression. */
interface Term {
  readonly coefficient: number;
  readonly expression: CheckedExpression;
}

/** One of the terms of `left - right` becomes what the comparison needs, the others staying as they are. */
function abduceLinear(
  expression: CheckedComparison,
  operator: ComparisonOperator,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler } = context;
  const terms = [...termsOf(expression.left, 1), ...termsOf(expression.right, -1)];
  const values: readonly Outcome[] = terms.map((term) => compiler.value(term.expression)(input));
  const compare = comparer(operator, expression.operands, compiler.schema);
  const condition = `${pathText(expression.left)} ${operator} ${pathText(expression.right)}`;
  const alternatives: EditSet[] = [];
  terms.forEach((term, index) => {
    let rest = 0;
    for (const [at, outcome] of values.entries()) {
      if (at === index) continue;
      const other = terms[at] as Term;
      if (isMissing(outcome)) {
        alternatives.push(...known(other.expression, context));
        return;
      }
      rest += other.coefficient * (outcome as number);
    }
    const fits = (value: Value): boolean => compare(rest + term.coefficient * (value as number), 0);
    if (term.expression.kind === 'call' && term.expression.builtin.evaluate !== undefined) {
      const against = -rest / term.coefficient;
      alternatives.push(...abduceArgument(term.expression, fits, against, condition, context));
      return;
    }
    if (term.coefficient === 0 || isTime(term.expression)) return;
    const changeable = changeableOf(term.expression, context);
    if (changeable === undefined) {
      alternatives.push(...openWay(term.expression, context));
      return;
    }
    const text = sayComparison(changeable.path, expression.left, operator, expression.right);
    const made = proposals(term, rest, input.now)
      .filter(fits)
      .map((value) => changeable.become(value, condition, text));
    alternatives.push(...(made.find((one) => one.length > 0) ?? []));
  });
  return alternatives;
}

function isTime(expression: CheckedExpression): boolean {
  return expression.kind === 'variable' && expression.name === 'now';
}

/** Numbers that put a sum at zero or beside it. */
function proposals({ coefficient, expression }: Term, rest: number, now: number): readonly number[] {
  const exact = [0, 1, -1].map((goal) => (goal - rest) / coefficient + 0);
  if (expression.type.kind === 'float') return exact.filter(Number.isFinite);
  const whole = exact.flatMap((one) => [one, Math.floor(one), Math.ceil(one)]).filter(Number.isSafeInteger);
  return expression.type.kind === 'time' ? [now, ...whole] : whole;
}

function termsOf(expression: CheckedExpression, coefficient: number): readonly Term[] {
  if (expression.kind === 'negation') return termsOf(expression.operand, -coefficient);
  if (expression.kind === 'arithmetic') {
    const { left, right, operator } = expression;
    if (operator === '+') return [...termsOf(left, coefficient), ...termsOf(right, coefficient)];
    if (operator === '-') return [...termsOf(left, coefficient), ...termsOf(right, -coefficient)];
    if (right.kind === 'constant') return termsOf(left, coefficient * (right.value as number));
    if (left.kind === 'constant') return termsOf(right, coefficient * (left.value as number));
  }
  return [{ coefficient, expression }];
}
