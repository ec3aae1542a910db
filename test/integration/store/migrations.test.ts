import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Name, StringLiteral } from '../../../src/dsl/syntax/ast.ts';
import { MIGRATIONS } from '../../../src/server/places.ts';
import type { Database, Row, Session } from '../../../src/server/store/database.ts';
import { maintain } from '../../../src/server/store/maintenance.ts';
import { migrate, migrationStatus } from '../../../src/server/store/migrate.ts';
import { onEveryDatabase, openPostgres, PATIENT } from '../../support/databases.ts';
import { createTestDatabase, sharedPostgres, type TestDatabase } from '../../support/postgres-database.ts';
import { loadReferenceBundle } from '../../support/reference-bundle.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NAMES = readdirSync(MIGRATIONS)
  .map((name) => name.replace(/\.sql$/, ''))
  .toSorted();

onEveryDatabase('the migrations', (current) => {
  const onSession = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    current().session('admin', work);
  const relations = async (): Promise<readonly unknown[]> =>
    (
      await current().query('admin', {
        text: `select relname from pg_class join pg_namespace space on space.oid = relnamespace
               where nspname in ('public', 'velro_state') and relname not like 'migrations%' order by relname`,
      })
    ).rows.map(({ relname }) => relname);

  it('are applied when a database is opened', async () => {
    const status = await onSession((session) => migrationStatus(session));
    expect(status.map(({ name }) => name)).to.deep.equal(NAMES);
    for (const { name, appliedAt } of status) expect(appliedAt, name).to.match(/^\d{4}-.*Z$/);
    expect(await onSession((session) => migrate(session, { direction: 'up' }))).to.deep.equal([]);
  });

  it('go back to nothing and forward again to the same', async () => {
    const before = await relations();
    expect(before).to.include.members(['generations', 'authorization_cache', 'entities', 'lineage']);
    const count = NAMES.length;
    const back = await onSession((session) => migrate(session, { direction: 'down', count }));
    expect(back).to.deep.equal(NAMES.toReversed());
    expect(await relations()).to.deep.equal([]);
    const status = await onSession((session) => migrationStatus(session));
    expect(status).to.deep.equal(NAMES.map((name) => ({ name })));
    expect(await onSession((session) => migrate(session, { direction: 'up' }))).to.deep.equal(NAMES);
    expect(await relations()).to.deep.equal(before);
  });

  it('have for each mapped attribute of policies/ a column of its type', async () => {
    const { rows } = await current().query('admin', {
      text: `select table_name || '.' || column_name as name, case when data_type = 'ARRAY' then udt_name else data_type end as type,
                    is_nullable = 'YES' as nullable
             from information_schema.columns where table_schema = 'public'`,
    });
    const columns = new Map(rows.map(({ name, type, nullable }) => [name as string, { type, nullable }]));
    const { bundle } = loadReferenceBundle();
    let seen = 0;
    for (const entity of bundle.entities.values()) {
      const { storage } = entity.declaration;
      if (storage.kind !== 'tableStorage') continue;
      expect(columns.get(`${textOf(storage.table)}.id`)).to.deep.equal({ type: 'uuid', nullable: false });
      for (const attribute of entity.attributes.values()) {
        if (attribute.closure !== undefined || attribute.type.kind === 'map') continue;
        const column = columns.get(`${textOf(storage.table)}.${attribute.spelling}`);
        expect(column, `${entity.name}.${attribute.name}`).not.to.equal(undefined);
        expect(EXPECTED[attribute.type.kind], attribute.name).to.include(column!.type);
        if (attribute.type.kind !== 'set')
          expect(column!.nullable, attribute.name).to.equal(attribute.optional);
        seen += 1;
      }
    }
    expect(seen).to.be.greaterThan(25);
    const joined = {
      team_members: ['user_id', 'team_id', 'role', 'is_active'],
      project_teams: ['project_id', 'team_id', 'access_level'],
    };
    for (const [table, names] of Object.entries(joined))
      for (const name of names) expect(columns.has(`${table}.${name}`), `${table}.${name}`).to.equal(true);
  });

  it('make views that follow lineage ten steps, end in a cycle and can be refreshed while they are read', async () => {
    const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    await onSession(async (session) => {
      await session.query({
        text: "insert into users values ($1, 'active', '{}', 'free', 'a@example.com', now())",
        values: [id(0)],
      });
      await session.query({
        text: `insert into generations select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, null, null,
                 case when n > 1 then ('00000000-0000-4000-8000-' || lpad((n - 1)::text, 12, '0'))::uuid end,
                 'iterate', 'public', 'completed', 'image', now() from generate_series(1, 15) n`,
        values: [id(0)],
      });
      await session.run('refresh materialized view concurrently velro_state.lineage');
      const depths = await session.query({
        text: 'select ancestor_id, depth from velro_state.lineage where generation_id = $1 order by depth',
        values: [id(15)],
      });
      expect(depths.rows).to.deep.equal(
        Array.from({ length: 10 }, (_, index) => ({ ancestor_id: id(14 - index), depth: index + 1 })),
      );
      await session.query({
        text: 'update generations set parent_generation_id = $1 where id = $2',
        values: [id(3), id(1)],
      });
      await session.run('refresh materialized view concurrently velro_state.lineage');
      const cycle = await session.query({
        text: 'select ancestor_id from velro_state.lineage where generation_id = $1 order by ancestor_id',
        values: [id(1)],
      });
      expect(cycle.rows.map(({ ancestor_id }) => ancestor_id)).to.deep.equal([id(1), id(2), id(3)]);
    });
  });

  it('are kept in order: partitions, what has expired, views', async () => {
    const run = (text: string): Promise<readonly Row[]> => onSession((session) => session.run(text));
    await run('delete from generations; delete from users');
    await run(`insert into users select gen_random_uuid(), 'active', '{}', 'free', 'a@example.com', now() from generate_series(1, 2);
      insert into teams select gen_random_uuid(), id, 'Atelier', true from users limit 1;
      insert into team_members select users.id, teams.id, 'editor', true from users, teams where users.id <> owner_id;
      insert into projects select gen_random_uuid(), owner_id, id, 'team', false from teams;
      insert into velro_state.authorization_cache values
        ('\\x01', '', '{}', pg_current_snapshot(), now() - interval '1 second'),
        ('\\x02', '', '{}', pg_current_snapshot(), now() + interval '1 hour');
      drop table velro_state.audit_index_${new Date().toISOString().slice(0, 7).replace('-', '_')}`);
    expect(await maintain(current())).to.equal(true);
    expect(await run('select count(*)::int as left from velro_state.authorization_cache')).to.deep.equal([
      { left: 1 },
    ]);
    expect(
      await run(
        "select count(*)::int as n from pg_inherits where inhparent = 'velro_state.audit_index'::regclass",
      ),
    ).to.deep.equal([{ n: 2 }]);
    const standing =
      'select resource_type, role from velro_state.effective_permissions order by resource_type, role';
    expect(await run(standing)).to.deep.equal([
      { resource_type: 'project', role: 'editor' },
      { resource_type: 'project', role: 'owner' },
      { resource_type: 'team', role: 'editor' },
      { resource_type: 'team', role: 'owner' },
    ]);
  });
});

