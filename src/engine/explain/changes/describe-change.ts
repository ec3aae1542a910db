import type { CheckedExpression, ComparisonOperator } from '../../../dsl/check/checked.ts';
import { MIRRORED, NEGATED } from '../../../dsl/check/comparison-operators.ts';
import { formatDuration } from '../../../dsl/types/parse-duration.ts';
import { pathText } from '../../compile/path-text.ts';

/** A span of time as people say it: `15 minutes`. */
function saySpan(milliseconds: number): string {
  const text = formatDuration(milliseconds);
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null) return text;
  const [, amount, unit] = match;
  const name = { ms: 'millisecond', s: 'second', m: 'minute', h: 'hour', d: 'day' }[
    unit as 'ms' | 's' | 'm' | 'h' | 'd'
  ];
  return `${amount} ${name}${amount === '1' ? '' : 's'}`;
}

/**
 * What must hold of `path` for people: "`context.session.mfa_at` within 15 minutes" where a time is measured against
 * now, else the comparison itself.
 */
export function sayComparison(
  path: string,
  left: CheckedExpression,
  operator: ComparisonOperator,
  right: CheckedExpression,
): string {
  const age = ageOf(left, operator, right) ?? ageOf(right, MIRRORED[operator], left);
  if (age !== undefined) return `\`${path}\` within ${saySpan(age)}`;
  const leftText = pathText(left);
  if (leftText === path && operator === '==') return `\`${path}\` is \`${pathText(right)}\``;
  if (pathText(right) === path && operator === '==') return `\`${path}\` is \`${leftText}\``;
  return `\`${leftText} ${operator} ${pathText(right)}\``;
}

/** The greatest age that `left OP right` allows, where it has the form `now - path <= D` or `path >= now - D`. */
function ageOf(
  left: CheckedExpression,
  operator: ComparisonOperator,
  right: CheckedExpression,
): number | undefined {
  if (operator === '<' || operator === '<=') {
    return left.kind === 'arithmetic' && left.operator === '-' && isNow(left.left)
      ? durationOf(right)
      : undefined;
  }
  if (operator === '>' || operator === '>=') {
    return right.kind === 'arithmetic' && right.operator === '-' && isNow(right.left)
      ? durationOf(right.right)
      : undefined;
  }
  return undefined;
}

function isNow(expression: CheckedExpression): boolean {
  return expression.kind === 'variable' && expression.name === 'now';
}

function durationOf(expression: CheckedExpression): number | undefined {
  return expression.kind === 'constant' && expression.type.kind === 'duration'
    ? (expression.value as number)
    : undefined;
}

/** A condition as text that asserts it, or that asserts its opposite. */
export function conditionText(expression: CheckedExpression, wanted: boolean): string {
  if (expression.kind === 'comparison' && !wanted) {
    const { left, operator, right } = expression;
    return `${pathText(left)} ${NEGATED[operator]} ${pathText(right)}`;
  }
  const { source, start, end } = expression.node.span;
  const text = source.text.slice(start, end).replace(/\s+/g, ' ');
  return wanted ? text : `not (${text})`;
}
