import type { CheckedLimit, CheckedRate, LimitCase } from '../../dsl/check/bundle.ts';
import { keyOf, type Value } from '../../dsl/types/values.ts';
import { isMissing } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
import type { CodeWriter } from '../compile/generate/code-writer.ts';
import type { Asked } from '../compile/generate/first-of.ts';
import { writeValue } from '../compile/generate/write-value.ts';
import type { LimitReading } from './lowered-rule.ts';

/** Whether nothing is left for this request, which is so too when it cannot be told what to count. */
export function askedOfLimit(limit: CheckedLimit, limitCase: LimitCase, compiler: Compiler): Asked {
  return {
    write: (writer) => writeLimit(limit, limitCase, writer, compiler),
    closure: () => limitPredicate(limit, limitCase, compiler),
  };
}

function limitPredicate(limit: CheckedLimit, limitCase: LimitCase, compiler: Compiler): Predicate {
  const rate = rateReader(limit, limitCase, compiler);
  const keys = limitCase.keys.map((key) => compiler.value(key));
  const { name } = limit;
  return (input) => {
    const current = rate(input);
    if (current === 'unlimited') return false;
    if (current === 'unknown' || input.live.exhausted.has(name)) return true;
    for (const key of keys) if (isMissing(key(input))) return true;
    return false;
  };
}

/** The text of {@link limitPredicate}. */
function writeLimit(
  { name, rates }: CheckedLimit,
  { keys, selector }: LimitCase,
  writer: CodeWriter,
  compiler: Compiler,
): string {
  const key = writer.temporary();
  const isSpent = `input.live.exhausted.size > 0 && input.live.exhausted.has(${writer.bind(name)})`;
  const areKeysMissing = keys.map(
    (one) => `(${key} = ${writeValue(one, writer, compiler)}, ${writer.isMissing(key)})`,
  );
  const isGone = `(${[isSpent, ...areKeysMissing].join(' || ')})`;
  if (!(rates instanceof Map)) return isGone;
  if (selector === undefined) return 'true';
  const member = writer.temporary();
  return `(${member} = ${writeValue(selector, writer, compiler)},
    ${writer.isMissing(member)} || ${writer.bind(rates)}.has(${member}) && ${isGone})`;
}

/** What one request takes from a limit. A subject whose plan has no rate takes nothing, whatever its keys are. */
export function limitReader(
  limit: CheckedLimit,
  limitCase: LimitCase,
  compiler: Compiler,
): (input: DecisionInput) => LimitReading {
  const rate = rateReader(limit, limitCase, compiler);
  const keys = limitCase.keys.map((key) => compiler.value(key));
  return (input) => {
    const current = rate(input);
    if (current === 'unlimited') return { bucket: '', rate: undefined };
    if (current === 'unknown') return { bucket: undefined, rate: undefined };
    let bucket = '';
    for (const key of keys) {
      const outcome = key(input);
      if (isMissing(outcome)) return { bucket: undefined, rate: current };
      const text = spell(outcome);
      // With its length before it no part can pose as two.
      bucket += `${text.length}:${text};`;
    }
    return { bucket, rate: current };
  };
}

function spell(value: Value): string {
  return String(keyOf(value));
}

function rateReader(
  limit: CheckedLimit,
  limitCase: LimitCase,
  compiler: Compiler,
): (input: DecisionInput) => CheckedRate | 'unlimited' | 'unknown' {
  const { rates } = limit;
  if (!(rates instanceof Map)) {
    const only = rates as CheckedRate;
    return () => only;
  }
  const byMember = rates as ReadonlyMap<string, CheckedRate>;
  if (limitCase.selector === undefined) return () => 'unknown';
  const selector = compiler.value(limitCase.selector);
  return (input) => {
    const member = selector(input);
    return isMissing(member) ? 'unknown' : (byMember.get(member as string) ?? 'unlimited');
  };
}
