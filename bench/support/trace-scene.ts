import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { Database } from '../../src/server/store/database.ts';
import { installWatches } from '../../src/server/store/schema/install-watches.ts';
import { seedDomain } from '../../src/server/store/seed/seed-domain.ts';
import { openPostgres } from '../../test/support/databases.ts';
import { createTestDatabase } from '../../test/support/postgres-database.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';
import { startRedis } from '../../test/support/redis-server.ts';
import { loadReferenceBundle } from '../../test/support/reference-bundle.ts';
import { type Instance, type Keeping, startInstance } from './cached-instance.ts';
import { readPopulation } from './trace.ts';

/** What a trace is asked of: a database with people and their generations, and a Redis. */
export interface Scene {
  readonly bundle: CheckedBundle;
  readonly database: Database;
  readonly url: string;
  readonly redisUrl: string;
  readonly population: Awaited<ReturnType<typeof readPopulation>>;
  /** Whose objects nobody may read. */
  readonly suspended: string;
  start(keeping: Keeping): Promise<Instance>;
  emptyRedis(): Promise<unknown>;
}

/** Makes a scene with so many people, who have ten generations each, for as long as the work takes. */
export async function withScene<T>(users: number, work: (scene: Scene) => Promise<T>): Promise<T> {
  const { bundle } = loadReferenceBundle();
  const postgres = await startPostgres({ settings: { shared_buffers: '256MB', max_connections: 300 } });
  const redis = await startRedis();
  let database: Database | undefined;
  try {
    const { url } = await createTestDatabase(postgres);
    database = await openPostgres(url, { VELRO_DATABASE_CONNECTIONS: '30' });
    await seedDomain(database, { users, seed: 1, onProgress: () => {} });
    await installWatches(database, bundle);
    const found = await database.query('analytics', {
      text: `select id from users where status = 'suspended' order by id limit 1`,
    });
    return await work({
      bundle,
      database,
      url,
      redisUrl: redis.url,
      population: await readPopulation(database),
      suspended: String(found.rows[0]?.['id']),
      start: (keeping) => startInstance(keeping, { url, redisUrl: redis.url, bundle }),
      emptyRedis: () => redis.run('flushall'),
    });
  } finally {
    await database?.close();
    await redis.stop();
    await postgres.stop();
  }
}
