import type { AuditPolicy, CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import { AUDIT_LEVELS } from '../../dsl/syntax/ast.ts';
import { encode, setField } from '../../dsl/types/encode.ts';
import type { AttributeInfo, Schema } from '../../dsl/types/schema.ts';
import type { RecordValue, Reference } from '../../dsl/types/values.ts';
import type { PreparedRequest, Verdict } from '../../engine/decide/types.ts';
import type { About } from '../decide/about.ts';
import { claimsOf } from '../decide/claims-of.ts';
import type { ActiveBundle } from '../ports.ts';
import type { AuditEntry, AuditRecord } from './audit-entry.ts';
import { isSampled } from './is-sampled.ts';
import { isoTime } from './iso-time.ts';
import { type JsonRecord, redact } from './redact.ts';
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
  readonly hashValue: ValueHash;
}

/** What an override decided is written like this whatever the policy says. */
const OVERRIDDEN: AuditPolicy = { level: 'critical', durable: true, sample: 100 };

/**
 * The line about a decision; undefined when the policy wants none. It holds what the request supplied and the schema
 * knows, redacted: undeclared fields, which no policy could redact, never get here.
 */
export function decisionEntry(facts: DecisionFacts): AuditEntry | undefined {
  const { id, verdict, request, bundle, about, now, hashValue } = facts;
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
  if (request !== undefined) addQuestion(record, request, bundle.engine.bundle, hashValue);
  record['policy'] = { version: bundle.version, digest: bundle.digest };
  return { durable: policy.durable, record };
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

/** Adds subject, action, resource and context as JSON, redacted. */
function addQuestion(
  record: JsonRecord,
  request: PreparedRequest,
  bundle: CheckedBundle,
  hashValue: ValueHash,
): void {
  const { triple, subject, resource, supplied } = request;
  const entityOf = ({ key, type, id }: Reference): JsonRecord => {
    const json = encodeAttributes(supplied.get(key), bundle.entities.get(type)?.attributes, bundle);
    json['id'] = id;
    return json;
  };
  const roots: JsonRecord = {
    subject: entityOf(subject),
    action: encodeAttributes(request.actionAttributes, triple?.actionAttributes, bundle),
    resource: entityOf(resource),
    context: encodeAttributes(request.context, triple?.contextAttributes, bundle),
  };
  redact(roots, bundle.redactions, hashValue);
  record['action'] = withAttributes({ name: request.action }, roots['action']);
  record['subject'] = withAttributes({ type: subject.type }, roots['subject']);
  record['resource'] = withAttributes({ type: resource.type }, roots['resource']);
  if ('context' in roots) record['context'] = roots['context'];
  if (request.illTyped.length > 0) record['illTyped'] = request.illTyped;
}

/**
 * Adds `id` on its own, the rest as `attributes`, which no attribute's name can get in the way of. The root is used up: it
 * must be the caller's own.
 */
function withAttributes(record: JsonRecord, root: unknown): JsonRecord {
  if (typeof root !== 'object' || root === null) {
    // A root that is redacted as a whole is a hash, or not there.
    if (root !== undefined) record['redacted'] = root;
    return record;
  }
  const attributes = root as JsonRecord;
  const { id } = attributes;
  if (id !== undefined) {
    record['id'] = id;
    delete attributes['id'];
  }
  if (Object.keys(attributes).length > 0) record['attributes'] = attributes;
  return record;
}

/** The values that are there; what is unknown or absent is left out. */
function encodeAttributes(
  record: RecordValue | undefined,
  attributes: ReadonlyMap<string, AttributeInfo> | undefined,
  schema: Schema,
): JsonRecord {
  const json: JsonRecord = {};
  if (record === undefined || attributes === undefined) return json;
  for (const { name, type } of attributes.values()) {
    const value = record[name];
    if (value !== undefined && typeof value !== 'symbol') setField(json, name, encode(value, type, schema));
  }
  return json;
}
