import type { CheckedRedaction } from '../../dsl/check/bundle.ts';
import { isObject } from '../../dsl/types/is-object.ts';
import type { ValueHash } from './value-hash.ts';

/** A line of the policy about what is redacted. */
export type Redaction = Pick<CheckedRedaction, 'path' | 'method'>;

export type JsonRecord = { [name: string]: unknown };

/**
 * Hashes or drops what the policy redacts in the entities and circumstances of a record (`subject`, `resource`, `action`,
 * `context`, attributes by name beside `id`). Where something else than a record stands on the way to a redacted value, it
 * is dropped as a whole. The record is changed in place: it must be the caller's own.
 */
export function redact(roots: JsonRecord, redactions: readonly Redaction[], hashValue: ValueHash): void {
  for (const { path, method } of redactions) if (method === 'hash') redactPath(roots, path, hashValue);
  // Last, so that what two lines name is dropped.
  for (const { path, method } of redactions) if (method === 'drop') redactPath(roots, path, undefined);
}

/** Without a way to hash, the value is dropped. */
function redactPath(roots: JsonRecord, path: readonly string[], hashValue: ValueHash | undefined): void {
  let record = roots;
  const last = path.length - 1;
  for (let at = 0; at <= last; at += 1) {
    const name = path[at] as string;
    if (!Object.hasOwn(record, name)) return;
    const value = record[name];
    if (at < last && isObject(value)) {
      record = value;
      continue;
    }
    if (at < last || hashValue === undefined) delete record[name];
    // What is not there has nothing to hide, and a hash would look like a value.
    else if (value !== null) record[name] = hashValue(value);
    return;
  }
}
