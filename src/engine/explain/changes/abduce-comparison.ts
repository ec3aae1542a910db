import type { CheckedComparison, CheckedExpression, ComparisonOperator } from '../../../dsl/check/checked.ts';
import { formatTime } from '../../../dsl/types/parse-time.ts';
import { type Outcome, Reference, type Value } from '../../../dsl/types/values.ts';
import { flipOf, slopeOf } from '../../compile/affine.ts';
import { comparer } from '../../compile/compile-comparison.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { MIRRORED, NEGATED, sayComparison } from './describe-change.ts';
import { best, type Edit, type EditSet } from './edit.ts';
import { editNow } from './edit-question.ts';
import { exampleValue } from './example-value.ts';
import { changeableOf, type SearchContext } from './search-context.ts';

/** A comparison is brought about by changing the value on one of its sides, or by waiting. */
export function abduceComparison(
  expression: CheckedComparison,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const operator = wanted ? expression.operator : NEGATED[expression.operator];
  const { left, right } = expression;
  if (isNumeric(expression)) {
    return best([...abduceLinear(expression, operator, context), ...waiting(expression, operator, context)]);
  }
  return best([
    ...changeSide(left, operator, right, expression, context),
    ...changeSide(right, MIRRORED[operator], left, expression, context),
  ]);
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
  const changeable = changeableOf(side, context);
  const against = context.compiler.value(other)(context.input);
  if (changeable === undefined || isMissing(against)) return [];
  const compare = comparer(operator, expression.operands, context.compiler.schema);
  const condition = `${pathText(side)} ${operator} ${pathText(other)}`;
  const text = sayComparison(changeable.path, side, operator, other);
  return candidates(side, operator, against, context)
    .filter((value) => compare(value, against))
    .slice(0, 1)
    .map((value) => [changeable.become(value, condition, text)]);
}

/** Values that may compare as wanted, the nearest first. */
function candidates(
  side: CheckedExpression,
  operator: ComparisonOperator,
  against: Value,
  { input, compiler }: SearchContext,
): readonly Value[] {
  const { type } = side;
  if (operator !== '!=') {
    if (type.kind !== 'enum') return [against];
    const { members = [], rank } = compiler.schema.enums.get(type.name) ?? {};
    const distance = (member: string): number =>
      Math.abs((rank?.get(member) ?? 0) - (rank?.get(against as string) ?? 0));
    return members.toSorted((a, b) => distance(a) - distance(b));
  }
  if (type.kind === 'bool') return [against !== true];
  if (type.kind === 'enum') return compiler.schema.enums.get(type.name)?.members ?? [];
  const example = exampleValue(type, input.now, compiler.schema);
  const values: Value[] = example === undefined ? [] : [example];
  if (typeof against === 'string') values.push(`not ${against}`);
  if (against instanceof Reference) values.push(new Reference(against.type, `not ${against.id}`));
  return values;
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
  const alternatives: EditSet[] = [];
  terms.forEach((term, index) => {
    const changeable = changeableOf(term.expression, context);
    if (changeable === undefined || Math.abs(term.coefficient) !== 1) return;
    let rest = 0;
    for (const [at, outcome] of values.entries()) {
      if (at === index) continue;
      if (isMissing(outcome)) return;
      rest += (terms[at]?.coefficient ?? 0) * (outcome as number);
    }
    const fits = (value: number): boolean => compare(rest + term.coefficient * value, 0);
    const boundary = (goal: number): number => (goal - rest) * term.coefficient;
    const proposals = [0, 1, -1].map(boundary);
    if (term.expression.type.kind === 'time') proposals.unshift(input.now);
    const value = proposals.find((one) => Number.isSafeInteger(one) && fits(one));
    if (value === undefined) return;
    const condition = `${pathText(expression.left)} ${operator} ${pathText(expression.right)}`;
    const text = sayComparison(changeable.path, expression.left, operator, expression.right);
    alternatives.push([changeable.become(value, condition, text)]);
  });
  return alternatives;
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

/** Waiting until the comparison turns out as wanted, where time alone brings that about. */
function waiting(
  expression: CheckedComparison,
  operator: ComparisonOperator,
  { input, compiler }: SearchContext,
): readonly EditSet[] {
  const leftSlope = slopeOf(expression.left);
  const rightSlope = slopeOf(expression.right);
  if (leftSlope === undefined || rightSlope === undefined || leftSlope === rightSlope) return [];
  const left = compiler.value(expression.left)(input);
  const right = compiler.value(expression.right)(input);
  if (isMissing(left) || isMissing(right)) return [];
  const slope = leftSlope - rightSlope;
  const until = flipOf(operator, (left as number) - (right as number), slope, input.now);
  if (!Number.isFinite(until)) return [];
  const condition = `${pathText(expression.left)} ${operator} ${pathText(expression.right)}`;
  const edit: Edit = {
    change: {
      path: 'now',
      condition,
      text: `wait until \`${condition}\``,
      by: 'time',
      advice: null,
      example: formatTime(until),
    },
    place: 'now',
    mark: String(until),
    apply: (question) => editNow(question, until),
  };
  return [[edit]];
}
