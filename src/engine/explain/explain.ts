import type { CachePolicy, CheckedBundle, CheckedLayer } from '../../dsl/check/bundle.ts';
import type { Span } from '../../dsl/source/source-text.ts';
import { placeOf } from '../../dsl/source/source-text.ts';
import { formatDuration } from '../../dsl/types/parse-duration.ts';
import type { LoweredRule } from '../abilities/lowered-rule.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput } from '../compile/decision-input.ts';
import { type DecideTools, decideInput, establisherOf } from '../decide/decide.ts';
import { inputOf, type Question } from '../decide/question.ts';
import type { TriplePlan } from '../decide/triple-plan.ts';
import type { PreparedRequest } from '../decide/types.ts';
import { deniedAs } from '../decide/verdicts.ts';
import { explainOverride, explainRule, traceCondition } from './explain-rule.ts';
import { type FoundChanges, findChanges } from './find-changes.ts';
import type { CacheExplanation, Explanation, LayerExplanation, Obstacle, RuleExplanation } from './types.ts';

/** What an explanation may leave out. */
export interface ExplainOptions {
  /** False: does not look for changes that would permit, which costs more than all the rest. */
  readonly changes?: boolean;
}

/** The verdict of a question and why: what each layer says of it, and what would have to change for a permit. */
export function explainInput(
  plan: TriplePlan,
  question: Question,
  bundle: CheckedBundle,
  tools: DecideTools,
  { changes: looksForChanges = true }: ExplainOptions = {},
): Explanation {
  const verdict = decideInput(plan, inputOf(plan, question), tools);
  const input = inputOf(plan, question);
  const recording = tools.recording();
  const policy = bundle.policies[plan.triple.index];
  const audit = verdict.permitted ? policy?.audit.permit : policy?.audit.deny;
  const { low, high } = input.risk();
  const found: FoundChanges =
    looksForChanges && !verdict.permitted
      ? findChanges(question, verdict, { ...tools, plan, bundle })
      : { changes: verdict.permitted ? [] : null, obstacles: [], searchEndedEarly: false };
  return {
    verdict,
    layers: bundle.layers.map((layer) => explainLayer(layer, plan, input, recording)),
    claims: plan.claims.map((claim) => ({
      claim: claim.claim,
      by: establisherOf(claim, plan.triple.action, input)?.by ?? null,
    })),
    cache: {
      never: policy?.cache.never ?? false,
      permit: showCache(policy?.cache.permit),
      deny: showCache(policy?.cache.deny),
    },
    audit: audit === undefined ? null : { level: audit.level, durable: audit.durable, sample: audit.sample },
    ...found,
    risk: {
      low,
      high,
      signals: plan.signals.map(({ signal, condition }) => ({
        signal: signal.name,
        weight: signal.weight,
        outcome: traceCondition(condition, input, recording).outcome,
        place: placeOf(signal.declaration.span),
      })),
    },
    purity: plan.readSet().purity,
    flipsAt: Number.isFinite(verdict.flipsAt) ? verdict.flipsAt : null,
  };
}

/** A question that the bundle does not declare: no layer has anything to say of it. */
export function explainUndeclared(bundle: CheckedBundle, request: PreparedRequest): Explanation {
  return {
    verdict: deniedAs('unknown_action'),
    layers: [],
    claims: bundle.claims.map((claim) => ({ claim, by: null })),
    cache: { never: false, permit: null, deny: null },
    audit: null,
    changes: null,
    obstacles: [undeclared(request)],
    searchEndedEarly: false,
    risk: { low: 0, high: 0, signals: [] },
    purity: 'pure',
    flipsAt: null,
  };
}

function undeclared({ action, subject, resource }: PreparedRequest): Obstacle {
  const text = `no \`${action}\` on \`${resource.type}\` by \`${subject.type}\` is declared`;
  return {
    kind: 'action',
    name: action,
    place: null,
    missing: [],
    reasons: [{ why: 'identity', condition: null, text }],
  };
}

function explainLayer(
  layer: CheckedLayer,
  plan: TriplePlan,
  input: DecisionInput,
  recording: Compiler,
): LayerExplanation {
  const steps = [...plan.forbids, ...plan.claims.flatMap((claim) => claim.permits)];
  const rules = steps.filter((step) => step.layer === layer).flatMap((step) => step.rules);
  // An override that waives several claims stands under each of them, as one object.
  const overrides = new Set(
    plan.claims.flatMap((claim) => claim.overrides).filter((step) => step.override.layer === layer),
  );
  const explained = [
    ...rules.map((rule) => ({
      at: spanOf(rule).start,
      order: rule.order,
      says: explainRule(rule, input, recording),
    })),
    ...[...overrides].map((step) => ({
      at: step.override.declaration.span.start,
      order: 0,
      says: explainOverride(step, input, recording),
    })),
  ].toSorted((a, b) => a.at - b.at || a.order - b.order);
  const says = explained.map((one) => one.says);
  return {
    number: layer.number,
    name: layer.name,
    grants: layer.grants ?? null,
    ...outcomeOf(layer, says),
    rules: says,
  };
}

function spanOf(rule: LoweredRule): Span {
  return rule.origin.kind === 'limit' ? rule.origin.limit.declaration.span : rule.origin.rule.span;
}

function outcomeOf(
  layer: CheckedLayer,
  rules: readonly RuleExplanation[],
): Pick<LayerExplanation, 'outcome' | 'rule'> {
  const forbidding = rules.find((one) => one.applies && (one.effect === 'forbid' || one.effect === 'limit'));
  if (forbidding !== undefined) return { outcome: 'forbidden', rule: forbidding.rule };
  const granting = rules.find((one) => one.applies && one.effect === 'permit');
  if (granting !== undefined) return { outcome: 'granted', rule: granting.rule };
  return { outcome: layer.grants === undefined ? 'passed' : 'silent', rule: null };
}

function showCache(policy: CachePolicy | undefined): CacheExplanation['permit'] {
  if (policy === undefined) return null;
  return {
    for: formatDuration(policy.lifetime),
    shared: policy.shared === undefined ? null : formatDuration(policy.shared),
    stale: policy.stale === undefined ? null : formatDuration(policy.stale),
  };
}
