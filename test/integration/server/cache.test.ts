import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { TRUST } from '../../../src/server/cache/pulse.ts';
import {
  CACHE_BUNDLE,
  CACHE_TABLES,
  type CacheServer,
  startCacheServer,
  watchTables,
} from '../../support/cache-scene.ts';
import { embeddedFolder, openEmbedded, PATIENT } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { patientClock } from '../../support/manual-clock.ts';
import { OPENING_TIMEOUT } from '../../support/patient-start.ts';
import { createTestDatabase, sharedPostgres, type TestDatabase } from '../../support/postgres-database.ts';
import { stopTestServers } from '../../support/test-server.ts';

describe('kept facts', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let watched = '';
  before(async () => {
    // Made once: each test works on a copy.
    const template = await createTestDatabase(await sharedPostgres());
    await template.run(CACHE_TABLES);
    await watchTables(await startCacheServer(template.url));
    await stopTestServers();
    watched = template.name;
  });
  beforeEach(async () => {
    database = await createTestDatabase(await sharedPostgres(), watched);
  });
  afterEach(async () => {
    await stopTestServers();
    await database.server.run(`drop database ${database.name} with (force)`);
  });
  after(async () => (await sharedPostgres()).run(`drop database ${watched} with (force)`));

  type Options = Parameters<typeof startCacheServer>[1];
  const start = async (options: Options = {}): Promise<CacheServer> => {
    const environment = { ...PATIENT, ...options.environment };
    const server = await startCacheServer(database.url, { ...options, environment });
    await server.settled();
    return server;
  };
  /** One on whose clock a beat is never late: what is kept there is trusted, and as young as it was. */
  const startPatient = (options: Options = {}): Promise<CacheServer> =>
    start({ clock: patientClock(), ...options });
  const isHit =
    (server: CacheServer, person: string, action: string, item: string) => async (): Promise<boolean> =>
      (await server.ask(person, action, item)).source === 'l1-hit';
  /** Waits until the verdict is another; after the bound no permit and nothing kept may say what was before. */
  const untilIs = async (
    server: CacheServer,
    permitted: boolean,
    person: string,
    item: string,
  ): Promise<void> => {
    const committed = performance.now();
    await eventually(`${person} reads ${item}: ${permitted}`, async () => {
      const begin = performance.now();
      const asked = await server.ask(person, 'read', item);
      if (begin - committed > 1_000 && (asked.permitted === true || asked.source === 'l1-hit'))
        expect(asked.permitted).to.equal(permitted);
      return asked.permitted === permitted;
    });
  };

  it('answer what was asked before, and without waiting', async () => {
    const server = await startPatient();
    expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l1-hit' });
    const about = { requestId: 'test', traceId: undefined, caller: undefined };
    const question = {
      subject: { type: 'person', id: 'ann' },
      action: { name: 'read' },
      resource: { type: 'item', id: 'root' },
      context: { note: 'never the same' },
    };
    expect(server.decisions.decide(question, about)).to.deep.include({ ok: true, source: 'l1-hit' });
  });

  it('of two loads serve together once both are settled', async () => {
    const server = await startPatient();
    await server.ask('ann', 'read', 'root');
    await server.ask('ben', 'read', 'other');
    await eventually('a hit', isHit(server, 'ann', 'read', 'other'));
    await eventually('a hit', isHit(server, 'ben', 'read', 'root'));
    expect(await server.ask('ben', 'read', 'other')).to.deep.equal({ permitted: true, source: 'l1-hit' });
  });

  it('are settled by a beat that is sent for them, once somebody could use that', async () => {
    const server = await start();
    await database.run(`insert into items select 'many' || n, 'ann' from generate_series(1, 500) n`);
    const { hastened } = server.cache.status();
    let asked = 0;
    while (asked < 20)
      expect(await server.ask('ann', 'read', `many${(asked += 1)}`)).to.include({ source: 'miss' });
    expect(server.cache.status().hastened).to.equal(hastened);
    // The next that is due anyway may come first.
    await eventually('one is sent sooner', async () => {
      await server.ask('ann', 'read', `many${(asked += 1)}`);
      await server.ask('ben', 'read', `many${asked}`);
      return server.cache.status().hastened > hastened;
    });
  });

  it('are dropped at every instance when a role changes that reaches them through references', async () => {
    const servers = [await start(), await start()];
    for (const server of servers) await eventually('a hit', isHit(server, 'ann', 'read', 'grandchild'));
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    for (const server of servers) await untilIs(server, false, 'ann', 'grandchild');
    await database.run(`update memberships set is_active = true where person_id = 'ann'`);
    for (const server of servers) await untilIs(server, true, 'ann', 'grandchild');
    await database.run(`update items set team_id = 'blue' where id = 'root'`);
    for (const server of servers) await untilIs(server, false, 'ann', 'grandchild');
  });

  it('of what was not there are dropped when it appears', async () => {
    const server = await start();
    await eventually('a hit', isHit(server, 'dan', 'read', 'root'));
    await database.run(
      `insert into people (id) values ('dan'); insert into memberships values ('dan', 'red', 'viewer')`,
    );
    await untilIs(server, true, 'dan', 'root');
  });

  it('are dropped by TRUNCATE, and by a change of many rows', async () => {
    const server = await start();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    await database.run('truncate memberships');
    await untilIs(server, false, 'ann', 'root');
    await database.run(
      `insert into memberships select 'p' || n, 'red', 'viewer' from generate_series(1, 3000) n; insert into memberships values ('ann', 'red', 'viewer')`,
    );
    await untilIs(server, true, 'ann', 'root');
    await database.run('delete from memberships');
    await untilIs(server, false, 'ann', 'root');
  });

  it('are dropped when the listening connection is lost, and kept again afterwards', async () => {
    const server = await start();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    const { gaps } = server.cache.status();
    await database.run(`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'velro listen' and datname = current_database();
      update memberships set is_active = false where person_id = 'ann'`);
    await untilIs(server, false, 'ann', 'root');
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    expect(server.cache.status().gaps).to.be.greaterThan(gaps);
    await database.run(`update memberships set is_active = true where person_id = 'ann'`);
    await untilIs(server, true, 'ann', 'root');
  });

  it('of a load that began before a change and ended after it was told of are not kept', async () => {
    let release = (): void => {};
    let isHeld = false;
    let hasLoaded = false;
    const server = await start({
      slow() {
        if (!isHeld) return undefined;
        hasLoaded = true;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    });
    isHeld = true;
    const slow = server.ask('ann', 'read', 'root');
    await eventually('the load has seen what there was', () => hasLoaded);
    const { changes } = server.cache.status();
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    await eventually('the change is told of', () => server.cache.status().changes > changes);
    isHeld = false;
    release();
    expect(await slow).to.deep.equal({ permitted: true, source: 'miss' });
    expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: false, source: 'miss' });
    expect(server.cache.status().counts.notKept).to.equal(1);
  });

  it('are loaded once, however many ask for them', async () => {
    const server = await startPatient();
    const before = server.cache.status().counts.loads;
    const asked = await Promise.all(Array.from({ length: 1_000 }, () => server.ask('ann', 'read', 'root')));
    expect(new Set(asked.map(({ permitted, source }) => `${permitted} ${source}`))).to.deep.equal(
      new Set(['true miss']),
    );
    expect(server.cache.status().counts.loads - before).to.equal(1);
  });

  it('serve as long as layer 7 lets the verdict be kept', async () => {
    const clock = patientClock();
    const server = await start({ clock });
    const later = async (milliseconds: number): Promise<void> => {
      clock.advance(milliseconds);
      // Nothing is trusted until the next beat of the moved clock.
      await server.settled();
    };
    await database.run(`update teams set open = true where id = 'red'`);
    await server.ask('ann', 'open', 'root');
    await eventually('a hit', isHit(server, 'ann', 'open', 'root'));
    await eventually('a hit', isHit(server, 'ann', 'open', 'other'));
    await later(700);
    // A permit counts for 600 ms, a denial for an hour.
    expect(await server.ask('ann', 'open', 'other')).to.deep.equal({ permitted: false, source: 'l1-hit' });
    expect(await server.ask('ann', 'open', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    expect(server.cache.status().counts.misses).to.deep.include({ too_old_for_verdict: 1, too_old: 0 });
    await later(3_700_000);
    expect(await server.ask('ann', 'open', 'other')).to.deep.equal({ permitted: false, source: 'miss' });
    expect(server.cache.status().counts.misses).to.deep.include({ too_old_for_verdict: 1, too_old: 1 });
    // In the last part of its time it is loaded ahead.
    expect((await server.ask('ann', 'read', 'root')).permitted).to.equal(true);
    await later(3_100_000);
    const { refreshes } = server.cache.status().counts;
    expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l1-hit' });
    expect(server.cache.status().counts.refreshes).to.equal(refreshes + 1);
    await later(1_000_000);
    await eventually('the new load serves', isHit(server, 'ann', 'read', 'root'));
  });

  it('that are too old for their verdict are renewed by what the question demands', async () => {
    const clock = patientClock();
    const server = await start({ clock });
    await database.run(`update teams set open = true where id = 'red'`);
    const ask = async (): Promise<string | undefined> => {
      const question = {
        subject: { type: 'person', id: 'ann' },
        action: { name: 'open' },
        resource: { type: 'item', id: 'root' },
      };
      const about = { requestId: 'test', traceId: undefined, caller: undefined };
      const outcome = await server.decisions.decide(question, about, { kind: 'atLeast', transaction: 1n });
      return outcome.ok && outcome.answer.decision ? outcome.source : undefined;
    };
    await server.ask('ann', 'open', 'root');
    await eventually('they have seen it', async () => (await ask()) === 'l1-hit');
    clock.advance(700);
    await server.settled();
    // A replica that others may be answered from need not have seen it.
    expect(await ask()).to.equal('bypass');
  });

  it('are not used where the policy says never', async () => {
    const server = await start();
    for (let n = 0; n < 2; n += 1)
      expect(await server.ask('cat', 'delete', 'root')).to.deep.equal({ permitted: true, source: 'bypass' });
  });

  it('stay within their bounds', async () => {
    const server = await startPatient({ environment: { VELRO_CACHE_ENTRIES: '10' } });
    await database.run(`insert into items select 'many' || n, 'ann' from generate_series(1, 50) n`);
    for (let n = 1; n <= 50; n += 1) await server.ask('ann', 'read', `many${n}`);
    const { entries, evicted } = server.cache.status();
    expect(entries).to.equal(10);
    expect(evicted).to.be.at.least(40);
    await eventually('a hit', isHit(server, 'ann', 'read', 'many50'));
    expect((await server.ask('ann', 'read', 'many1')).source).to.equal('miss');
    expect(server.cache.status().counts.misses.evicted).to.be.at.least(1);
  });

  it('are passed over by a question that wants fresh ones, or a write that they have not seen', async () => {
    const server = await startPatient();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    const ask = async (consistency: string | null): Promise<readonly unknown[]> => {
      const { status, headers } = await server.call('/decide', {
        body: {
          subject: { type: 'person', id: 'ann' },
          action: { name: 'read' },
          resource: { type: 'item', id: 'root' },
          consistency,
        },
      });
      return [status, headers.get('velro-cache')];
    };
    expect(await ask(null)).to.deep.equal([200, 'l1-hit']);
    expect(await ask('fresh')).to.deep.equal([200, 'bypass']);
    const token = await server.ports.database.transaction('write', async (session) => {
      await session.query({ text: `update teams set open = true where id = 'blue'` });
      const { rows } = await session.query({ text: 'select pg_current_xact_id()::text as token' });
      return String(rows[0]?.['token']);
    });
    expect(await ask(`at_least:${token}`)).to.deep.equal([200, 'bypass']);
    await database.run(`update people set name = 'Ann' where id = 'ann'`);
    for (const malformed of [
      'stale',
      'at_least:',
      'at_least:0',
      'at_least:x',
      'at_least:1234567890123456789012',
    ])
      expect((await ask(malformed))[0], malformed).to.equal(400);
    // What was loaded since has seen it.
    await database.run(`update items set owner_id = 'ben' where id = 'root'`);
    await database.run(`update items set owner_id = 'cat' where id = 'root'`);
    await database.run(`update memberships set role = 'viewer' where person_id = 'ann'`);
    await eventually(
      'loaded anew',
      async () =>
        (await ask(`at_least:${token}`))[1] === 'l1-hit' || !(await isHit(server, 'ann', 'read', 'root')()),
    );
    await eventually('a hit that has seen it', async () => (await ask(`at_least:${token}`))[1] === 'l1-hit');
  });

  it('are of the bundle that answers', async () => {
    const server = await start({ watch: true });
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    const { digest } = server.ports.bundles.current();
    writeFileSync(
      join(server.folder, 'policies', 'access.velro'),
      (CACHE_BUNDLE['access.velro'] ?? '')
        .replace('layer 1 access version 1', 'layer 1 access version 2')
        .replace('permit member: read, update on item', 'permit member: update on item'),
    );
    await eventually('the new bundle answers', () => server.ports.bundles.current().digest !== digest);
    expect((await server.ask('ann', 'read', 'root')).permitted).to.equal(false);
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
  });

  it('are given up when a table stops telling of its changes, and begin when it does again', async () => {
    const server = await start();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    await database.run(`
      alter table memberships disable trigger velro_told_of_update;
      update memberships set is_active = false where person_id = 'ann'`);
    await untilIs(server, false, 'ann', 'root');
    await eventually(
      'it is known',
      async () => (await server.ask('ann', 'read', 'root')).source === 'bypass',
    );
    await database.run(`update memberships set is_active = true where person_id = 'ann'`);
    expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'bypass' });
    await database.run('alter table memberships enable always trigger velro_told_of_update');
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
  });

  it('are given up when a table is defined anew', async () => {
    const server = await start();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    // Writes rows, and fires no trigger.
    await database.run(`alter table memberships alter column role type text using 'nobody'`);
    await untilIs(server, false, 'ann', 'root');
  });

  it('are counted, by what came of a question and why', async () => {
    const server = await startPatient();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    await eventually(
      'the change is seen',
      async () => (await server.ask('ann', 'read', 'root')).permitted === false,
    );
    const page = (await server.call('/metrics')).body as string;
    const { counts } = server.cache.status();
    expect(page).to.include(`velro_cache_requests_total{outcome="l1-hit"} ${counts.requests['l1-hit']}\n`);
    expect(page).to.match(/velro_cache_invalidations_total [1-9]/);
    const { misses, requests } = counts;
    expect(Object.values(misses).reduce((sum, count) => sum + count, 0)).to.equal(requests.miss);
    expect(misses.unknown).to.be.at.least(1);
    expect(misses.changed).to.be.at.least(1);
    for (const [reason, count] of Object.entries(misses))
      expect(page).to.include(`velro_cache_misses_total{reason="${reason}"} ${count}\n`);
  });

  it('are said to be trusted while a beat came back of late, and not otherwise', async () => {
    const server = await start();
    // A busy machine may keep a beat waiting, and then it is said that they are not trusted.
    await eventually('it is said that they are trusted', async () => {
      const { cache } = (await server.call('/readyz?verbose')).body;
      expect(cache.watched).to.deep.equal(['item', 'person', 'team']);
      if (cache.isTrusted) expect(cache.behind).to.be.within(0, TRUST);
      else expect(cache.behind).to.be.at.least(TRUST);
      return cache.isTrusted;
    });
    await eventually('it is counted that they are trusted', async () =>
      ((await server.call('/metrics')).body as string).includes('velro_cache_trusted 1\n'),
    );
  });

  it('are not used while the database counts as lost, so that it is found out when it is back', async () => {
    const server = await start();
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    server.ports.losses.set('database', true);
    expect(await server.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    expect([...server.ports.losses.current()]).to.deep.equal([]);
    expect(server.cache.status().counts.misses.lost).to.equal(1);
  });

  it('are explained: whether, why not, and of what', async () => {
    const server = await start();
    const explain = async (action: string, type = 'person'): Promise<unknown> =>
      (
        await server.call('/explain', {
          body: {
            subject: { type, id: 'ann' },
            action: { name: action },
            resource: { type: 'item', id: 'root' },
          },
        })
      ).body.explanation.cache.facts;
    await eventually('a hit', isHit(server, 'ann', 'read', 'root'));
    expect(await explain('read')).to.deep.equal({
      kept: true,
      reason: null,
      parts: [
        { root: 'subject', type: 'person', id: 'ann', entities: ['person'] },
        { root: 'resource', type: 'item', id: 'root', entities: ['item', 'person'] },
      ],
      tags: ['item:root', 'person:ann', 'person:cat'],
    });
    expect(await explain('delete')).to.deep.include({ kept: false, reason: 'policy', tags: [] });
  });
});

describe('kept facts of the embedded database', function () {
  this.timeout(OPENING_TIMEOUT);
  afterEach(stopTestServers);

  it('are dropped when they change', async () => {
    const folder = await embeddedFolder();
    const database = await openEmbedded(folder);
    await database.session('admin', (session) => session.run(`drop table teams cascade; ${CACHE_TABLES}`));
    await database.close();
    const server = await startCacheServer(undefined, { data: folder });
    await watchTables(server);
    await server.settled();
    const isHit = async (): Promise<boolean> => (await server.ask('ann', 'read', 'root')).source === 'l1-hit';
    const write = (text: string): Promise<unknown> => server.ports.database.query('write', { text });
    for (const isActive of [false, true]) {
      await eventually('a hit', isHit);
      await write(`update memberships set is_active = ${isActive} where person_id = 'ann'`);
      await eventually(
        'it is seen',
        async () => (await server.ask('ann', 'read', 'root')).permitted === isActive,
      );
    }
    await eventually('a hit', isHit);
    await write('truncate memberships');
    await eventually('it is seen', async () => (await server.ask('ann', 'read', 'root')).permitted === false);
  });
});
