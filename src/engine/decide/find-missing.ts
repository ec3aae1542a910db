import type { CheckedExpression } from '../../dsl/check/checked.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput } from '../compile/decision-input.ts';
import { plainReadsOf } from '../compile/plain-reads.ts';
import { Recorder } from '../compile/recorder.ts';
import type { ClaimStep } from './triple-plan.ts';

interface MissingTools {
  readonly recording: () => Compiler;
}

/** Of more unknown permits than these, what the others missed is not looked up. */
const MAXIMUM_UNKNOWN = 64;

/** Paths without a value that deciding a forbid or a limit came upon. */
export function missingForRule(
  rule: LoweredRule,
  input: DecisionInput,
  tools: MissingTools,
): readonly string[] {
  const { origin } = rule;
  const recorder = new Recorder();
  recordInto(recorder, input, () => {
    const recording = tools.recording();
    if (origin.kind === 'limit') {
      for (const key of [origin.case.selector, ...origin.case.keys])
        if (key !== undefined) recording.value(key)(input);
    } else if (rule.condition !== undefined) recording.possibly(rule.condition)(input);
  });
  return recorder.missing;
}

/** What the permits of a claim lacked. */
export interface MissingForClaim {
  /** Paths without a value that leave one of them unknown, so that it could have established the claim. */
  readonly missing: readonly string[];
  /** Whether there is such a permit. */
  readonly open: boolean;
}

/** Looks for what a claim that nobody established was missing. */
export function missingForClaim(
  claim: ClaimStep,
  input: DecisionInput,
  tools: MissingTools,
): MissingForClaim {
  let recorder: Recorder | undefined;
  let unknown = 0;
  const record = (condition: CheckedExpression): void => {
    recorder ??= new Recorder();
    recordInto(recorder, input, () => tools.recording().possibly(condition)(input));
  };
  const consider = ({ condition }: LoweredRule): boolean => {
    if (unknown >= MAXIMUM_UNKNOWN) return false;
    if (condition === undefined) return true;
    unknown += 1;
    // What other permits have read too need not be read again.
    const reads = recorder === undefined ? 'more' : plainReadsOf(condition);
    if (reads === 'more' || !reads.every((text) => recorder?.has(text))) record(condition);
    return true;
  };
  for (const step of claim.permits) step.visit(input, consider);
  for (const { override, case: one, mayHold } of claim.overrides) {
    if (!input.live.overrides.has(override.name) || !mayHold(input)) continue;
    if (one.condition === undefined || unknown >= MAXIMUM_UNKNOWN) continue;
    unknown += 1;
    record(one.condition);
  }
  return { missing: recorder?.missing ?? [], open: unknown > 0 };
}

function recordInto(recorder: Recorder, input: DecisionInput, run: () => unknown): void {
  const before = input.recorder;
  input.recorder = recorder;
  run();
  input.recorder = before;
}
