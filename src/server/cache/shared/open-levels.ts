import type { Logger } from 'pino';
import type { RedisConfiguration } from '../../config/redis-configuration.ts';
import type { LossRegistry } from '../../ports.ts';
import type { Database } from '../../store/database.ts';
import { GuardedLevel } from './guarded-level.ts';
import { openRedis, type RedisConnection } from './redis-connection.ts';
import { createRedisLevel } from './redis-level.ts';
import { createTableLevel } from './table-level.ts';

export interface LevelOptions {
  readonly redis: RedisConfiguration | undefined;
  /** Where a table of it is a level too. */
  readonly table: Database | undefined;
  readonly losses: LossRegistry;
  readonly log: Logger;
}

/** The levels that instances share, the quickest first, and the Redis that one of them is in. */
export interface OpenLevels {
  readonly levels: readonly GuardedLevel[];
  readonly redis: RedisConnection | undefined;
}

/** Opens the levels that are configured; nothing waits until they answer. */
export async function openLevels({
  redis: configuration,
  table,
  losses,
  log,
}: LevelOptions): Promise<OpenLevels> {
  const slowest = table === undefined ? [] : [new GuardedLevel(createTableLevel({ database: table }))];
  if (configuration === undefined) return { levels: slowest, redis: undefined };
  const redis = await openRedis({
    configuration,
    onHealth(isHealthy, reason) {
      losses.set('redis', !isHealthy);
      if (!isHealthy) log.warn({ reason }, 'Redis does not answer; what it would keep is loaded');
    },
  });
  return { levels: [new GuardedLevel(createRedisLevel(redis)), ...slowest], redis };
}