const textOf = (name: Name | StringLiteral): string => ('text' in name ? name.text : name.value);

/** The types of columns that a value of this kind is read from. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  uuid: ['uuid'],
  reference: ['uuid'],
  enum: ['text'],
  string: ['text'],
  set: ['_text'],
  bool: ['boolean'],
  int: ['bigint', 'integer'],
  time: ['timestamp with time zone'],
};

describe('migrations of a PostgreSQL', function postgres() {
  this.timeout(300_000);
  const folder = temporaryFolder();
  let database: Database | undefined;
  let target: TestDatabase;
  beforeEach(async () => {
    target = await createTestDatabase(await sharedPostgres());
  });
  afterEach(async () => {
    await database?.close();
    database = undefined;
    await target.server.run(`drop database ${target.name} with (force)`);
  });

  it('are applied once by ten processes that start at once', async () => {
    // Ten at once keep a machine busy.
    const settings = { ...PATIENT, VELRO_DATABASE_CONNECTIONS: '10', VELRO_DATABASE_START_TIMEOUT: '4m' };
    const script = `import { openPostgres } from ${JSON.stringify(new URL('../../support/databases.ts', import.meta.url).href)};
      const database = await openPostgres(${JSON.stringify(target.url)}, ${JSON.stringify(settings)});
      await database.query('read', { text: 'select count(*) from velro_state.api_keys' });
      await database.close();`;
    const codes = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
          // The runner's hooks are not there, and neither does this child call them.
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        return ((await once(child, 'exit')) as [number])[0];
      }),
    );
    expect(codes).to.deep.equal(Array.from({ length: 10 }, () => 0));
    const rows = await target.run('select name from velro_state.migrations order by id');
    expect(rows.map(({ name }) => name)).to.deep.equal(NAMES);
  });

  it('leave everything as it was when one of them fails half-way', async () => {
    writeFileSync(
      join(folder.path, '0001_good.sql'),
      '-- Up Migration\ncreate table velro_state.good (n int);\n-- Down Migration\ndrop table velro_state.good;\n',
    );
    writeFileSync(
      join(folder.path, '0002_bad.sql'),
      '-- Up Migration\ncreate table velro_state.half (n int);\nselect no_such_function();\n',
    );
    database = await openPostgres(target.url);
    const opened = database;
    const up = (path: string): Promise<unknown> =>
      opened.session('admin', (session) => migrate(session, { direction: 'up', folder: path }));
    await opened.session('admin', (session) => migrate(session, { direction: 'down', count: NAMES.length }));
    expect(await up(folder.path).catch((error: Error) => error.message)).to.include('no_such_function');
    expect(
      await target.run(
        "select to_regclass('velro_state.good') as good, to_regclass('velro_state.half') as half",
      ),
    ).to.deep.equal([{ good: null, half: null }]);
    expect(await target.run('select name from velro_state.migrations')).to.deep.equal([]);
    // The lock is free again.
    expect(await up(MIGRATIONS)).to.deep.equal(NAMES);
  });

  it('leave tables alone that were there before', async () => {
    await target.run('create table users (id int primary key); insert into users values (7)');
    database = await openPostgres(target.url);
    expect(await target.run("select to_regclass('generations') as made")).to.deep.equal([{ made: null }]);
    await database.session('admin', (session) =>
      migrate(session, { direction: 'down', count: NAMES.length }),
    );
    expect(await target.run('select id from users')).to.deep.equal([{ id: 7 }]);
  });
});
