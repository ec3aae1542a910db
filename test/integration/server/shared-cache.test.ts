import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { pino } from 'pino';
import type { LevelCounts } from '../../../src/server/cache/shared/guarded-level.ts';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import { SYSTEM_CLOCK } from '../../../src/server/system-clock.ts';
import {
  CACHE_TABLES,
  type CacheServer,
  SHARED_BUNDLE,
  startCacheServer,
  watchTables,
} from '../../support/cache-scene.ts';
import { PATIENT } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { patientClock } from '../../support/manual-clock.ts';
import { createTestDatabase, sharedPostgres, type TestDatabase } from '../../support/postgres-database.ts';
import { RedisConnection } from '../../support/redis-connection.ts';
import { closeRedisLevels, redisLevel } from '../../support/redis-level.ts';
import { type RedisServer, startRedis, startRedisCluster } from '../../support/redis-server.ts';
import { later } from '../../support/slow-ports.ts';
import { startTestServer, stopTestServers } from '../../support/test-server.ts';

describe('facts in Redis', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let redis: RedisServer;
  let watched = '';
  before(async () => {
    redis = await startRedis({ password: 'a secret: @/?' });
    const template = await createTestDatabase(await sharedPostgres());
    await template.run(CACHE_TABLES);
    await watchTables(await startCacheServer(template.url, { bundle: SHARED_BUNDLE }));
    await stopTestServers();
    watched = template.name;
  });
  beforeEach(async () => {
    await redis.run('flushall');
    database = await createTestDatabase(await sharedPostgres(), watched);
  });
  afterEach(async () => {
    await stopTestServers();
    await closeRedisLevels();
    await database.server.run(`drop database ${database.name} with (force)`);
  });
  after(async () => {
    await redis.stop();
    await (await sharedPostgres()).run(`drop database ${watched} with (force)`);
  });

  type Options = Parameters<typeof startCacheServer>[1];
  /** Unless it is said otherwise, on a clock on which a beat is never late: what is kept is trusted, and as young as it was. */
  const start = async (options: Options = {}): Promise<CacheServer> => {
    const levels = options.levels ?? [await redisLevel(redis.url)];
    const server = await startCacheServer(database.url, {
      bundle: SHARED_BUNDLE,
      clock: patientClock(),
      environment: PATIENT,
      ...options,
      levels,
    });
    await server.settled();
    return server;
  };
  /** Two instances, of which the first has loaded what ann needs to read the root and has shared it. */
  const startTwo = async (options: Options = {}): Promise<readonly [CacheServer, CacheServer]> => {
    const two = [await start(options), await start(options)] as const;
    await share(two[0]);
    return two;
  };
  const share = async (server: CacheServer, person = 'ann', item = 'root'): Promise<void> => {
    const before = writtenBy(server);
    expect((await server.ask(person, 'read', item)).source).to.equal('miss');
    await eventually(
      'it is written',
      () => writtenBy(server) >= before + 2,
      () => JSON.stringify(server.cache.status().shared),
    );
  };
  /** Lets every instance forget people and items, by changes that end where they began. */
  const shake = async (...servers: readonly CacheServer[]): Promise<void> => {
    await database.run(`
      update people set name = coalesce(name, '') || 'x'; update people set name = nullif(left(name, -1), '');
      update items set owner_id = owner_id || 'x'; update items set owner_id = left(owner_id, -1)`);
    await eventually('it is forgotten', () => servers.every(({ cache }) => cache.status().entries === 0));
  };
  const writtenBy = (server: CacheServer): number =>
    server.cache.status().shared?.levels.l2?.written ?? Number.NaN;
  const countsOf = (server: CacheServer): LevelCounts => {
    const counts = server.cache.status().shared?.levels.l2?.counts;
    if (counts === undefined) throw new Error('there is no Redis');
    return { ...counts };
  };
  const keys = async (): Promise<readonly string[]> =>
    ((await redis.run('keys', '*')) as readonly Buffer[]).map(String).toSorted();

  it('serve the other instances, and are kept by them from then on', async () => {
    const [, two] = await startTwo();
    expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l2-hit' });
    expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l1-hit' });
    expect(two.cache.status().counts.loads).to.equal(0);
    expect(countsOf(two)).to.deep.include({ hits: 2, misses: 0, poisoned: 0, refused: 0 });
  });

  it('are named after the slower of the places that they come from', async () => {
    const [one, two] = await startTwo();
    await share(one, 'ann', 'other');
    await eventually('what was loaded apart is of one state', async () => {
      const asked = await two.ask('ann', 'read', 'other');
      return asked.source === 'l2-hit' || asked.source === 'l1-hit';
    });
    await two.ask('ann', 'read', 'root');
    expect((await two.ask('ann', 'read', 'root')).source).to.equal('l1-hit');
  });

  it('are of no use after a change of anything that they lead to, at any instance', async () => {
    const [one, two] = await startTwo({ clock: SYSTEM_CLOCK });
    await share(one, 'ann', 'grandchild');
    for (const item of ['root', 'grandchild'])
      expect(await two.ask('ann', 'read', item)).to.deep.include({ permitted: true });
    const before = await keys();
    expect(before.length).to.be.at.least(3);
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    const committed = performance.now();
    for (const server of [one, two])
      for (const item of ['root', 'grandchild'])
        await eventually(`${item} is denied`, async () => {
          const begin = performance.now();
          const { permitted } = await server.ask('ann', 'read', item);
          if (begin - committed > 1_000) expect(permitted).to.equal(false);
          return permitted === false;
        });
    await eventually(
      'and shared anew',
      async () => (await two.ask('ann', 'read', 'root')).source === 'l1-hit',
    );
    // An item moves to another team: what was found of ancestors of others changes as well.
    await database.run(`update items set team_id = 'blue' where id = 'root'`);
    for (const server of [one, two])
      await eventually('ben reads it through its ancestors', async () =>
        Boolean((await server.ask('ben', 'read', 'grandchild')).permitted),
      );
  });

  it('are deleted when they change', async () => {
    const [one] = await startTwo();
    const before = await keys();
    expect(before).to.have.length(2);
    await database.run(`update people set status = 'suspended' where id = 'ann'`);
    await eventually('her slice is gone', async () => (await keys()).length < 2);
    // The other instance may have been told of it first.
    await eventually('it is denied', async () => !(await one.ask('ann', 'read', 'root')).permitted);
  });

  it('do not come back when somebody writes again what was there before a change', async () => {
    const [one, two] = await startTwo();
    const before: [string, Buffer][] = [];
    for (const key of await keys()) before.push([key, (await redis.run('get', key)) as Buffer]);
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    for (const server of [one, two])
      await eventually('it is denied', async () => !(await server.ask('ann', 'read', 'root')).permitted);
    const { refused } = countsOf(two);
    // Gone from the processes, and back in Redis as it was; what the instances still delete may come later, and is put back again.
    await eventually('it is found and refused', async () => {
      await shake(two);
      for (const [key, bytes] of before) await redis.run('set', key, bytes);
      expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: false, source: 'miss' });
      return countsOf(two).refused > refused;
    });
  });

  it('from before an instance listened are not used by it', async () => {
    await startTwo();
    const third = await start();
    expect(await third.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    expect(countsOf(third)).to.deep.include({ hits: 0, refused: 2 });
  });

  it('are thrown away when they were made up, moved or cut, and loaded instead', async () => {
    const [one, two] = await startTwo();
    const [first = '', second = ''] = await keys();
    const entry = (await redis.run('get', first)) as Buffer;
    const spoilt: readonly (readonly [Buffer | string, Buffer | string])[] = [
      ['', 'made up'],
      [(await redis.run('get', second)) as Buffer, entry],
      [entry.subarray(0, 40), Buffer.concat([entry, entry])],
      [Buffer.alloc(1_100_000, 1), '{"__proto__": {"isAdmin": true}}'],
    ];
    const isCounted = async (a: Buffer | string, b: Buffer | string): Promise<boolean> => {
      await redis.run('set', first, a);
      await redis.run('set', second, b);
      const { poisoned } = countsOf(two);
      expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
      const counted = countsOf(two).poisoned - poisoned;
      // Both forget.
      await shake(one, two);
      return counted === 2;
    };
    // What was loaded for the one before may be written late, in the place of this one.
    for (const [index, [a, b]] of spoilt.entries())
      await eventually(`number ${index} is counted`, () => isCounted(a, b));
  });

  it('are proven under another secret once that was changed, and not believed under the one before', async () => {
    const [one, two] = await startTwo();
    await two.ask('ann', 'read', 'root');
    const before = await keys();
    const old = (await redis.run('get', before[0] ?? '')) as Buffer;
    await database.run(`update velro_state.cache_secret set secret = sha256('another')`);
    for (const server of [one, two]) {
      await eventually('it has begun anew', () => server.cache.status().entries === 0);
      await server.settled();
    }
    const { hits } = countsOf(two);
    await share(one);
    expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l2-hit' });
    expect(countsOf(two)).to.deep.include({ hits: hits + 2, poisoned: 0 });
    const after = (await keys()).filter((key) => !before.includes(key));
    expect(after).to.have.length(2);
    const third = await start();
    for (const key of after) await redis.run('set', key, old);
    expect(await third.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    expect(countsOf(third)).to.deep.include({ hits: 0, poisoned: 2 });
  });

  it('of another life of the database, another bundle or other tables are not found', async () => {
    const [one, two] = await startTwo();
    await database.run('truncate velro_state.cache_life');
    for (const server of [one, two])
      await eventually(
        'a new life has a name',
        () => server.cache.status().shared?.isOpen === true && server.cache.status().isTrusted,
      );
    await eventually(
      'loaded anew',
      async () => (await two.ask('ann', 'read', 'root')).source === 'miss' || countsOf(two).misses > 0,
    );
    await database.run('alter table items add column remark text');
    const { misses } = countsOf(one);
    await eventually('nothing is found under the new definition', async () => {
      // What it loaded before it was known where to look is kept.
      await shake(one);
      await one.ask('ann', 'read', 'root');
      return countsOf(one).misses > misses;
    });
  });

  it('are passed over by a question that wants fresh ones, and serve one that wants a write which they saw', async () => {
    const [one, two] = await startTwo();
    const ask = async (server: CacheServer, consistency: string): Promise<unknown> => {
      const { headers } = await server.call('/decide', {
        body: {
          subject: { type: 'person', id: 'ann' },
          action: { name: 'read' },
          resource: { type: 'item', id: 'root' },
          consistency,
        },
      });
      return headers.get('velro-cache');
    };
    expect(await ask(two, 'fresh')).to.equal('bypass');
    const token = await two.ports.database.transaction('write', async (session) => {
      const { rows } = await session.query({ text: 'select pg_current_xact_id()::text as token' });
      return String(rows[0]?.['token']);
    });
    expect(await ask(two, `at_least:${token}`)).to.equal('bypass');
    await shake(one, two);
    await share(one);
    expect(await ask(two, `at_least:${token}`)).to.equal('l2-hit');
  });

  it('renew what is too old for its verdict, as long as its own line lets it be shared', async () => {
    const clock = patientClock();
    const server = await start({ clock });
    const pass = async (minutes: number): Promise<void> => {
      clock.advance(60_000 * minutes);
      await server.settled();
    };
    const ask = (): ReturnType<CacheServer['ask']> => server.ask('ben', 'open', 'root');
    // A permit may be kept for an hour here, a denial for ten minutes here and twenty in all.
    expect(await ask()).to.deep.equal({ permitted: false, source: 'miss' });
    await eventually('it is written', () => writtenBy(server) >= 2);
    const { loads } = server.cache.status().counts;
    await pass(9);
    expect(await ask()).to.deep.equal({ permitted: false, source: 'l1-hit' });
    await pass(2);
    expect(await ask()).to.deep.equal({ permitted: false, source: 'l2-hit' });
    expect(await ask()).to.deep.equal({ permitted: false, source: 'l1-hit' });
    expect(server.cache.status().counts.loads).to.equal(loads);
    await pass(10);
    expect(await ask()).to.deep.equal({ permitted: false, source: 'miss' });
    expect(server.cache.status().counts.misses.too_old_for_verdict).to.equal(1);
  });

  it('are not used while the database counts as lost, so that it is found out when it is back', async () => {
    const [, two] = await startTwo();
    two.ports.losses.set('database', true);
    expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    expect([...two.ports.losses.current()]).to.deep.equal([]);
  });

  it('are not shared where the policy does not say so', async () => {
    const other = await start({
      // Then the folder answers, and not what is in the database.
      watch: true,
      bundle: {
        ...SHARED_BUNDLE,
        'timing.velro':
          'layer 7 timing version 1\ncache permit: any on any for 1h\nnever cache: delete on any\n',
      },
    });
    expect((await other.ask('cat', 'delete', 'root')).source).to.equal('bypass');
    expect((await other.ask('ann', 'read', 'root')).source).to.equal('miss');
    await eventually('it is kept', async () => (await other.ask('ann', 'read', 'root')).source === 'l1-hit');
    expect(await keys()).to.deep.equal([]);
  });

  it('leave answers as they are while Redis hangs or is gone, and serve again when it is back', async () => {
    const options = { levelTimeout: 200 };
    const [one, two] = await startTwo(options);
    const isRight = async (server: CacheServer): Promise<void> => {
      expect((await server.ask('ann', 'read', 'root')).permitted).to.equal(true);
      expect((await server.ask('ben', 'read', 'root')).permitted).to.equal(false);
      expect((await server.ask('cat', 'read', 'child')).permitted).to.equal(true);
    };
    redis.pause();
    for (const server of [one, two]) await isRight(server);
    await database.run(`insert into items select 'many' || n, 'ann' from generate_series(1, 200) n`);
    let asked = 0;
    const isAskedAgain = (server: CacheServer): Promise<void> =>
      eventually('it is asked again', async () => {
        await server.ask('ann', 'read', `many${(asked += 1)}`);
        return server.cache.status().shared?.levels.l2?.breaker === 'closed';
      });
    await eventually('the breaker opens', async () => {
      expect((await two.ask('ann', 'read', `many${(asked += 1)}`)).permitted).to.equal(true);
      return two.cache.status().shared?.levels.l2?.breaker === 'open';
    });
    redis.resume();
    await isAskedAgain(two);
    await redis.kill();
    for (const server of [one, two]) await isRight(server);
    await eventually(
      'it is known to be gone',
      () => two.cache.status().shared?.levels.l2?.isReachable === false,
    );
    await redis.restart();
    await eventually('it is back', () =>
      [one, two].every((server) => server.cache.status().shared?.levels.l2?.isReachable === true),
    );
    for (const server of [one, two]) await isAskedAgain(server);
    // A busy machine may take longer than they wait for a level here, and longer to write.
    await eventually('it serves again', async () => {
      await shake(one, two);
      await one.ask('ann', 'read', 'root');
      await later(50);
      const { permitted, source } = await two.ask('ann', 'read', 'root');
      expect(permitted).to.equal(true);
      return source === 'l2-hit';
    });
  });

  it('are shared by a Cluster as well', async () => {
    const cluster = await startRedisCluster();
    try {
      const url = cluster.urls.join(',');
      const levels = [await redisLevel(url), await redisLevel(url)];
      // Each is connected to when it is first asked.
      const some = Array.from({ length: 30 }, (_, index) => `${index}`);
      for (const level of levels)
        await eventually('all nodes answer', () =>
          level.get(some).then(
            () => true,
            () => false,
          ),
        );
      const [one, two] = [
        await start({ levels: levels.slice(0, 1) }),
        await start({ levels: levels.slice(1) }),
      ];
      await share(one);
      await share(one, 'ben', 'own');
      await share(one, 'cat', 'child');
      for (const [person, item] of [
        ['ann', 'root'],
        ['ben', 'own'],
        ['cat', 'child'],
      ] as const)
        expect(await two.ask(person, 'read', item)).to.deep.equal({ permitted: true, source: 'l2-hit' });
      await database.run(`update people set status = 'suspended'`);
      await eventually('dropped', async () => !(await two.ask('ann', 'read', 'root')).permitted);
      await eventually('deleted, by whichever comes first', () =>
        [one, two].some((server) => (server.cache.status().shared?.levels.l2?.deleted ?? 0) > 0),
      );
    } finally {
      await cluster.stop();
    }
  });

  it('are counted, and it is said how Redis does', async () => {
    const [, two] = await startTwo();
    await two.ask('ann', 'read', 'root');
    const { body } = await two.call('/readyz?verbose');
    expect(body.cache.shared).to.deep.include({ isOpen: true });
    expect(body.cache.shared.levels.l2).to.deep.include({ isReachable: true, breaker: 'closed', hits: 2 });
    const page = (await two.call('/metrics')).body as string;
    for (const line of [
      'velro_cache_shared 1',
      'velro_cache_requests_total{outcome="l2-hit"} 1',
      'velro_cache_level_lookups_total{level="l2",outcome="hits"} 2',
      'velro_cache_level_breaker{level="l2",state="closed"} 1',
    ])
      expect(page).to.include(`${line}\n`);
  });

  it('are used by a server as it is configured, which starts without Redis and says when that is lost', async () => {
    const own = await startRedis({ password: 'kept from logs' });
    let logged = '';
    const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });
    try {
      await own.kill();
      const folder = mkdtempSync(join(tmpdir(), 'velro-redis-'));
      const server = await startTestServer(
        {
          configuration: readConfiguration(
            { VELRO_DATABASE_URL: database.url, VELRO_REDIS_URL: own.url },
            { port: 0, data: join(folder, 'data') },
          ),
          facts: undefined,
          policies: fileURLToPath(new URL('../../../policies', import.meta.url)),
          watch: false,
          log,
        },
        folder,
      );
      const detailsOf = async (): Promise<{ losses: readonly string[]; cache: { shared: object } }> =>
        (await server.call('/readyz?verbose')).body;
      const isLost = async (): Promise<boolean> => (await detailsOf()).losses.includes('redis');
      await eventually('it is lost', isLost);
      await own.restart();
      await eventually('it is back', async () => !(await isLost()));
      await eventually('facts can be shared', async () => {
        const { shared } = (await detailsOf()).cache;
        return (shared as { isOpen: boolean }).isOpen;
      });
      own.pause();
      await eventually('what hangs counts as lost', isLost);
      own.resume();
      await eventually('it is back again', async () => !(await isLost()));
      const connection = await RedisConnection.open(own.port, 'kept from logs');
      await connection.send('config', 'set', 'requirepass', 'another');
      await connection.send('client', 'kill', 'type', 'normal', 'skipme', 'yes');
      connection.close();
      await eventually('it is lost to those who know only the old password', isLost);
      expect(logged).to.include('Redis does not answer');
      for (const secret of ['kept from logs', encodeURIComponent('kept from logs')])
        expect(logged).not.to.include(secret);
    } finally {
      await stopTestServers();
      await own.stop();
    }
  });

  it('get older wherever they are, and serve no longer than layer 7 says', async () => {
    const clock = patientClock();
    const [one, two] = [await start({ clock }), await start({ clock })];
    const MINUTE = 60_000;
    const pass = async (minutes: number): Promise<void> => {
      clock.advance(minutes * MINUTE);
      // Nothing is trusted until the next beats of the moved clock.
      for (const server of [one, two]) await server.settled();
    };
    const ask = (server: CacheServer, person: string): ReturnType<CacheServer['ask']> =>
      server.ask(person, 'read', 'root');
    await share(one, 'ann');
    await share(one, 'ben');
    // A permit is kept for 10 minutes in a process, and for an hour in all; a denial for 10 and for 20.
    await pass(15);
    expect(await ask(two, 'ann')).to.deep.equal({ permitted: true, source: 'l2-hit' });
    expect(await ask(two, 'ben')).to.deep.equal({ permitted: false, source: 'l2-hit' });
    await pass(8);
    // It came 8 minutes ago, and was loaded 23 minutes ago.
    expect(await ask(two, 'ann')).to.deep.equal({ permitted: true, source: 'l1-hit' });
    expect((await ask(two, 'ben')).permitted).to.equal(false);
    expect(two.cache.status().counts.tooOld).to.equal(1);
    await pass(40);
    const { loads } = two.cache.status().counts;
    expect(await ask(two, 'ann')).to.deep.equal({ permitted: true, source: 'miss' });
    expect(two.cache.status().counts.loads).to.equal(loads + 1);
  });
});
