import { openRedis, type RedisConnection } from '../../src/server/cache/shared/redis-connection.ts';
import { createRedisLevel } from '../../src/server/cache/shared/redis-level.ts';
import type { SharedLevel } from '../../src/server/cache/shared/shared-level.ts';
import { readRedisConfiguration } from '../../src/server/config/redis-configuration.ts';
import { eventually } from './eventually.ts';

const opened = new Set<RedisConnection>();

/** A level in the Redis of this URL, or in the Cluster of several with commas, once it can be reached. */
export async function redisLevel(url: string): Promise<SharedLevel> {
  const configuration = readRedisConfiguration({ VELRO_REDIS_URL: url });
  if (configuration === undefined) throw new Error('no Redis');
  const redis = await openRedis({ configuration, onHealth() {} });
  opened.add(redis);
  await eventually('Redis is reached', () => redis.isReady);
  return createRedisLevel(redis);
}

/** Closes what tests opened. */
export async function closeRedisLevels(): Promise<void> {
  await Promise.all([...opened].map((one) => one.close()));
  opened.clear();
}
