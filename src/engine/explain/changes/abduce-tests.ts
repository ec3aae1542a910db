import { RE2JS } from 're2js';
import type { CheckedIs, CheckedMatches } from '../../../dsl/check/checked.ts';
import { Reference } from '../../../dsl/types/values.ts';
import { openWay, someValues } from './abduce-presence.ts';
import { changeableOf } from './changeable.ts';
import { conditionText } from './describe-change.ts';
import type { EditSet } from './edit.ts';
import type { SearchContext } from './search-context.ts';

/** Of values that would do as well, so many are proposed. */
const MAXIMUM_PROPOSED = 2;

/** `text matches "pattern"`: patterns are not run backwards; what one spells out is tried, and a few plain texts. */
export function abduceMatches(
  expression: CheckedMatches,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const changeable = changeableOf(expression.operand, context);
  if (changeable === undefined) return openWay(expression.operand, context);
  const condition = conditionText(expression, wanted);
  const pattern = RE2JS.compile(expression.pattern);
  const made = [...spelledOut(expression.pattern), ...PLAIN_TEXTS]
    .filter((text) => pattern.testExact(text) === wanted)
    .map((text) => changeable.become(text, condition, `\`${condition}\``))
    .filter((one) => one.length > 0);
  if (made.length === 0) {
    context.log.note({
      why: 'no_value',
      condition,
      text: `\`${condition}\` asks for a text that is not made up from a pattern`,
    });
  }
  return made.slice(0, MAXIMUM_PROPOSED).flat();
}

const PLAIN_TEXTS: readonly string[] = ['example', '', 'a', '1', 'A', '~'];

/** The alternatives of a pattern as plain texts: right where a pattern holds little but letters. */
function spelledOut(pattern: string): readonly string[] {
  return pattern
    .replace(/\(\?\w+\)|[\^$()]/g, '')
    .split('|')
    .map((part) =>
      part
        .replace(/\[([^\]^\\])[^\]]*\]/g, '$1')
        .replace(/\\([^\w])/g, '$1')
        .replace(/\.[*?]|[*+?]/g, ''),
    );
}

/** `reference is type`: the path refers to something of that type, or of another. */
export function abduceIs(expression: CheckedIs, wanted: boolean, context: SearchContext): readonly EditSet[] {
  const changeable = changeableOf(expression.operand, context);
  if (changeable === undefined) return openWay(expression.operand, context);
  const condition = conditionText(expression, wanted);
  return someValues(changeable.type, context)
    .filter((one) => one instanceof Reference && (one.type === expression.entity) === wanted)
    .map((value) => changeable.become(value, condition, `\`${condition}\``))
    .filter((one) => one.length > 0)
    .slice(0, MAXIMUM_PROPOSED)
    .flat();
}
