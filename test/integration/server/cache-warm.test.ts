import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import { installWatches } from '../../../src/server/store/schema/install-watches.ts';
import { CACHE_BUNDLE, CACHE_TABLES, startCacheServer, watchTables } from '../../support/cache-scene.ts';
import { embeddedFolder, openEmbedded, openPostgres } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { loaded } from '../../support/generated-case.ts';
import { createTestDatabase, sharedPostgres, type TestDatabase } from '../../support/postgres-database.ts';
import { startTestServer, stopTestServers, type TestServer } from '../../support/test-server.ts';

const HOT = [
  ['ann', 'read', 'root'],
  ['ann', 'read', 'other'],
  ['ben', 'update', 'own'],
] as const;

describe('facts that are loaded ahead', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let watched = '';
  let folder = '';
  before(async () => {
    const template = await createTestDatabase(await sharedPostgres());
    await template.run(CACHE_TABLES);
    await watchTables(await startCacheServer(template.url));
    await stopTestServers();
    watched = template.name;
  });
  beforeEach(async () => {
    database = await createTestDatabase(await sharedPostgres(), watched);
    folder = mkdtempSync(join(tmpdir(), 'velro-warm-'));
    mkdirSync(join(folder, 'policies'));
    for (const [name, text] of Object.entries(CACHE_BUNDLE))
      writeFileSync(join(folder, 'policies', name), text);
  });
  afterEach(async () => {
    await stopTestServers();
    await database.server.run(`drop database ${database.name} with (force)`);
    rmSync(folder, { recursive: true, force: true });
  });
  after(async () => (await sharedPostgres()).run(`drop database ${watched} with (force)`));

  const start = (
    environment: Readonly<Record<string, string>> = { VELRO_DATABASE_URL: database.url },
    watch = false,
  ): Promise<TestServer> =>
    startTestServer(
      {
        configuration: readConfiguration(environment, { port: 0, data: join(folder, 'data') }),
        facts: undefined,
        watch,
      },
      folder,
    );
  /** One figure of /metrics. */
  const figure = async (server: TestServer, name: string): Promise<number> => {
    const { body } = await server.call('/metrics');
    const [, value] =
      new RegExp(`^${name.replaceAll(/[{}]/g, String.raw`\$&`)} (\\d+)$`, 'm').exec(body) ?? [];
    return Number(value);
  };
  /** A busy machine may keep a beat waiting; what is asked then is a miss, whatever is kept. */
  const untrusted = (server: TestServer): Promise<number> =>
    figure(server, 'velro_cache_misses_total{reason="untrusted"}');
  /** All the others. */
  const misses = async (server: TestServer): Promise<number> =>
    (await figure(server, 'velro_cache_requests_total{outcome="miss"}')) - (await untrusted(server));
  const warmed = (server: TestServer): Promise<number> => figure(server, 'velro_cache_warmed_total');
  /** The answer to a question while kept facts are trusted. */
  const ask = async (
    server: TestServer,
    [person, action, item]: readonly string[],
  ): Promise<{ readonly source: string | null; readonly permitted: boolean }> => {
    let answer: { readonly source: string | null; readonly permitted: boolean } | undefined;
    await eventually('an answer in trust', async () => {
      const before = await untrusted(server);
      const { headers, body } = await server.call('/decide', {
        body: {
          subject: { type: 'person', id: person },
          action: { name: action },
          resource: { type: 'item', id: item },
        },
      });
      answer = { source: headers.get('velro-cache'), permitted: body.decision as boolean };
      return (await untrusted(server)) === before;
    });
    if (answer === undefined) throw new Error('no answer');
    return answer;
  };
  /** Asks until each is answered by kept facts, and goes on asking. */
  const heat = async (server: TestServer): Promise<void> => {
    await eventually('all are kept', async () => {
      const asked = await Promise.all(HOT.map((one) => ask(server, one)));
      return asked.every(({ source }) => source === 'l1-hit');
    });
    for (let n = 0; n < 10; n += 1) for (const one of HOT) await ask(server, one);
  };
  /** Waits until so many loads came, and facts of different loads are settled. */
  const untilWarmed = async (server: TestServer, loads: number): Promise<void> => {
    await eventually('facts are loaded ahead', async () => (await warmed(server)) >= loads);
    const proven = async (): Promise<number> => (await server.call('/readyz?verbose')).body.cache.behind;
    await new Promise((resolve) => setTimeout(resolve, 600));
    await eventually('they are settled', async () => (await proven()) < 500);
  };

  it('answer the hottest questions after a restart, which nobody had to miss for', async () => {
    const first = await start();
    await heat(first);
    const second = await first.restart();
    await untilWarmed(second, HOT.length);
    for (const one of HOT) expect(await ask(second, one)).to.include({ source: 'l1-hit' });
    expect(await misses(second)).to.equal(0);
  });

  it('answer them after another bundle has begun to answer', async () => {
    const server = await start({ VELRO_DATABASE_URL: database.url }, true);
    await heat(server);
    const before = { misses: await misses(server), warmed: await warmed(server) };
    writeFileSync(
      join(folder, 'policies', 'access.velro'),
      (CACHE_BUNDLE['access.velro'] ?? '')
        .replace('layer 1 access version 1', 'layer 1 access version 2')
        .replace('permit member: read, update on item', 'permit member: update on item'),
    );
    await untilWarmed(server, before.warmed + HOT.length);
    expect(await ask(server, HOT[0])).to.deep.equal({ source: 'l1-hit', permitted: false });
    for (const one of HOT) expect(await ask(server, one)).to.include({ source: 'l1-hit' });
    expect(await misses(server)).to.equal(before.misses);
  });

  it('are only those that may be kept and are there, whatever was written down', async () => {
    const server = await start();
    await heat(server);
    await server.running.close();
    const question = (person: string, action: string, item: string): string =>
      `convert_to('${JSON.stringify({ action, subject: { type: 'person', id: person }, resource: { type: 'item', id: item } })}', 'utf8')`;
    const rows = [
      question('ann', 'delete', 'root'),
      question('ann', 'fly', 'root'),
      question('ann', 'create', 'new'),
      question('ann', 'read', 'gone'),
      `'no question'`,
      `'\\xff00'`,
      `'{"action": "read", "subject": 5}'`,
    ];
    await database.run(
      `insert into velro_state.hot_questions select sha256(question), question, 1000, now() from (values ${rows.map((row) => `(${row}::bytea)`).join(', ')}) as hot (question)`,
    );
    const again = await start();
    // Of what is gone is only found out by looking that it is.
    await untilWarmed(again, HOT.length + 1);
    expect(await warmed(again)).to.equal(HOT.length + 1);
    for (const one of HOT) expect(await ask(again, one)).to.include({ source: 'l1-hit' });
    expect(await ask(again, ['ann', 'delete', 'root'])).to.include({ source: 'bypass' });
  });

  it('keep no start waiting, and no request', async () => {
    const server = await start();
    await heat(server);
    await server.running.close();
    const other = await openPostgres(database.url);
    try {
      await other.transaction('admin', async (session) => {
        await session.run('lock table velro_state.hot_questions in access exclusive mode');
        const again = await start();
        expect((await again.call('/readyz')).status).to.equal(200);
        expect(await ask(again, HOT[0])).to.include({ permitted: true });
        await eventually('a hit', async () => (await ask(again, HOT[0])).source === 'l1-hit');
        expect(await warmed(again)).to.equal(0);
      });
    } finally {
      await other.close();
    }
  });

  it('are left alone where that is switched off', async () => {
    const first = await start({ VELRO_DATABASE_URL: database.url, VELRO_CACHE_WARM: 'off' });
    await heat(first);
    await first.running.close();
    expect(await database.run('select count(*)::int as n from velro_state.hot_questions')).to.deep.equal([
      { n: 0 },
    ]);
  });

  it('come from the embedded database as well', async () => {
    const data = await embeddedFolder();
    const embedded = await openEmbedded(data);
    await embedded.session('admin', (session) => session.run(`drop table teams cascade; ${CACHE_TABLES}`));
    const files = Object.entries(CACHE_BUNDLE).map(([path, text]) => ({ path, text }));
    await installWatches(embedded, loaded(files));
    await embedded.close();
    const options = {
      configuration: readConfiguration({}, { port: 0, data }),
      facts: undefined,
    };
    const first = await startTestServer(options, folder);
    await heat(first);
    const second = await first.restart();
    await untilWarmed(second, HOT.length);
    for (const one of HOT) expect(await ask(second, one)).to.include({ source: 'l1-hit' });
    expect(await misses(second)).to.equal(0);
  });
});
