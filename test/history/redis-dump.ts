import type { KeyObject } from 'node:crypto';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { decodeEntry, encodeEntry } from '../../src/server/cache/shared/entry-codec.ts';
import type { RedisServer } from '../support/redis-server.ts';

/** What a Redis kept at some time, key by key. */
export type RedisDump = readonly {
  readonly key: Buffer;
  /** The string, and what `DUMP` makes of it. */
  readonly bytes: Buffer;
  readonly value: Buffer;
}[];

/** A copy of everything that is in it. */
export async function captureRedis(redis: RedisServer): Promise<RedisDump> {
  const keys = (await redis.run('keys', '*')) as readonly Buffer[];
  const dump: { key: Buffer; bytes: Buffer; value: Buffer }[] = [];
  for (const key of keys) {
    const bytes = await redis.run('get', key);
    const value = await redis.run('dump', key);
    if (Buffer.isBuffer(bytes) && Buffer.isBuffer(value)) dump.push({ key, bytes, value });
  }
  return dump;
}

/** Puts it back as it was, whatever is there now; nothing of it ends by itself. */
export async function restoreRedis(redis: RedisServer, dump: RedisDump): Promise<void> {
  for (const { key, value } of dump) await redis.run('restore', key, 0, value, 'replace');
}

const PREFIX = 'velro:';
/** The version of the format, and the proof. */
const HEADER = 33;

/**
 * Puts a copy of what was there back as if it had been loaded by this snapshot, proven with a secret: the instances', or one that somebody
 * made up.
 */
export async function poisonRedis(
  redis: RedisServer,
  dump: RedisDump,
  schema: CheckedBundle,
  snapshot: string,
  secret: KeyObject,
  known: KeyObject,
): Promise<void> {
  for (const { key, bytes } of dump) {
    const name = key.toString().slice(PREFIX.length);
    const [scope, sliceKey, , , , loadedAt] = JSON.parse(bytes.toString('utf8', HEADER)) as unknown[];
    const expected = { key: name, scope: String(scope), sliceKey: String(sliceKey), secret: known };
    const content = decodeEntry(bytes, { ...expected, schema, now: Number(loadedAt) });
    const forged = content && encodeEntry(name, { ...content, snapshot }, secret);
    if (forged !== undefined) await redis.run('set', key, forged);
  }
}
