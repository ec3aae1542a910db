import type { CheckedCall } from '../../../dsl/check/checked.ts';
import { hasEquality, type Type } from '../../../dsl/types/types.ts';
import { IpAddress, setOf, UNKNOWN, type Value } from '../../../dsl/types/values.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { known, someValues } from './abduce-presence.ts';
import { changeableOf } from './changeable.ts';
import type { EditSet } from './edit.ts';
import type { SearchContext } from './search-context.ts';

/** Of argument values for which a builtin gives what is wanted, so many are proposed. */
const MAXIMUM_PROPOSED = 2;
/** The longest text that is made up to have a length. */
const LONGEST_TEXT = 64;

/**
 * A builtin that is evaluated gives an accepted outcome for another argument. It cannot be run backwards, so likely
 * values are tried: what the outcome is compared with, what the call's literals suggest, and examples of the type.
 */
export function abduceArgument(
  call: CheckedCall,
  accepts: (outcome: Value) => boolean,
  against: Value | undefined,
  condition: string,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const { builtin } = call;
  const outcomes = call.arguments.map((argument) => compiler.value(argument)(input));
  const alternatives: EditSet[] = [];
  for (const [at, argument] of call.arguments.entries()) {
    if (argument.kind === 'constant') continue;
    const missing = call.arguments.find((_, index) => index !== at && isMissing(outcomes[index]));
    if (missing !== undefined) return known(missing, context);
    const changeable = changeableOf(argument, context);
    if (changeable === undefined) {
      if (isMissing(outcomes[at])) alternatives.push(...known(argument, context));
      continue;
    }
    const made = suggestions(call, argument.type, against, context)
      .filter((value) => {
        if (!log.spend(1)) return false;
        const args = outcomes.map((outcome, index) => (index === at ? value : (outcome as Value)));
        const outcome = builtin.evaluate?.(args, input.circumstances.world);
        return outcome !== undefined && outcome !== UNKNOWN && accepts(outcome);
      })
      .map((value) => changeable.become(value, condition, `\`${condition}\``))
      .filter((one) => one.length > 0);
    alternatives.push(...made.slice(0, MAXIMUM_PROPOSED).flat());
  }
  return alternatives;
}

/** `call(…)` as a condition. */
export function abduceCall(call: CheckedCall, wanted: boolean, context: SearchContext): readonly EditSet[] {
  const path = pathText(call);
  const condition = wanted ? path : `not ${path}`;
  return abduceArgument(call, (outcome) => outcome === wanted, undefined, condition, context);
}

function suggestions(
  call: CheckedCall,
  type: Type,
  against: Value | undefined,
  context: SearchContext,
): readonly Value[] {
  const values = someValues(type, context);
  switch (type.kind) {
    case 'string': {
      const texts = call.arguments.flatMap((one) =>
        one.kind === 'constant' && typeof one.value === 'string' ? [asPath(one.value), one.value] : [],
      );
      if (typeof against === 'string') texts.unshift(against, `${against}a`);
      if (typeof against === 'number' && against < LONGEST_TEXT) {
        for (const length of [against, against + 1, against - 1]) {
          if (Number.isSafeInteger(length) && length >= 0) texts.push('x'.repeat(length));
        }
      }
      // Most texts are no identifiers, and what is none satisfies few rules about identifiers.
      if (call.builtin.name.startsWith('uuid.')) return [...IDENTIFIERS, ...texts, ...values];
      return [...texts, ...values, ...AGENTS, ...IDENTIFIERS, '/'];
    }
    case 'ip':
      return [...values, ...ADDRESSES];
    case 'set': {
      if (!hasEquality(type.element)) return values;
      const elements = someValues(type.element, context);
      const sets = elements.slice(0, 4).map((_, index) => setOf(elements.slice(0, index + 1)));
      return [...values, ...sets];
    }
    case 'list':
      return [
        ...values,
        ...someValues(type.element, context)
          .slice(0, 4)
          .map((one) => [one]),
      ];
    default:
      return values;
  }
}

/** A path that fits a pattern: `/a/:id/*` becomes `/a/1/1`. */
function asPath(pattern: string): string {
  return pattern.replace(/:[^/]+|\*/g, '1');
}

/** A browser and a tool. */
const AGENTS: readonly string[] = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'curl/8.5.0',
];
/** Of version 4, of version 7, and nil. */
const IDENTIFIERS: readonly string[] = [
  '5f0c9a1e-7d34-4b62-9e8a-2c41d6b3f708',
  '0198c4e6-3d52-7a91-b6f8-2e7d05c1934a',
  '00000000-0000-0000-0000-000000000000',
];
/** One of a private network and the loopback address. */
const ADDRESSES: readonly IpAddress[] = [
  new IpAddress(4, '10.0.0.1', [0x0a000001]),
  new IpAddress(4, '127.0.0.1', [0x7f000001]),
];
