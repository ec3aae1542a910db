import type { PreparedRequest, Verdict, VerdictCode } from '../../engine/decide/types.ts';
import type { Decision } from '../http/schemas/access-schema.ts';
import type { ActiveBundle } from '../ports.ts';
import { claimsOf } from './claims-of.ts';

/** What the caller is told of a verdict. What there is nothing to say of is left out. */
export function answerOf(
  id: string,
  verdict: Verdict,
  request: PreparedRequest | undefined,
  bundle: ActiveBundle,
  retryAfter: number | undefined,
): Decision {
  const context: Record<string, unknown> = { id, code: verdict.code, reason: verdict.reason };
  if (verdict.cause !== undefined) {
    context['layer'] = verdict.cause.layer;
    context['rule'] = verdict.cause.rule;
  }
  if (verdict.claim !== undefined) context['claim'] = verdict.claim;
  if (verdict.permitted) context['claims'] = claimsOf(verdict);
  if (verdict.advice !== undefined) context['advice'] = verdict.advice;
  if (verdict.missing.length > 0) context['missing'] = verdict.missing;
  if (request !== undefined && request.ignored.length > 0) context['ignored'] = request.ignored;
  if (request !== undefined && request.illTyped.length > 0) context['illTyped'] = request.illTyped;
  if (retryAfter !== undefined) context['retryAfter'] = retryAfter;
  context['policy'] = { version: bundle.version, digest: bundle.digest };
  return { decision: verdict.permitted, context: context as Decision['context'] };
}

/** A denial that no rule decided: its reason is its code. */
export function denialBy(code: Exclude<VerdictCode, 'permitted'>): Verdict {
  return {
    permitted: false,
    code,
    reason: code,
    cause: undefined,
    claim: undefined,
    grants: [],
    advice: undefined,
    missing: [],
    overrides: [],
    flipsAt: Number.POSITIVE_INFINITY,
  };
}
