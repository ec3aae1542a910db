import { createHmac, type KeyObject } from 'node:crypto';
import type { CheckedRedaction } from '../../dsl/check/bundle.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** A value as it stands in the log where a policy says `hash`: equal values have equal hashes, in one installation. */
export function hashValue(value: unknown, secret: KeyObject): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `hmac-sha256:${createHmac('sha256', secret).update(text).digest('hex')}`;
}

/**
 * The entities and circumstances of a record (`subject`, `resource`, `action`, `context`, attributes by name beside
 * `type`, `id` and `name`), with what the policy redacts hashed or dropped. Where something else than a record stands
 * on the way to a redacted value, it is dropped as a whole.
 */
export function redact(
  roots: JsonRecord,
  redactions: readonly CheckedRedaction[],
  secret: KeyObject,
): JsonRecord {
  let result = roots;
  // `drop` goes last, so that what two lines name is dropped.
  for (const method of ['hash', 'drop'] as const) {
    for (const one of redactions)
      if (one.method === method) result = redactPath(result, one.path, method, secret);
  }
  return result;
}

function redactPath(
  record: JsonRecord,
  path: readonly string[],
  method: CheckedRedaction['method'],
  secret: KeyObject,
): JsonRecord {
  const [name, ...rest] = path;
  if (name === undefined || !Object.hasOwn(record, name)) return record;
  const value = record[name];
  if (rest.length > 0 && isRecord(value))
    return { ...record, [name]: redactPath(value, rest, method, secret) };
  if (rest.length === 0 && method === 'hash') {
    // What is not there has nothing to hide, and a hash would look like a value.
    return value === null ? record : { ...record, [name]: hashValue(value, secret) };
  }
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
