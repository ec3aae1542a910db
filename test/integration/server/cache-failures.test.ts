import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { TRUST } from '../../../src/server/cache/pulse.ts';
import { CACHE_TABLES, type CacheServer, startCacheServer, watchTables } from '../../support/cache-scene.ts';
import { eventually } from '../../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { stopTestServers } from '../../support/test-server.ts';

describe('kept facts of a database that fails', function () {
  this.timeout(180_000);
  let primary: PostgresServer;
  let replica: PostgresServer | undefined;
  let server: CacheServer;
  before(async () => {
    primary = await startPostgres({ settings: { max_connections: 100 } });
    await primary.run(CACHE_TABLES);
  });
  after(async () => {
    await replica?.stop();
    await primary.stop();
  });
  afterEach(stopTestServers);

  const ENVIRONMENT = { VELRO_DATABASE_CONNECTIONS: '60' };
  const isHit = async (): Promise<boolean> => (await server.ask('ann', 'read', 'root')).source === 'l1-hit';
  const setMember = (isActive: boolean): Promise<unknown> =>
    primary.run(`update memberships set is_active = ${isActive} where person_id = 'ann'`);

  it('are not used while it does not answer, and are again when nothing was missed', async () => {
    server = await startCacheServer(primary.url(), { environment: ENVIRONMENT });
    await watchTables(server);
    await server.settled();
    await eventually('a hit', isHit);
    primary.pause();
    const pausedAt = performance.now();
    /** What came of a question that nobody waits for longer than a moment. */
    const outcome = async (): Promise<string | null | undefined> => {
      const asked = server.ask('ann', 'read', 'root');
      asked.catch(() => {});
      return (await Promise.race([asked, delay(100)]))?.source;
    };
    let lastHit = 0;
    // Kept facts answer a little longer: they wait for nobody.
    while (server.cache.status().isTrusted) {
      const askedAt = performance.now();
      if ((await outcome()) === 'l1-hit') lastHit = askedAt - pausedAt;
      await delay(5);
    }
    expect(await outcome()).not.to.equal('l1-hit');
    primary.resume();
    expect(lastHit).to.be.at.most(TRUST);
    await server.settled();
    await eventually('a hit', isHit);
  });

  it('that were loaded from a replica which is behind are not kept once the change is told of', async () => {
    replica = await startPostgres({ replicaOf: primary });
    server = await startCacheServer(primary.url(), {
      environment: { ...ENVIRONMENT, VELRO_DATABASE_READ_URL: replica.url() },
    });
    await server.settled();
    await eventually('the replica is read', () => server.ports.database.status().replica?.isFresh === true);
    await eventually('a hit, of what the replica said', isHit);
    await replica.run('select pg_wal_replay_pause()');
    const { changes } = server.cache.status();
    await setMember(false);
    await eventually('the change is told of', () => server.cache.status().changes > changes);
    const committed = performance.now();
    const sources = new Set<string | undefined>();
    // The replica still says that she is a member, and is read for a little while; what it says is not kept.
    while (performance.now() - committed < 2_000) {
      const begin = performance.now();
      const { permitted, source } = await server.ask('ann', 'read', 'root');
      if (permitted === true) expect(source).to.equal('miss');
      if (begin - committed > 1_000) expect(permitted).not.to.equal(true);
      sources.add(source);
      await delay(2);
    }
    await eventually(
      'the primary is asked',
      async () => (await server.ask('ann', 'read', 'root')).permitted === false,
    );
    await replica.run('select pg_wal_replay_resume()');
    await eventually('a hit', isHit);
    expect((await server.ask('ann', 'read', 'root')).permitted).to.equal(false);
    await setMember(true);
    await eventually(
      'a permit again',
      async () => (await server.ask('ann', 'read', 'root')).permitted === true,
    );
  });

  it('survive no restart of it', async () => {
    server = await startCacheServer(primary.url(), { environment: ENVIRONMENT });
    await server.settled();
    await eventually('a hit', isHit);
    await primary.kill();
    await primary.restart();
    await setMember(false);
    await eventually(
      'the change is seen',
      async () => (await server.ask('ann', 'read', 'root')).permitted === false,
    );
    await eventually('a hit', isHit);
    expect((await server.ask('ann', 'read', 'root')).permitted).to.equal(false);
  });
});
