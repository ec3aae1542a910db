import type { RedisServer } from '../support/redis-server.ts';

/** What a Redis kept at some time, key by key. */
export type RedisDump = readonly { readonly key: Buffer; readonly value: Buffer }[];

/** A copy of everything that is in it. */
export async function captureRedis(redis: RedisServer): Promise<RedisDump> {
  const keys = (await redis.run('keys', '*')) as readonly Buffer[];
  const dump: { key: Buffer; value: Buffer }[] = [];
  for (const key of keys) {
    const value = await redis.run('dump', key);
    if (Buffer.isBuffer(value)) dump.push({ key, value });
  }
  return dump;
}

/** Puts it back as it was, whatever is there now; nothing of it ends by itself. */
export async function restoreRedis(redis: RedisServer, dump: RedisDump): Promise<void> {
  for (const { key, value } of dump) await redis.run('restore', key, 0, value, 'replace');
}
