import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Schema } from '../../../dsl/types/schema.ts';
import { emptyRecord } from '../../../dsl/types/values.ts';
import { LoadedFacts } from '../../facts/sql/loaded-facts.ts';
import { decodeValue, encodeValue, MalformedEntry, textOf, wholeOf } from './value-codec.ts';

/** Grows whenever entries are written in another way, or mean something else. */
export const FORMAT_VERSION = 1;
/** Longer entries are neither written nor read. */
export const LONGEST_ENTRY = 1024 * 1024;
/** A clock of another machine may be so many milliseconds ahead. */
export const FUTURE = 2_000;

/** What instances tell each other of a slice. */
export interface EntryContent {
  /** Digest of what all slices hang on. */
  readonly scope: string;
  readonly sliceKey: string;
  /** Says of two slices whether one statement loaded both. */
  readonly loadId: string;
  /** Text of the `pg_snapshot`, as the server that was asked says it. */
  readonly snapshot: string;
  /** Whether that was a replica, whose snapshots leave out what is still running. */
  readonly isReplica: boolean;
  /** When it began to be loaded, by the clock on the wall, in whole milliseconds. */
  readonly loadedAt: number;
  /** How long it may be kept since, in whole milliseconds. */
  readonly lifetime: number;
  readonly facts: LoadedFacts;
}

/** Under what an entry is expected, and at which time. */
export interface Expected {
  readonly key: string;
  readonly scope: string;
  readonly sliceKey: string;
  readonly schema: Schema;
  readonly secret: KeyObject;
  /** By the clock on the wall. */
  readonly now: number;
}

const PROOF = 'sha256';
const PROOF_BYTES = 32;
const HEADER_BYTES = 1 + PROOF_BYTES;

/**
 * An entry: a byte for the version, a proof that somebody who knows the secret wrote exactly this under this key, and the
 * content as JSON. Undefined for what would be too long.
 */
export function encodeEntry(key: string, content: EntryContent, secret: KeyObject): Buffer | undefined {
  const { scope, sliceKey, loadId, snapshot, isReplica, loadedAt, lifetime, facts } = content;
  const { shapes, records } = encodeFacts(facts);
  const text = JSON.stringify([
    scope,
    sliceKey,
    loadId,
    snapshot,
    isReplica,
    loadedAt,
    lifetime,
    shapes,
    records,
  ]);
  const length = HEADER_BYTES + Buffer.byteLength(text);
  if (length > LONGEST_ENTRY) return undefined;
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = FORMAT_VERSION;
  bytes.write(text, HEADER_BYTES);
  proofOf(key, bytes, secret).copy(bytes, 1);
  return bytes;
}

/**
 * The content of an entry, if it is what was expected and nobody but an instance wrote it; undefined for anything else, such as one
 * that was cut, changed, written under another key or too old.
 */
export function decodeEntry(bytes: Buffer, expected: Expected): EntryContent | undefined {
  if (bytes.length <= HEADER_BYTES || bytes.length > LONGEST_ENTRY) return undefined;
  if (bytes[0] !== FORMAT_VERSION) return undefined;
  const proof = proofOf(expected.key, bytes, expected.secret);
  // Nothing of it is read before.
  if (!timingSafeEqual(proof, bytes.subarray(1, HEADER_BYTES))) return undefined;
  try {
    const content = contentOf(JSON.parse(bytes.toString('utf8', HEADER_BYTES)), expected.schema);
    return isExpected(content, expected) ? content : undefined;
  } catch (error) {
    if (error instanceof MalformedEntry || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isExpected({ scope, sliceKey, loadedAt, lifetime }: EntryContent, expected: Expected): boolean {
  if (scope !== expected.scope || sliceKey !== expected.sliceKey) return false;
  const age = expected.now - loadedAt;
  return age >= -FUTURE && age < lifetime;
}

/** Covers the version, the key and the content; lengths keep them apart. */
function proofOf(key: string, bytes: Buffer, secret: KeyObject): Buffer {
  return createHmac(PROOF, secret)
    .update(`velro shared slice ${bytes[0]} ${Buffer.byteLength(key)}:${key}`)
    .update(bytes.subarray(HEADER_BYTES))
    .digest();
}

/** Records of one shape have the same type and the same attributes: their names are written once. */
type Shape = readonly [type: string, names: readonly string[], unread: readonly string[]];

function encodeFacts(facts: LoadedFacts): { readonly shapes: readonly Shape[]; readonly records: unknown[] } {
  const shapes: Shape[] = [];
  const numbers = new Map<string, number>();
  const records: unknown[] = [];
  for (const { type, id, record } of facts.entries()) {
    if (record === null) {
      records.push([type, id]);
      continue;
    }
    const names = Object.keys(record.attributes);
    const shape: Shape = [type, names, record.unread];
    const text = JSON.stringify(shape);
    let number = numbers.get(text);
    if (number === undefined) {
      number = shapes.push(shape) - 1;
      numbers.set(text, number);
    }
    records.push([number, id, ...names.map((name) => encodeValue(record.attributes[name]))]);
  }
  return { shapes, records };
}

function contentOf(json: unknown, schema: Schema): EntryContent {
  const [scope, sliceKey, loadId, snapshot, isReplica, loadedAt, lifetime, shapes, records, ...more] =
    listOf(json);
  if (typeof isReplica !== 'boolean' || more.length > 0) throw new MalformedEntry('no entry');
  const read = listOf(shapes).map(shapeOf);
  const facts = new LoadedFacts(schema);
  for (const record of listOf(records)) addRecord(listOf(record), read, facts);
  return {
    scope: textOf(scope),
    sliceKey: textOf(sliceKey),
    loadId: textOf(loadId),
    snapshot: textOf(snapshot),
    isReplica,
    loadedAt: wholeOf(loadedAt),
    lifetime: wholeOf(lifetime),
    facts,
  };
}

function addRecord(
  [shape, id, ...values]: readonly unknown[],
  shapes: readonly Shape[],
  into: LoadedFacts,
): void {
  if (typeof shape === 'string') {
    if (values.length > 0) throw new MalformedEntry('a record that is not there has attributes');
    into.add(shape, textOf(id), null);
    return;
  }
  const found = shapes[wholeOf(shape)];
  if (found === undefined) throw new MalformedEntry('a record is of no shape');
  const [type, names, unread] = found;
  if (values.length !== names.length) throw new MalformedEntry('a record has other attributes');
  const attributes = emptyRecord();
  for (const [at, name] of names.entries()) attributes[name] = decodeValue(values[at]);
  into.add(type, textOf(id), { attributes, unread });
}

function shapeOf(json: unknown): Shape {
  const [type, names, unread, ...more] = listOf(json);
  if (more.length > 0) throw new MalformedEntry('no shape');
  return [textOf(type), listOf(names).map(textOf), listOf(unread).map(textOf)];
}

function listOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new MalformedEntry('no list');
  return json;
}
