import type { CheckedRiskComparison } from '../../../dsl/check/checked.ts';
import { judgeRisk } from '../../compile/compile-comparison.ts';
import { isMissing } from '../../compile/compile-context.ts';
import type { SignalStep } from '../../decide/triple-plan.ts';
import { known } from './abduce-presence.ts';
import { conditionText } from './describe-change.ts';
import { best, combine, type EditSet } from './edit.ts';
import type { SearchContext } from './search-context.ts';

type Abduce = (
  expression: NonNullable<SignalStep['condition']>,
  wanted: boolean,
  context: SearchContext,
) => readonly EditSet[];

/** Of more signals than these only the first are looked at, and so many are turned at a time. */
const MAXIMUM_SIGNALS = 8;
const MAXIMUM_TURNED = 3;

/** What one signal adds at least and at most. */
interface Evidence {
  readonly low: number;
  readonly high: number;
}

/** The risk follows from signals: a few of them are brought to speak, or not to, until it compares as wanted. */
export function abduceRisk(
  expression: CheckedRiskComparison,
  wanted: boolean,
  context: SearchContext,
  abduce: Abduce,
): readonly EditSet[] {
  const { input, compiler, plan, log } = context;
  const threshold = compiler.value(expression.threshold)(input);
  if (isMissing(threshold)) return known(expression.threshold, context);
  const { low, high } = input.risk();
  const condition = conditionText(expression, wanted);
  const said = low === high ? String(low) : `${low} to ${high}`;
  if (input.live.risk !== undefined) {
    log.note({ why: 'observed', condition, text: `the risk is ${said}, which was given with the question` });
    return [];
  }
  const fits = ({ low: least, high: most }: Evidence): boolean =>
    judgeRisk(expression.operator, wanted, Math.min(least, 100), Math.min(most, 100), threshold as number);
  const signals = plan.signals.slice(0, MAXIMUM_SIGNALS);
  if (signals.length < plan.signals.length) log.endEarly();
  const alternatives: EditSet[] = [];
  const turned: (readonly { readonly signal: SignalStep; readonly on: boolean }[])[] = [];
  const turn = (from: number, turns: (typeof turned)[number]): void => {
    if (turns.length > 0 && log.spend(1) && fits(evidence(plan.signals, turns, context))) {
      // Who needs more turns than these needs too many.
      turned.push(turns);
      return;
    }
    if (turns.length === MAXIMUM_TURNED) return;
    for (let at = from; at < signals.length; at += 1) {
      const signal = signals[at] as SignalStep;
      for (const on of [false, true]) {
        const { certainly, possibly } = signal;
        if (on ? certainly(input) : !possibly(input)) continue;
        turn(at + 1, [...turns, { signal, on }]);
      }
    }
  };
  turn(0, []);
  for (const turns of turned.toSorted((a, b) => a.length - b.length)) {
    const parts = turns.map(({ signal, on }): readonly EditSet[] => {
      if (signal.condition !== undefined) return abduce(signal.condition, on, context);
      log.note({
        why: 'literal',
        condition,
        text: `the signal \`${signal.signal.name}\` speaks of every such request`,
      });
      return [];
    });
    alternatives.push(...combine(parts, log));
  }
  if (alternatives.length === 0) {
    log.note({ why: 'computed', condition, text: `the risk is ${said}, which follows from signals` });
  }
  return best(alternatives, log);
}

function evidence(
  signals: readonly SignalStep[],
  turns: readonly { readonly signal: SignalStep; readonly on: boolean }[],
  { input }: SearchContext,
): Evidence {
  let low = 0;
  let high = 0;
  for (const one of signals) {
    const { weight } = one.signal;
    const turn = turns.find(({ signal }) => signal === one);
    if (turn === undefined ? one.certainly(input) : turn.on) low += weight;
    if (turn === undefined ? one.possibly(input) : turn.on) high += weight;
  }
  return { low, high };
}
