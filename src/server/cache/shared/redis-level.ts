import { BoundedBatches } from './bounded-batches.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { Dropped, LevelStatus, SharedEntry, SharedLevel } from './shared-level.ts';

/** Entries that wait to be written, and keys that wait to be deleted. */
const MOST_ENTRIES = 1_000;
const MOST_KEYS = 10_000;
const ENTRIES_AT_ONCE = 50;
const KEYS_AT_ONCE = 500;

/** Slices in Redis, each until its time is over. Redis may lose any of them at any time. */
export function createRedisLevel(redis: RedisConnection): SharedLevel {
  let written = 0;
  let unwritten = 0;
  let deleted = 0;
  const writing = new BoundedBatches<SharedEntry>({
    most: MOST_ENTRIES,
    atOnce: ENTRIES_AT_ONCE,
    write: (entries) => redis.setAll(entries),
    onEnd(count, isWritten) {
      if (isWritten) written += count;
      else unwritten += count;
    },
  });
  const deleting = new BoundedBatches<string>({
    most: MOST_KEYS,
    atOnce: KEYS_AT_ONCE,
    write: async (keys) => {
      deleted += await redis.deleteAll(keys);
    },
    // What is not deleted is found out to be of no use by whoever reads it, and ends with its time.
    onEnd() {},
  });
  return {
    name: 'l2',
    get: (keys) => redis.getAll(keys),
    put(entries) {
      if (redis.isReady) writing.add(entries);
      else unwritten += entries.length;
    },
    drop({ keys }: Dropped) {
      if (redis.isReady && keys.length > 0) deleting.add(keys);
    },
    status: (): LevelStatus => ({
      isReachable: redis.isReady,
      waiting: writing.waiting,
      written,
      unwritten,
      deleted,
    }),
    async close() {
      writing.clear();
      deleting.clear();
    },
  };
}
