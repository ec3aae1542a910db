import type { KeyObject } from 'node:crypto';
import type { AuditPolicy, CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import { AUDIT_LEVELS } from '../../dsl/syntax/ast.ts';
import { encode } from '../../dsl/types/encode.ts';
import type { AttributeInfo, Schema } from '../../dsl/types/schema.ts';
import type { RecordValue, Reference } from '../../dsl/types/values.ts';
import type { PreparedRequest, Verdict } from '../../engine/decide/types.ts';
import type { About } from '../decide/about.ts';
import type { ActiveBundle } from '../ports.ts';
import type { AuditEntry } from './audit-entry.ts';
import { redact } from './redact.ts';
import { isSampled } from './sampling.ts';

export interface DecisionFacts {
  readonly id: string;
  readonly verdict: Verdict;
  /** Undefined when time ran out before the request was read. */
  readonly request: PreparedRequest | undefined;
  readonly bundle: ActiveBundle;
  readonly about: About;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly secret: KeyObject;
}

/** A line longer than this says less, in UTF-16 code units. */
const MAXIMUM_LENGTH = 16 * 1024;

/** What an override decided is written like this whatever the policy says. */
const OVERRIDDEN: AuditPolicy = { level: 'critical', durable: true, sample: 100 };

/**
 * The line about a decision; undefined when the policy wants none. It holds what the request supplied and the schema
 * knows, redacted: undeclared fields, which no policy could redact, never get here.
 */
export function decisionEntry(facts: DecisionFacts): AuditEntry | undefined {
  const { id, verdict, request, bundle, about, now, secret } = facts;
  const policy = auditPolicyOf(verdict, request?.triple, bundle.engine.bundle);
  if (policy === undefined || (verdict.overrides.length === 0 && !isSampled(id, policy.sample)))
    return undefined;
  const record = {
    time: new Date(now).toISOString(),
    kind: 'decision',
    id,
    requestId: about.requestId,
    ...(about.traceId === undefined ? {} : { traceId: about.traceId }),
    caller: about.caller?.id ?? null,
    decision: verdict.permitted ? 'permit' : 'deny',
    code: verdict.code,
    ...(verdict.cause === undefined ? {} : { layer: verdict.cause.layer, rule: verdict.cause.rule }),
    ...(verdict.claim === undefined ? {} : { claim: verdict.claim }),
    ...(verdict.permitted
      ? {
          claims: Object.fromEntries(
            verdict.grants.map(({ claim, by }) => [claim, `${by.layer}.${by.rule}`]),
          ),
        }
      : {}),
    ...(verdict.overrides.length === 0 ? {} : { overrides: verdict.overrides }),
    ...(verdict.missing.length === 0 ? {} : { missing: verdict.missing }),
    ...(request === undefined ? {} : questionOf(request, bundle.engine.bundle, secret)),
    policy: { version: bundle.version, digest: bundle.digest },
  };
  const { level, durable } = policy;
  return { level, durable, record: bounded(record) };
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

/** Subject, action, resource and context as JSON, redacted. */
function questionOf(
  request: PreparedRequest,
  bundle: CheckedBundle,
  secret: KeyObject,
): Readonly<Record<string, unknown>> {
  const { triple, subject, resource, supplied } = request;
  const entityOf = (reference: Reference): Readonly<Record<string, unknown>> => ({
    ...encodeAttributes(supplied.get(reference.key), bundle.entities.get(reference.type)?.attributes, bundle),
    id: reference.id,
  });
  const roots = redact(
    {
      subject: entityOf(subject),
      action: encodeAttributes(request.actionAttributes, triple?.actionAttributes, bundle),
      resource: entityOf(resource),
      context: encodeAttributes(request.context, triple?.contextAttributes, bundle),
    },
    bundle.redactions,
    secret,
  );
  return {
    action: { name: request.action, ...attributesOf(roots['action']) },
    subject: { type: subject.type, ...attributesOf(roots['subject']) },
    resource: { type: resource.type, ...attributesOf(roots['resource']) },
    ...('context' in roots ? { context: roots['context'] } : {}),
    ...(request.illTyped.length === 0 ? {} : { illTyped: request.illTyped }),
  };
}

/** `id` on its own, the rest as `attributes`, which no attribute's name can get in the way of. */
function attributesOf(root: unknown): Readonly<Record<string, unknown>> {
  if (root === undefined) return {};
  // A root that is redacted as a whole is a hash.
  if (typeof root !== 'object' || root === null) return { redacted: root };
  const { id, ...attributes } = root as Readonly<Record<string, unknown>>;
  return {
    ...(id === undefined ? {} : { id }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

/** The values that are there; what is unknown or absent is left out. */
function encodeAttributes(
  record: RecordValue | undefined,
  attributes: ReadonlyMap<string, AttributeInfo> | undefined,
  schema: Schema,
): Readonly<Record<string, unknown>> {
  const json: Record<string, unknown> = {};
  if (record === undefined || attributes === undefined) return json;
  for (const { name, type } of attributes.values()) {
    const value = record[name];
    if (value !== undefined && typeof value !== 'symbol') {
      Object.defineProperty(json, name, { value: encode(value, type, schema), enumerable: true });
    }
  }
  return json;
}

/** The record, without the values that the request brought if it would be too long with them. */
function bounded(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (JSON.stringify(record).length <= MAXIMUM_LENGTH) return record;
  const short = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { attributes: _dropped, ...rest } = value as Readonly<Record<string, unknown>>;
    return rest;
  };
  const { context: _context, illTyped: _illTyped, missing: _missing, ...rest } = record;
  return {
    ...rest,
    subject: short(record['subject']),
    resource: short(record['resource']),
    action: short(record['action']),
    truncated: true,
  };
}
