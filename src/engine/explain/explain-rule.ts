import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { placeOf } from '../../dsl/source/source-text.ts';
import { encode } from '../../dsl/types/encode.ts';
import { type Outcome, UNKNOWN } from '../../dsl/types/values.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import { isMissing } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput } from '../compile/decision-input.ts';
import { type RecordedRead, Recorder } from '../compile/recorder.ts';
import type { OverrideStep } from '../decide/triple-plan.ts';
import type { Risk } from '../decide/types.ts';
import type { ReadValue, RuleExplanation } from './types.ts';

/** The outcome of a condition, what it read, and what it missed where that left it unknown. */
export interface ConditionTrace {
  readonly outcome: 'true' | 'false' | 'unknown';
  readonly reads: readonly ReadValue[];
  readonly missing: readonly string[];
}

/** Runs the recording variant of a condition; without a condition it is true. */
export function traceCondition(
  condition: CheckedExpression | undefined,
  input: DecisionInput,
  recording: Compiler,
): ConditionTrace {
  if (condition === undefined) return { outcome: 'true', reads: [], missing: [] };
  return trace(input, recording, () => {
    if (!recording.possibly(condition)(input)) return 'false';
    return recording.certainly(condition)(input) ? 'true' : 'unknown';
  });
}

function trace(
  input: DecisionInput,
  recording: Compiler,
  run: () => ConditionTrace['outcome'],
): ConditionTrace {
  const recorder = new Recorder();
  const before = input.recorder;
  input.recorder = recorder;
  const outcome = run();
  input.recorder = before;
  const reads = recorder.reads.map((read) => showRead(read, recording));
  return { outcome, reads, missing: outcome === 'unknown' ? recorder.missing : [] };
}

function showRead({ path, type, outcome }: RecordedRead, { schema }: Compiler): ReadValue {
  if (outcome === undefined) return { path, state: 'absent' };
  if (outcome === UNKNOWN) return { path, state: 'unknown' };
  // The risk of the request is an interval, not a value of the language.
  if (path === 'risk') return { path, state: 'value', value: riskValue(outcome as Risk) };
  return { path, state: 'value', value: encode(outcome as Outcome, type, schema) };
}

function riskValue({ low, high }: Risk): unknown {
  return low === high ? low : { low, high };
}

/** One rule or limit of a layer for one question. */
export function explainRule(rule: LoweredRule, input: DecisionInput, recording: Compiler): RuleExplanation {
  const { origin } = rule;
  if (origin.kind === 'limit') {
    const { limit, case: limitCase } = origin;
    const traced = trace(input, recording, () => {
      const outcomes = [limitCase.selector, ...limitCase.keys].map((one) =>
        one ? recording.value(one)(input) : true,
      );
      if (!rule.applies(input)) return 'false';
      return outcomes.some(isMissing) ? 'unknown' : 'true';
    });
    return {
      rule: limit.name,
      effect: 'limit',
      place: placeOf(limit.declaration.span),
      ...traced,
      applies: rule.applies(input),
      because: limit.because ?? null,
      documentation: limit.documentation ?? null,
    };
  }
  const { rule: checked } = origin;
  return {
    rule: checked.name,
    effect: rule.effect,
    place: placeOf(checked.span),
    ...traceCondition(rule.condition, input, recording),
    applies: rule.applies(input),
    because: checked.because ?? null,
    documentation: checked.documentation ?? null,
  };
}

/** One override for one question: it applies where it is active for the subject and its condition is certain. */
export function explainOverride(
  step: OverrideStep,
  input: DecisionInput,
  recording: Compiler,
): RuleExplanation {
  const { override } = step;
  return {
    rule: override.name,
    effect: 'override',
    place: placeOf(override.declaration.span),
    ...traceCondition(step.case.condition, input, recording),
    applies: input.live.overrides.has(override.name) && step.holds(input),
    because: override.because ?? null,
    documentation: override.declaration.documentation ?? null,
  };
}
