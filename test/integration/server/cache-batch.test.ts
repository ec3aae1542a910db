import { expect } from 'chai';
import { CACHE_TABLES, type CacheServer, startCacheServer, watchTables } from '../../support/cache-scene.ts';
import { PATIENT } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { patientClock } from '../../support/manual-clock.ts';
import { createTestDatabase, sharedPostgres, type TestDatabase } from '../../support/postgres-database.ts';
import { later } from '../../support/slow-ports.ts';
import { stopTestServers } from '../../support/test-server.ts';

type Item = readonly [person: string, action: string, item: string];

describe('kept facts of a batch', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let watched = '';
  before(async () => {
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

  const start = async (options: Parameters<typeof startCacheServer>[1] = {}): Promise<CacheServer> => {
    const environment = { ...PATIENT, ...options.environment };
    const server = await startCacheServer(database.url, { ...options, environment });
    await server.settled();
    return server;
  };
  /** One on whose clock a beat is never late: what is kept there is trusted, and as young as it was. */
  const startPatient = (): Promise<CacheServer> => start({ clock: patientClock() });
  const ask = async (server: CacheServer, items: readonly Item[], more: object = {}) => {
    const { status, headers, body } = await server.call('/decide/batch', {
      body: {
        ...more,
        evaluations: items.map(([person, action, item]) => ({
          subject: { type: 'person', id: person },
          action: { name: action },
          resource: { type: 'item', id: item },
        })),
      },
    });
    return {
      status,
      source: headers.get('velro-cache'),
      decisions: (body.evaluations as { decision: boolean }[] | undefined)?.map(({ decision }) => decision),
    };
  };
  const ITEMS: readonly Item[] = [
    ['ann', 'read', 'root'],
    ['ann', 'update', 'root'],
    ['ann', 'read', 'other'],
    ['ben', 'read', 'other'],
    ['ann', 'open', 'root'],
  ];
  const VERDICTS = [true, true, false, true, false];
  const isKept = (server: CacheServer, items: readonly Item[]) => async (): Promise<boolean> =>
    (await ask(server, items)).source === 'l1-hit';

  it('answer it without asking the database, whoever asked for them', async () => {
    const server = await startPatient();
    expect(await ask(server, ITEMS)).to.deep.equal({ status: 200, source: 'miss', decisions: VERDICTS });
    await eventually('a hit', isKept(server, ITEMS));
    const { loads } = server.cache.status().counts;
    const hits = server.cache.status().counts.requests['l1-hit'];
    expect(await ask(server, ITEMS)).to.deep.equal({ status: 200, source: 'l1-hit', decisions: VERDICTS });
    const { counts } = server.cache.status();
    expect([counts.loads, counts.requests['l1-hit']]).to.deep.equal([loads, hits + ITEMS.length]);
    for (const [index, item] of ITEMS.entries())
      expect(await server.ask(...item)).to.deep.equal({ permitted: VERDICTS[index], source: 'l1-hit' });
    await server.ask('cat', 'read', 'own');
    await server.ask('cat', 'read', 'root');
    await eventually('a hit of single loads', isKept(server, [...ITEMS, ['cat', 'read', 'own']]));
  });

  it('are dropped when they change, and those of all are loaded then', async () => {
    const server = await start();
    await eventually('a hit', isKept(server, ITEMS));
    await database.run(`update memberships set is_active = false where person_id = 'ben'`);
    await eventually('the change is seen', async () => (await ask(server, ITEMS)).decisions?.[3] === false);
    await eventually('a hit', isKept(server, ITEMS));
    expect((await ask(server, ITEMS)).decisions).to.deep.equal([true, true, false, false, false]);
  });

  it('serve no batch with an item that may not be answered by them', async () => {
    const server = await start();
    await eventually('a hit', isKept(server, ITEMS));
    const more: readonly Item[] = [...ITEMS, ['cat', 'delete', 'root']];
    for (let n = 0; n < 2; n += 1)
      expect(await ask(server, more)).to.deep.equal({
        status: 200,
        source: 'miss',
        decisions: [...VERDICTS, true],
      });
    expect((await ask(server, [['cat', 'delete', 'root']])).source).to.equal('bypass');
  });

  it('are loaded anew where they are too old for one of the verdicts', async () => {
    const clock = patientClock();
    const server = await start({ clock });
    await database.run(`update teams set open = true where id = 'red'`);
    const permits: readonly Item[] = [['ann', 'open', 'root']];
    const denials: readonly Item[] = [['ann', 'open', 'other']];
    await eventually('hits', isKept(server, [...permits, ...denials]));
    clock.advance(700);
    await server.settled();
    // A permit counts for 600 ms, a denial for an hour.
    expect(await ask(server, denials)).to.include({ source: 'l1-hit' });
    const { tooOld } = server.cache.status().counts;
    expect(await ask(server, [...denials, ...permits])).to.deep.include({
      source: 'miss',
      decisions: [false, true],
    });
    expect(server.cache.status().counts.tooOld).to.equal(tooOld + 1);
  });

  it('are passed over by a batch that wants fresh ones, or a write that they have not seen', async () => {
    const server = await startPatient();
    await eventually('a hit', isKept(server, ITEMS));
    expect(await ask(server, ITEMS, { consistency: null })).to.include({ source: 'l1-hit' });
    expect(await ask(server, ITEMS, { consistency: 'fresh' })).to.deep.equal({
      status: 200,
      source: 'bypass',
      decisions: VERDICTS,
    });
    const token = await server.ports.database.transaction('write', async (session) => {
      await session.query({ text: `update memberships set is_active = false where person_id = 'ben'` });
      const { rows } = await session.query({ text: 'select pg_current_xact_id()::text as token' });
      return String(rows[0]?.['token']);
    });
    const at = { consistency: `at_least:${token}` };
    expect((await ask(server, ITEMS, at)).decisions).to.deep.equal([true, true, false, false, false]);
    expect((await ask(server, [['cat', 'read', 'root']], at)).source).to.equal('bypass');
    expect((await ask(server, ITEMS, { consistency: 'stale' })).status).to.equal(400);
    const { body } = await server.call('/decide/batch', {
      body: {
        evaluations: [
          {
            subject: { type: 'person', id: 'ann' },
            action: { name: 'read' },
            resource: { type: 'item', id: 'root' },
            consistency: 'fresh',
          },
        ],
      },
    });
    expect(body.evaluations[0].context.error).to.include({ code: 'invalid_request' });
    expect(body.evaluations[0].context.error.errors[0].pointer).to.equal('/consistency');
  });

  it('are of one state: of two facts that change together it never shows one alone', async () => {
    const server = await start();
    const items: readonly Item[] = [
      ['ann', 'read', 'root'],
      ['ben', 'read', 'root'],
      ['cat', 'update', 'own'],
    ];
    const over = new AbortController();
    let flips = 0;
    const flipping = (async (): Promise<void> => {
      for (; !over.signal.aborted; flips += 1) {
        const [member, other] = flips % 2 === 0 ? ['ann', 'ben'] : ['ben', 'ann'];
        await database.run(`
          begin;
          delete from memberships where person_id = '${other}';
          insert into memberships values ('${member}', 'red', 'viewer')
          on conflict (person_id, team_id) do update set role = 'viewer', is_active = true;
          commit`);
        await later(100 + 60 * (flips % 8));
      }
    })();
    const seen = new Map<string, number>();
    try {
      await eventually('the first flip', () => flips > 0);
      await eventually('kept facts have served between flips', async () => {
        // Single questions load parts of it at other moments.
        if (flips % 3 === 0) await server.ask('ann', 'read', 'root');
        if (flips % 5 === 0) await server.ask('ben', 'update', 'root');
        const { source, decisions } = await ask(server, items);
        expect([decisions?.[0], decisions?.[1]]).to.have.members([true, false]);
        seen.set(String(source), (seen.get(String(source)) ?? 0) + 1);
        return flips > 12 && (seen.get('l1-hit') ?? 0) > 20;
      });
    } finally {
      over.abort();
      await flipping;
    }
    console.log(`      ${flips} flips, ${JSON.stringify(Object.fromEntries(seen))}`);
    expect(seen.get('miss') ?? 0).to.be.above(5);
  });
});
