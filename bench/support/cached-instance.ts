import { pino } from 'pino';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { AccessRequest } from '../../src/engine/decide/types.ts';
import { createCachedFactStore } from '../../src/server/cache/cached-fact-store.ts';
import type { CachedFactStore } from '../../src/server/cache/fact-cache.ts';
import { GuardedLevel } from '../../src/server/cache/shared/guarded-level.ts';
import { openRedis } from '../../src/server/cache/shared/redis-connection.ts';
import { createRedisLevel } from '../../src/server/cache/shared/redis-level.ts';
import { createTableLevel } from '../../src/server/cache/shared/table-level.ts';
import { readConfiguration } from '../../src/server/config/configuration.ts';
import { createDatabaseFactStore } from '../../src/server/facts/database-fact-store.ts';
import type { FactSource } from '../../src/server/ports.ts';
import { SYSTEM_CLOCK } from '../../src/server/system-clock.ts';
import { openPostgres } from '../../test/support/databases.ts';
import { eventually } from '../../test/support/eventually.ts';
import { serviceOf } from './decision-service.ts';

/** How an instance keeps what it knows. */
export type Keeping = 'none' | 'ttl' | 'l1' | 'l1+l2' | 'l1+l3' | 'l1+l2+l3';

export interface Answered {
  readonly permitted: boolean;
  /** `request` for a whole answer that was kept. */
  readonly source: FactSource | 'request' | undefined;
}

/** What decides in one server, with connections of its own. */
export interface Instance {
  readonly cache: CachedFactStore | undefined;
  /** Comes at once where nothing has to be waited for; undefined where there is no answer. */
  ask(request: AccessRequest): Answered | undefined | Promise<Answered | undefined>;
  /** Asks for many at once. */
  askAll(requests: readonly AccessRequest[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Milliseconds that a cache of whole requests keeps an answer, and how many it keeps. */
const REQUEST_LIFETIME = 60_000;
const MOST_REQUESTS = 100_000;
/** Longer than a server waits: what is slow must be seen in the times, and not be loaded instead. */
const LEVEL_TIMEOUT = 1_000;
const ABOUT = { requestId: 'bench', traceId: undefined, caller: undefined };

export async function startInstance(
  keeping: Keeping,
  {
    url,
    redisUrl,
    bundle,
  }: { readonly url: string; readonly redisUrl: string; readonly bundle: CheckedBundle },
): Promise<Instance> {
  const log = pino({ level: 'silent' });
  const database = await openPostgres(url, { VELRO_DATABASE_CONNECTIONS: '60' });
  const store = createDatabaseFactStore({ database, log });
  const configuration = readConfiguration({ VELRO_REDIS_URL: keeping.includes('l2') ? redisUrl : '' });
  const redis =
    configuration.redis && (await openRedis({ configuration: configuration.redis, onHealth() {} }));
  const levels = [
    ...(redis ? [createRedisLevel(redis)] : []),
    ...(keeping.includes('l3') ? [createTableLevel({ database })] : []),
  ];
  const cache =
    keeping === 'none' || keeping === 'ttl'
      ? undefined
      : createCachedFactStore({
          store,
          database,
          clock: SYSTEM_CLOCK,
          answers: () => true,
          bounds: configuration.cache,
          shared:
            levels.length === 0
              ? undefined
              : {
                  levels: levels.map((level) => new GuardedLevel(level, LEVEL_TIMEOUT)),
                  digestOf: () => 'sha256:bench',
                },
          log,
        });
  if (cache !== undefined) {
    await cache.start(bundle);
    await eventually('kept facts are trusted', () => {
      const { isTrusted, watched, shared } = cache.status();
      return isTrusted && watched.length > 0 && shared?.isOpen !== false;
    });
  }
  const service = serviceOf(bundle, cache ?? store, SYSTEM_CLOCK);
  const decide: Instance['ask'] = (request) => {
    const outcome = service.decide(request, ABOUT);
    const answeredBy = (one: Awaited<typeof outcome>): Answered | undefined =>
      one.ok ? { permitted: one.answer.decision, source: one.source } : undefined;
    return outcome instanceof Promise ? outcome.then(answeredBy) : answeredBy(outcome);
  };
  const ask = keeping === 'ttl' ? keepingRequests(decide) : decide;
  return {
    cache,
    ask,
    askAll: (requests) =>
      keeping === 'ttl'
        ? Promise.all(requests.map(async (request) => ask(request)))
        : service.decideAll(requests, 'execute_all', ABOUT),
    async close() {
      await cache?.stop();
      await redis?.close();
      await database.close();
    },
  };
}

/** What is often done: the answer is kept under the whole request for a time, whatever changes. */
function keepingRequests(decide: Instance['ask']): Instance['ask'] {
  const kept = new Map<string, { readonly permitted: boolean; readonly until: number }>();
  return (request) => {
    const key = JSON.stringify(request);
    const found = kept.get(key);
    if (found !== undefined && performance.now() < found.until)
      return { permitted: found.permitted, source: 'request' };
    const keep = (answered: Answered | undefined): Answered | undefined => {
      if (answered === undefined) return undefined;
      kept.delete(key);
      kept.set(key, { permitted: answered.permitted, until: performance.now() + REQUEST_LIFETIME });
      if (kept.size > MOST_REQUESTS) kept.delete(kept.keys().next().value as string);
      return answered;
    };
    const answered = decide(request);
    return answered instanceof Promise ? answered.then(keep) : keep(answered);
  };
}
