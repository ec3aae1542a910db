import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { encode, setField } from '../../src/dsl/types/encode.ts';
import type { AttributeInfo, Schema } from '../../src/dsl/types/schema.ts';
import type { RecordValue, Reference } from '../../src/dsl/types/values.ts';
import type { PreparedRequest } from '../../src/engine/decide/types.ts';
import type { DecisionFacts } from '../../src/server/audit/decision-entry.ts';
import { type JsonRecord, redact } from '../../src/server/audit/redact.ts';
import type { ValueHash } from '../../src/server/audit/value-hash.ts';
import { claimsOf } from '../../src/server/decide/claims-of.ts';

/** The record of a decision as it is described: all values are made into JSON, then it is redacted. */
export function decisionRecord(facts: DecisionFacts, level: string, hashValue: ValueHash): JsonRecord {
  const { id, verdict, request, bundle, about, now } = facts;
  const { cause, claim, overrides, missing, permitted } = verdict;
  return {
    time: new Date(now).toISOString(),
    level,
    kind: 'decision',
    id,
    requestId: about.requestId,
    ...(about.traceId === undefined ? {} : { traceId: about.traceId }),
    caller: about.caller?.id ?? null,
    decision: permitted ? 'permit' : 'deny',
    code: verdict.code,
    ...(cause === undefined ? {} : { layer: cause.layer, rule: cause.rule }),
    ...(claim === undefined ? {} : { claim }),
    ...(permitted ? { claims: claimsOf(verdict) } : {}),
    ...(overrides.length > 0 ? { overrides } : {}),
    ...(missing.length > 0 ? { missing } : {}),
    ...(request === undefined ? {} : questionOf(request, bundle.engine.bundle, hashValue)),
    policy: { version: bundle.version, digest: bundle.digest },
  };
}

function questionOf(request: PreparedRequest, bundle: CheckedBundle, hashValue: ValueHash): JsonRecord {
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
  return {
    action: withAttributes({ name: request.action }, roots['action'] as JsonRecord),
    subject: withAttributes({ type: subject.type }, roots['subject'] as JsonRecord),
    resource: withAttributes({ type: resource.type }, roots['resource'] as JsonRecord),
    context: roots['context'],
    ...(request.illTyped.length > 0 ? { illTyped: request.illTyped } : {}),
  };
}

/** With `id` on its own, the rest as `attributes`. */
function withAttributes(record: JsonRecord, { id, ...attributes }: JsonRecord): JsonRecord {
  return {
    ...record,
    ...(id === undefined ? {} : { id }),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
  };
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
