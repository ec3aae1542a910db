import { createSecretKey, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import { readSecret } from '../../src/server/cache/shared/shared-secret.ts';
import { createPolicyService, type PolicyService } from '../../src/server/policies/policy-service.ts';
import { createPolicyStore, type PolicyStore } from '../../src/server/policies/policy-store.ts';
import { NO_TRUST } from '../../src/server/policies/policy-trust.ts';
import { installWatches } from '../../src/server/store/schema/install-watches.ts';
import { openPostgres } from '../support/databases.ts';
import { HISTORY_BUNDLES, historyTables, type Policy, type SceneSize } from '../support/history-scene.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

/** What all servers of a history share. */
export interface HistoryEnvironment {
  readonly postgres: PostgresServer;
  /** Of the database, without anything between. */
  readonly url: string;
  readonly redis: RedisServer | undefined;
  readonly folder: string;
  readonly bundle: CheckedBundle;
  /** By which instances prove to each other what they share. */
  readonly secret: KeyObject;
  /** The folder of the whole bundle. */
  readonly policies: string;
  readonly service: PolicyService;
  readonly store: PolicyStore;
  /** Numbers and digests of the two versions; the whole one answers. */
  readonly versions: Readonly<Record<Policy, { readonly version: number; readonly digest: string }>>;
  close(): Promise<void>;
}

const DATABASE = 'history';
export const ACTOR = { id: 'history' };

/** A PostgreSQL whose tables tell of their changes and in which both versions are published; and a Redis, where it is wanted. */
export async function openEnvironment(size: SceneSize, withRedis: boolean): Promise<HistoryEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-history-'));
  const policies = join(folder, 'policies');
  mkdirSync(policies);
  for (const [name, text] of Object.entries(HISTORY_BUNDLES.whole)) writeFileSync(join(policies, name), text);
  const ends: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    // What is acknowledged must survive that it is killed.
    const postgres = await startPostgres({ settings: { max_connections: 300 } });
    ends.push(() => postgres.stop());
    const redis = withRedis ? await startRedis({ password: 'of-the-history' }) : undefined;
    if (redis !== undefined) ends.push(() => redis.stop());
    await postgres.run(`create database ${DATABASE}`);
    await postgres.run(historyTables(size), DATABASE);
    const url = postgres.url(DATABASE);
    const database = await openPostgres(url, { VELRO_DATABASE_CONNECTIONS: '12' });
    ends.push(() => database.close());
    const files = Object.entries(HISTORY_BUNDLES.whole);
    const { bundle } = loadBundle(files.map(([path, text]) => new SourceText(path, text)));
    if (bundle === undefined) throw new Error('the bundle of the history has errors');
    await installWatches(database, bundle);
    const service = createPolicyService({ database, trust: NO_TRUST, record: () => Promise.resolve(true) });
    const whole = await service.publish(HISTORY_BUNDLES.whole, undefined, ACTOR);
    const strict = await service.publish(HISTORY_BUNDLES.strict, undefined, ACTOR);
    await service.activate(whole.version, ACTOR);
    const store = createPolicyStore(database);
    const secret = createSecretKey(await readSecret(database));
    return {
      postgres,
      url,
      redis,
      folder,
      bundle,
      secret,
      policies,
      service,
      store,
      versions: { whole, strict },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
