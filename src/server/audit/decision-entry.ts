import type { AuditPolicy, CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import { AUDIT_LEVELS } from '../../dsl/syntax/ast.ts';
import type { PreparedRequest, Verdict } from '../../engine/decide/types.ts';
import type { About } from '../decide/about.ts';
import { claimsOf } from '../decide/claims-of.ts';
import type { ActiveBundle } from '../ports.ts';
import type { AuditEntry, AuditRecord } from './audit-entry.ts';
import { isSampled } from './is-sampled.ts';
import { isoTime } from './iso-time.ts';
import { QuestionEncoder } from './question-encoder.ts';
import type { JsonRecord } from './redact.ts';
import type { ValueHash } from './value-hash.ts';

export interface DecisionFacts {
  readonly id: string;
  readonly verdict: Verdict;
  /** Undefined when time ran out before the request was read. */
  readonly request: PreparedRequest | undefined;
  readonly bundle: ActiveBundle;
  readonly about: About;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What an override decided is written like this whatever the policy says. */
const OVERRIDDEN: AuditPolicy = { level: 'critical', durable: true, sample: 100 };

/** What is known of all decisions by one bundle. */
interface OfBundle {
  readonly question: QuestionEncoder;
  readonly policy: { readonly version: string; readonly digest: string };
}

/** Makes the records of decisions; undefined where the policy wants none. */
export function createDecisionEntries(
  hashValue: ValueHash,
): (facts: DecisionFacts) => AuditEntry | undefined {
  const known = new WeakMap<ActiveBundle, OfBundle>();
  const ofBundle = (bundle: ActiveBundle): OfBundle => {
    let found = known.get(bundle);
    if (found === undefined) {
      const { version, digest, engine } = bundle;
      found = { question: new QuestionEncoder(engine.bundle, hashValue), policy: { version, digest } };
      known.set(bundle, found);
    }
    return found;
  };
  return ({ id, verdict, request, bundle, about, now }) => {
    const policy = auditPolicyOf(verdict, request?.triple, bundle.engine.bundle);
    if (policy === undefined || (verdict.overrides.length === 0 && !isSampled(id, policy.sample)))
      return undefined;
    const record: AuditRecord & JsonRecord = {
      time: isoTime(now),
      level: policy.level,
      kind: 'decision',
      id,
      requestId: about.requestId,
    };
    if (about.traceId !== undefined) record['traceId'] = about.traceId;
    record['caller'] = about.caller?.id ?? null;
    record['decision'] = verdict.permitted ? 'permit' : 'deny';
    record['code'] = verdict.code;
    if (verdict.cause !== undefined) {
      record['layer'] = verdict.cause.layer;
      record['rule'] = verdict.cause.rule;
    }
    if (verdict.claim !== undefined) record['claim'] = verdict.claim;
    if (verdict.permitted) record['claims'] = claimsOf(verdict);
    if (verdict.overrides.length > 0) record['overrides'] = verdict.overrides;
    if (verdict.missing.length > 0) record['missing'] = verdict.missing;
    const { question, policy: answered } = ofBundle(bundle);
    if (request !== undefined) {
      question.addTo(record, request);
      if (request.illTyped.length > 0) record['illTyped'] = request.illTyped;
    }
    record['policy'] = answered;
    return { durable: policy.durable, record };
  };
}

/** How a verdict is recorded, if at all. */
function auditPolicyOf(
  verdict: Verdict,
  triple: Triple | undefined,
  bundle: CheckedBundle,
): AuditPolicy | undefined {
  if (verdict.overrides.length > 0) return OVERRIDDEN;
  if (triple === undefined) return policyOfUndeclared(bundle);
  return bundle.policies[triple.index]?.audit[verdict.permitted ? 'permit' : 'deny'];
}

const undeclared = new WeakMap<CheckedBundle, { readonly policy: AuditPolicy | undefined }>();

/**
 * What nobody declared has no line of its own and is denied all the same. Whoever tries out names must not go unseen:
 * it is recorded like the most severe denial that the policy knows, though nobody waits for it.
 */
function policyOfUndeclared(bundle: CheckedBundle): AuditPolicy | undefined {
  let known = undeclared.get(bundle);
  if (known === undefined) {
    const denials = bundle.policies.flatMap(({ audit }) => (audit.deny === undefined ? [] : [audit.deny]));
    const severity = ({ level }: AuditPolicy): number => AUDIT_LEVELS.indexOf(level);
    const worst = denials.toSorted((a, b) => severity(b) - severity(a))[0];
    const sample = Math.max(...denials.map((one) => one.sample));
    known = { policy: worst && { level: worst.level, durable: false, sample } };
    undeclared.set(bundle, known);
  }
  return known.policy;
}
