import type { Schema } from '../../dsl/types/schema.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput } from '../compile/decision-input.ts';
import { adviceOf } from './advice.ts';
import { type MissingForClaim, missingForClaim, missingForRule } from './find-missing.ts';
import type { ClaimStep, TriplePlan } from './triple-plan.ts';
import type { RuleName, Verdict, VerdictCode } from './types.ts';
import { deniedAs, exceeded, forbiddenBy, notEstablished, PERMITTED } from './verdicts.ts';

/** What deciding needs of its engine. */
export interface DecideTools {
  readonly schema: Schema;
  readonly compiler: Compiler;
  /** Compiles the variant that records what is read; made when first needed. */
  readonly recording: () => Compiler;
}

/** Who established a claim. */
interface Establisher {
  readonly by: RuleName;
  readonly because: string | undefined;
  readonly override: string | undefined;
  readonly rule: LoweredRule | undefined;
}

/**
 * The verdict: permitted exactly when nothing forbids and every required claim is established. A denial names the first
 * cause: existence, then forbids by layer and text, then claims in the order of `require`.
 */
export function decideInput(plan: TriplePlan, input: DecisionInput, tools: DecideTools): Verdict {
  const before = beforeRules(plan, input);
  if (typeof before === 'string') return deniedAs(before, input.flipsAt);
  const forbid = plan.firstForbid.find(plan.triple.action, input);
  if (forbid !== undefined) return forbidden(forbid, plan, input, tools);
  const grants: { readonly claim: string; readonly by: RuleName }[] = [];
  const overrides: string[] = [];
  let reason: string | undefined;
  let decisive: LoweredRule | undefined;
  for (const claim of plan.claims) {
    input.metUnknown = false;
    const found = establisherOf(claim, plan.triple.action, input);
    if (found === undefined) return claimMissing(claim, input, tools);
    grants.push({ claim: claim.claim, by: found.by });
    if (found.override !== undefined && !overrides.includes(found.override)) overrides.push(found.override);
    reason ??= found.because;
    if (found.rule?.adviceName !== undefined) decisive ??= found.rule;
  }
  // Nobody could say whether who asks, and what is asked for, are there at all.
  if (!before) return deniedAs('facts_unavailable', input.flipsAt);
  return {
    permitted: true,
    code: 'permitted',
    reason: reason ?? PERMITTED,
    cause: undefined,
    claim: undefined,
    grants,
    advice: decisive === undefined ? undefined : adviceOf(decisive, plan.triple, input, tools),
    missing: [],
    overrides,
    flipsAt: input.flipsAt,
  };
}

/** The code of a denial before any rule; else whether it is certain that subject and resource are as they must be. */
function beforeRules(
  plan: TriplePlan,
  input: DecisionInput,
): 'unknown_subject' | 'unknown_resource' | 'resource_exists' | boolean {
  let certain = true;
  if (plan.subjectKept) {
    const record = input.record(input.subject);
    if (record === null) return 'unknown_subject';
    if (record === undefined) certain = false;
  }
  if (plan.resourceKept) {
    const record = input.record(input.resource);
    if (record === undefined) certain = false;
    else if (plan.triple.isNew) {
      if (record !== null) return 'resource_exists';
    } else if (record === null) return 'unknown_resource';
  }
  return certain;
}

/** Who establishes a claim: the first permit by layer and text, else the first override that is active and holds. */
export function establisherOf(
  claim: ClaimStep,
  action: string,
  input: DecisionInput,
): Establisher | undefined {
  const rule = claim.firstPermit.find(action, input);
  if (rule !== undefined) return { by: rule.name, because: rule.because, override: undefined, rule };
  for (const { override, name, holds } of claim.overrides) {
    if (input.live.overrides.has(override.name) && holds(input)) {
      return { by: name, because: override.because, override: override.name, rule: undefined };
    }
  }
  return undefined;
}

function forbidden(rule: LoweredRule, plan: TriplePlan, input: DecisionInput, tools: DecideTools): Verdict {
  const { flipsAt } = input;
  const certain = !input.unavailable || rule.appliesCertainly(input);
  const missing = missingForRule(rule, input, tools);
  if (!certain) return deniedAs('facts_unavailable', flipsAt, { cause: rule.name, missing });
  const isLimit = rule.origin.kind === 'limit';
  const code: VerdictCode = isLimit ? 'limit_exceeded' : 'forbidden';
  return {
    permitted: false,
    code,
    reason: rule.because ?? (isLimit ? exceeded(rule.name) : forbiddenBy(rule.name)),
    cause: rule.name,
    claim: undefined,
    grants: [],
    advice: adviceOf(rule, plan.triple, input, tools),
    missing,
    overrides: [],
    flipsAt,
  };
}

const NOTHING_MISSING: MissingForClaim = { missing: [], open: false };

/** Whether a permit or an active override may establish a claim for all that is known; no permit certainly does. */
function mayBeEstablished({ permits, overrides }: ClaimStep, input: DecisionInput): boolean {
  if (input.metUnknown)
    for (let index = 0; index < permits.length; index += 1) if (permits[index]?.mayHold(input)) return true;
  if (input.live.overrides.size === 0) return false;
  return overrides.some(({ override, mayHold }) => input.live.overrides.has(override.name) && mayHold(input));
}

function claimMissing(claim: ClaimStep, input: DecisionInput, tools: DecideTools): Verdict {
  const { flipsAt } = input;
  // Most denials miss nothing, and then the permits have said so, or a walk over them does.
  const { missing, open } = mayBeEstablished(claim, input)
    ? missingForClaim(claim, input, tools)
    : NOTHING_MISSING;
  if (open && input.unavailable)
    return deniedAs('facts_unavailable', flipsAt, { claim: claim.claim, missing });
  return {
    permitted: false,
    code: 'claim_missing',
    reason: notEstablished(claim.claim),
    cause: undefined,
    claim: claim.claim,
    grants: [],
    advice: undefined,
    missing,
    overrides: [],
    flipsAt,
  };
}
