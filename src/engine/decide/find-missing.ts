import type { CheckedExpression } from '../../dsl/check/checked.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
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
  return recordInto(input, tools, (recording) => {
    if (origin.kind === 'limit') {
      for (const key of [origin.case.selector, ...origin.case.keys])
        if (key !== undefined) recording.value(key)(input);
    } else if (rule.condition !== undefined) recording.possibly(rule.condition)(input);
  });
}

/**
 * Paths without a value that leave a permit of a claim unknown, so that one of them could have established it; `open`
 * says whether there is such a permit.
 */
export function missingForClaim(
  claim: ClaimStep,
  input: DecisionInput,
  tools: MissingTools,
): { readonly missing: readonly string[]; readonly open: boolean } {
  const unknown: CheckedExpression[] = [];
  const consider = (condition: CheckedExpression | undefined, mayHold: Predicate): void => {
    if (condition === undefined || unknown.length >= MAXIMUM_UNKNOWN) return;
    if (mayHold(input)) unknown.push(condition);
  };
  for (const step of claim.permits)
    for (const rule of step.candidates(input)) consider(rule.condition, rule.mayHold);
  for (const step of claim.overrides) {
    if (input.live.overrides.has(step.override.name)) consider(step.case.condition, step.mayHold);
  }
  if (unknown.length === 0) return { missing: [], open: false };
  const missing = recordInto(input, tools, (recording) => {
    for (const condition of unknown) recording.possibly(condition)(input);
  });
  return { missing, open: true };
}

function recordInto(
  input: DecisionInput,
  tools: MissingTools,
  run: (recording: Compiler) => void,
): readonly string[] {
  const recorder = new Recorder();
  const before = input.recorder;
  input.recorder = recorder;
  run(tools.recording());
  input.recorder = before;
  return recorder.missing;
}
