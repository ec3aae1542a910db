import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { LevelCounts } from '../../../src/server/cache/shared/guarded-level.ts';
import { createTableLevel } from '../../../src/server/cache/shared/table-level.ts';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import type { Database } from '../../../src/server/store/database.ts';
import {
  CACHE_TABLES,
  type CacheServer,
  SHARED_BUNDLE,
  startCacheServer,
  watchTables,
} from '../../support/cache-scene.ts';
import { openPostgres, PATIENT } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { patientClock } from '../../support/manual-clock.ts';
import { createTestDatabase, sharedPostgres, type TestDatabase } from '../../support/postgres-database.ts';
import { startTestServer, stopTestServers } from '../../support/test-server.ts';

const TABLE = 'velro_state.authorization_cache';

describe('facts in a table that instances share', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let level: Database;
  let watched = '';
  before(async () => {
    const template = await createTestDatabase(await sharedPostgres());
    await template.run(CACHE_TABLES);
    await watchTables(await startCacheServer(template.url, { bundle: SHARED_BUNDLE }));
    await stopTestServers();
    watched = template.name;
  });
  beforeEach(async () => {
    database = await createTestDatabase(await sharedPostgres(), watched);
    level = await openPostgres(database.url, PATIENT);
  });
  afterEach(async () => {
    await stopTestServers();
    await level.close();
    await database.server.run(`drop database ${database.name} with (force)`);
  });
  after(async () => (await sharedPostgres()).run(`drop database ${watched} with (force)`));

  /** On a clock on which a beat is never late: what is kept is trusted, and as young as it was. */
  const start = async (options: Parameters<typeof startCacheServer>[1] = {}): Promise<CacheServer> => {
    const levels = [createTableLevel({ database: level })];
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
  const statusOf = (server: CacheServer) => {
    const status = server.cache.status().shared?.levels.l3;
    if (status === undefined) throw new Error('there is no table');
    return status;
  };
  const countsOf = (server: CacheServer): LevelCounts => ({ ...statusOf(server).counts });
  const rows = async (): Promise<number> =>
    Number((await database.run(`select count(*)::int as n from ${TABLE}`))[0]?.['n']);
  /** Two instances, of which the first has loaded what ann needs to read the root and has shared it. */
  const startTwo = async (ofOther: Parameters<typeof startCacheServer>[1] = {}) => {
    const two = [await start(), await start(ofOther)] as const;
    expect(await two[0].ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
    await eventually('it is written', async () => (await rows()) === 2);
    return two;
  };

  /** What is kept by an instance is not asked for: everything is forgotten. */
  const forget = async (server: CacheServer): Promise<void> => {
    await database.run(`select pg_notify('velro_facts', 'anything')`);
    await eventually('it is forgotten', () => server.cache.status().entries === 0);
    await server.settled();
  };

  it('serve the other instances, and are kept by them from then on', async () => {
    const [, two] = await startTwo();
    expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l3-hit' });
    expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'l1-hit' });
    expect(two.cache.status().counts.loads).to.equal(0);
    expect(countsOf(two)).to.deep.include({ hits: 2, poisoned: 0, refused: 0 });
  });

  it('are deleted when they change, and do not come back when somebody writes them again', async () => {
    const [one, two] = await startTwo();
    await database.run(`create table replayed as select * from ${TABLE}`);
    await database.run(`update memberships set is_active = false where person_id = 'ann'`);
    await eventually('what holds her is deleted', async () => (await rows()) < 2);
    await eventually('the change is known', () => two.cache.status().changes > 0);
    // What the instances still delete may come later, and is put back again.
    await eventually('what is there again is found and refused', async () => {
      await database.run(
        `lock table ${TABLE} in exclusive mode; delete from ${TABLE}; insert into ${TABLE} select * from replayed`,
      );
      expect((await two.ask('ann', 'read', 'root')).permitted).to.equal(false);
      if (countsOf(two).refused > 0) return true;
      await forget(two);
      return false;
    });
    await eventually('it is denied', async () => !(await one.ask('ann', 'read', 'root')).permitted);
  });

  it('that no instance wrote so are thrown away, deleted and counted', async () => {
    const spoils = [
      `entry = substring(entry for 60)`,
      `entry = '\\x01'`,
      `entry = convert_to('{"permitted": true}', 'utf8')`,
      `entry = set_byte(entry, 0, 99)`,
      // Moved to another key.
      `entry = (select other.entry from ${TABLE} other where other.key <> kept.key limit 1)`,
    ];
    const [, two] = await startTwo();
    await database.run(`create table good as select * from ${TABLE}`);
    const isCounted = async (spoil: string): Promise<boolean> => {
      await database.run(
        `lock table ${TABLE} in exclusive mode; delete from ${TABLE}; insert into ${TABLE} select * from good;
         update ${TABLE} kept set ${spoil}`,
      );
      const before = countsOf(two).poisoned;
      await forget(two);
      const answer = await two.ask('ann', 'read', 'root');
      expect(answer, spoil).to.deep.equal({ permitted: true, source: 'miss' });
      return countsOf(two).poisoned > before;
    };
    // What was loaded for the spoil before may be written late, in the place of this one.
    for (const spoil of spoils) await eventually(`${spoil} is counted`, () => isCounted(spoil));
    await eventually('it is deleted', () => statusOf(two).deleted >= 2);
  });

  it('are done without while the table is locked, or slow', async () => {
    const [, two] = await startTwo({ levelTimeout: 100 });
    await level.transaction('admin', async (session) => {
      await session.run(`lock table ${TABLE} in access exclusive mode`);
      expect(await two.ask('ann', 'read', 'root')).to.deep.equal({ permitted: true, source: 'miss' });
      expect(countsOf(two).failures).to.equal(1);
      expect(await two.ask('ann', 'read', 'root')).to.deep.include({ permitted: true });
    });
  });

  it('are done without when there is no such table, and that is counted', async () => {
    const [, two] = await startTwo();
    await database.run(`drop table ${TABLE}`);
    for (const item of ['root', 'child', 'grandchild', 'other'])
      expect((await two.ask('ann', 'read', item)).permitted, item).to.equal(item !== 'other');
    const { failures, skipped } = countsOf(two);
    expect(failures).to.be.at.least(3);
    expect(skipped).to.be.at.least(1);
    expect(statusOf(two)).to.include({ breaker: 'open' });
    // Nobody waits for what is written.
    await eventually('what was not written is counted', () => statusOf(two).unwritten > 0);
  });

  it('are there where they are switched on', async () => {
    const levelOf = async (environment: Readonly<Record<string, string>>): Promise<boolean> => {
      const server = await startTestServer({
        configuration: readConfiguration(
          { VELRO_DATABASE_URL: database.url, ...environment },
          { port: 0, data: mkdtempSync(join(tmpdir(), 'velro-table-')) },
        ),
        facts: undefined,
      });
      const { body } = await server.call('/metrics');
      return (body as string).includes('velro_cache_level_waiting{level="l3"}');
    };
    expect(await levelOf({ VELRO_CACHE_TABLE: 'on' })).to.equal(true);
    expect(await levelOf({})).to.equal(false);
    expect(await levelOf({ VELRO_CACHE_TABLE: 'on', VELRO_CACHE: 'off' })).to.equal(false);
  });
});
