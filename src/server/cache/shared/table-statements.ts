import { hash } from 'node:crypto';
import type { Statement } from '../../store/database.ts';
import type { FactChange } from '../../store/schema/fact-change.ts';
import type { SharedEntry } from './shared-level.ts';

/** Where the third level is. */
export const CACHE_TABLE = 'velro_state.authorization_cache';

/** The entries under these keys whose time is not over. */
export function getStatement(keys: readonly string[]): Statement {
  return {
    name: 'authorization_cache_get',
    text: `select key, entry from ${CACHE_TABLE} where key = any($1::bytea[]) and expires_at > now()`,
    values: [keys.map(keyBytes)],
  };
}

/**
 * Which of two snapshots of one server is the newer: those that may be seen end later, all of them are seen up to a later one,
 * or fewer are left out in between.
 */
function ageOf(row: string): string {
  return `(pg_snapshot_xmax(${row}.snapshot), pg_snapshot_xmin(${row}.snapshot), -(select count(*) from pg_snapshot_xip(${row}.snapshot)))`;
}

/** Writes entries of which no two have one key. What was loaded later stays, until its time is over. */
export function putStatement(entries: readonly SharedEntry[]): Statement {
  return {
    name: 'authorization_cache_put',
    // In one order, so that two of these never wait for each other.
    text: `
      insert into ${CACHE_TABLE} as kept (key, entry, tags, snapshot, expires_at)
      select key, entry, string_to_array(tags, ' '), snapshot, now() + milliseconds * interval '1 millisecond'
      from unnest($1::bytea[], $2::bytea[], $3::text[], $4::pg_snapshot[], $5::float8[])
        as given (key, entry, tags, snapshot, milliseconds)
      order by key
      on conflict (key) do update set
        entry = excluded.entry, tags = excluded.tags, snapshot = excluded.snapshot, expires_at = excluded.expires_at
      where kept.expires_at <= now() or ${ageOf('excluded')} >= ${ageOf('kept')}`,
    values: [
      entries.map(({ key }) => keyBytes(key)),
      entries.map(({ bytes }) => bytes),
      entries.map(({ tags }) => tagDigests(tags).join(' ')),
      entries.map(({ snapshot }) => snapshot),
      entries.map(({ expiresIn }) => expiresIn),
    ],
  };
}

/** Deletes rows of a selection, but for those that somebody else is at: they see to them, and nobody waits for anybody. */
function deleteText(selection: string): string {
  // By their places, which nobody moves while they are locked: whatever the planner expects, they are not looked for again.
  return `delete from ${CACHE_TABLE} where ctid = any(array(${selection} for update of kept skip locked))`;
}

export function dropKeysStatement(keys: readonly string[]): Statement {
  return {
    name: 'authorization_cache_drop_keys',
    text: deleteText(`select kept.ctid from ${CACHE_TABLE} as kept where key = any($1::bytea[])`),
    values: [keys.map(keyBytes)],
  };
}

/**
 * Deletes what holds one of these records, or any of these types, and did not see the change. Each is looked for by itself, which the
 * lock in the inner selection sees to: however many changes there are, the table is not read from beginning to end.
 */
export function dropChangedStatement(changes: readonly FactChange[]): Statement {
  return {
    name: 'authorization_cache_drop_changed',
    text: `delete from ${CACHE_TABLE} where ctid = any(array(
        select found.ctid
        from unnest($1::text[], $2::xid8[]) as change (tag, transaction)
        cross join lateral (
          select kept.ctid from ${CACHE_TABLE} as kept
          where kept.tags @> array[change.tag] and not pg_visible_in_snapshot(change.transaction, kept.snapshot)
          for update of kept skip locked
        ) as found
      ))`,
    values: [changes.map(placeDigest), changes.map(({ transaction }) => transaction)],
  };
}

/** Deletes what did not see one of these changes, of which nobody can say what they are. */
export function dropAllStatement(changes: readonly FactChange[]): Statement {
  return {
    name: 'authorization_cache_drop_all',
    text: deleteText(`
        select kept.ctid from ${CACHE_TABLE} as kept
        where exists (
          select from unnest($1::xid8[]) as change (transaction)
          where not pg_visible_in_snapshot(change.transaction, kept.snapshot)
        )`),
    values: [changes.map(({ transaction }) => transaction)],
  };
}

/** Deletes so many of those whose time is over. */
export function dropExpiredStatement(most: number): Statement {
  return {
    name: 'authorization_cache_drop_expired',
    text: deleteText(
      `select kept.ctid from ${CACHE_TABLE} as kept where expires_at < now() order by expires_at limit $1`,
    ),
    values: [most],
  };
}

/** The bytes of a key. */
export function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'base64url');
}

/**
 * Tags as the table holds them: an id may have characters that no text of the database has, and be longer than an index
 * takes. Of each type that is among them there is one too, for changes that are told of all of a type.
 */
export function tagDigests(tags: readonly string[]): readonly string[] {
  const digests = new Set<string>();
  for (const tag of tags) {
    digests.add(digestOf(tag));
    digests.add(digestOf(tag.slice(0, tag.indexOf(':'))));
  }
  return [...digests];
}

function placeDigest({ type = '', id }: FactChange): string {
  return digestOf(id === undefined ? type : `${type}:${id}`);
}

/** Sixteen characters: two tags with one digest only have too much deleted. */
function digestOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 16);
}
