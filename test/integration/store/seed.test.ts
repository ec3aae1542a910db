import { expect } from 'chai';
import { parseUuid } from '../../../src/dsl/types/parse-uuid.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { StartError } from '../../../src/server/config/start-error.ts';
import { BundleStatements } from '../../../src/server/facts/sql/bundle-statements.ts';
import { describeTables } from '../../../src/server/facts/sql/describe-tables.ts';
import type { Database, Row, Statement } from '../../../src/server/store/database.ts';
import { seedDomain } from '../../../src/server/store/seed/seed-domain.ts';
import { onEveryDatabase, openPostgres } from '../../support/databases.ts';
import { expectIndexed, scansOf, sequentialScans } from '../../support/expect-indexed.ts';
import { OPENING_TIMEOUT } from '../../support/patient-start.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { loadReferenceBundle } from '../../support/reference-bundle.ts';

const quietly = (): void => {};
const digests = new Set<unknown>();

onEveryDatabase('made-up rows', (current) => {
  const rows = async (text: string): Promise<readonly Row[]> =>
    (await current().query('analytics', { text })).rows;

  it('fill every table, and are the same for the same seed everywhere', async () => {
    const progress: number[] = [];
    const seeded = await seedDomain(current(), {
      users: 200,
      seed: 7,
      onProgress: (done, expected) => progress.push(done / expected),
    });
    expect(seeded).to.include({ users: 200, teams: 10, projects: 50, generations: 2_000 });
    for (const [table, count] of Object.entries(seeded)) {
      expect(count, table).to.be.greaterThan(0);
      expect(await rows(`select count(*)::int as n from ${table}`), table).to.deep.equal([{ n: count }]);
    }
    expect(progress).to.deep.equal(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).to.be.within(0.8, 1.2);
    const [digest] = await rows(
      "select md5(string_agg(md5(g::text), '' order by id)) as g, (select md5(string_agg(m::text, '' order by id)) from media m) as m from generations g",
    );
    digests.add(JSON.stringify(digest));
    expect(digests).to.have.property('size', 1);
  });

  it('have ids that the first layer lets pass, and lineage to follow', async () => {
    const ids = await rows('select id from generations limit 100');
    for (const { id } of ids) expect(parseUuid(id as string)).to.equal(id);
    const [{ deepest } = {}] = await rows('select max(depth) as deepest from velro_state.lineage');
    expect(deepest).to.be.greaterThan(2);
    const [{ standing } = {}] = await rows(
      'select count(*)::int as standing from velro_state.effective_permissions',
    );
    expect(standing).to.be.greaterThan(50);
  });

  it('go into empty tables only', async () => {
    const again = seedDomain(current(), { users: 1, seed: 8, onProgress: quietly });
    expect(await again.catch((error: unknown) => error))
      .to.be.instanceOf(StartError)
      .with.property('message')
      .that.includes('has rows already');
  });
});

describe('hot statements on 100,000 rows', function indexed() {
  this.timeout(OPENING_TIMEOUT);
  const server = postgresDatabase();
  let database: Database;
  before(async () => {
    database = await openPostgres(server.url);
    const seeded = await seedDomain(database, { users: 10_000, seed: 1, onProgress: quietly });
    expect(seeded['generations']).to.equal(100_000);
  });
  after(() => database.close());

  const someId = async (column: string, table: string): Promise<string> => {
    const { rows } = await database.query('read', {
      text: `select ${column} as id from ${table} where ${column} is not null order by 1 limit 1 offset 10`,
    });
    return rows[0]?.['id'] as string;
  };

  it('of every decision find all their rows by indexes, with ids and without', async () => {
    const { bundle } = loadReferenceBundle();
    const engine = createEngine(bundle);
    const statements = new BundleStatements(bundle, await describeTables(database, bundle));
    const user = await someId('id', 'users');
    for (const triple of bundle.triples) {
      const table = triple.resource === 'media' ? 'media' : `${triple.resource}s`;
      const properties = { owner: user, parent: await someId('id', 'generations') };
      const request = engine.prepare({
        subject: { type: triple.subject, id: user },
        action: { name: bundle.actions.get(triple.action)?.spelling ?? '' },
        resource: { type: triple.resource, id: await someId('id', table), properties },
        context: {},
      });
      const statement = statements.of(triple, [request], 'one');
      if (statement === undefined) throw new Error(`${triple.key} loads nothing`);
      const asked = statement.for([request]);
      await expectIndexed(database, asked);
      expect(await genericScans(asked), `${triple.key}, whatever the ids`).to.deep.equal([]);
      const batch = statements.of(triple, [request, request], 'many');
      // Of many questions at once, small tables may be read as a whole.
      const scanned = batch && (await sequentialScans(database, batch.for([request, request])));
      expect(
        scanned?.filter((one) => one !== 'teams' && one !== 'projects'),
        triple.key,
      ).to.deep.equal([]);
    }
  });

  /** What the plan scans that is made once for all parameters. */
  const genericScans = ({ text, values = [] }: Statement): Promise<readonly string[]> =>
    database.session('admin', async (session) => {
      await session.run('set plan_cache_mode = force_generic_plan');
      await session.run(`prepare asked as ${text}`);
      const nulls = values.map(() => 'null').join(', ');
      const rows = await session.run(`explain (format json) execute asked(${nulls})`);
      await session.run('deallocate asked; reset plan_cache_mode');
      return scansOf(rows);
    });

  const expectLookup = async (table: string, column: string): Promise<void> => {
    const values = [await someId(column, table)];
    await expectIndexed(database, { text: `select * from ${table} where ${column} = $1`, values });
  };

  for (const [table, column] of [
    ['users', 'id'],
    ['teams', 'id'],
    ['team_members', 'user_id'],
    ['team_members', 'team_id'],
    ['projects', 'id'],
    ['project_teams', 'project_id'],
    ['generations', 'id'],
    ['generations', 'owner_id'],
    ['generations', 'parent_generation_id'],
    ['generations', 'team_id'],
    ['media', 'id'],
    ['media', 'generation_id'],
  ] as const) {
    it(`find ${table} by ${column} through an index`, () => expectLookup(table, column));
  }

  it('follow lineage through an index', () =>
    expectIndexed(database, {
      text: `with recursive walk as (
               select parent_generation_id as id, 1 as depth from generations where id = $1
               union
               select parent.parent_generation_id, depth + 1 from walk join generations parent on parent.id = walk.id
               where depth < 10)
             select id from walk where id is not null`,
      values: ['00000000-0000-4000-8000-000000000000'],
    }));

  it('are told from those that read a table from beginning to end', async () => {
    const scanned = await sequentialScans(database, {
      text: "select * from generations where status = 'completed'",
    });
    expect(scanned).to.deep.equal(['generations']);
  });
});
