import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Schema } from '../../src/dsl/types/schema.ts';
import { type EntryContent, type Expected, encodeEntry } from '../../src/server/cache/shared/entry-codec.ts';
import { scopeOf, sharedKeyOf } from '../../src/server/cache/shared/shared-key.ts';
import { LoadedFacts } from '../../src/server/facts/sql/loaded-facts.ts';

export const SECRET: KeyObject = createSecretKey(Buffer.alloc(32, 7));
export const SCOPE = scopeOf({ bundle: 'sha256:1', database: 'one', catalogue: 'these tables' });
/** When the entries were loaded, by the clock on the wall. */
export const LOADED_AT = Date.parse('2026-01-05T10:00:00Z');

const NO_SCHEMA = { entities: new Map(), enums: new Map() } as Schema;

/** A slice that looked for one record in vain, as it is written by default. */
export function contentOf(change: Partial<EntryContent> = {}): EntryContent {
  const facts = new LoadedFacts(NO_SCHEMA);
  facts.add('user', 'ann', null);
  return {
    scope: SCOPE,
    sliceKey: 'abc|user|ann',
    loadId: 'load 1',
    snapshot: '10:12:11',
    isReplica: false,
    loadedAt: LOADED_AT,
    lifetime: 60_000,
    facts,
    ...change,
  };
}

/** What is expected where such a slice was written. */
export function expectedOf(change: Partial<Expected> = {}): Expected {
  const { scope = SCOPE, sliceKey = 'abc|user|ann' } = change;
  return {
    key: sharedKeyOf(scope, sliceKey),
    scope,
    sliceKey,
    schema: NO_SCHEMA,
    secret: SECRET,
    now: LOADED_AT + 1_000,
    ...change,
  };
}

/** The entry of a slice under its own key. */
export function entryOf(content: EntryContent, secret = SECRET): Buffer {
  const bytes = encodeEntry(sharedKeyOf(content.scope, content.sliceKey), content, secret);
  if (bytes === undefined) throw new Error('the entry is too long');
  return bytes;
}
