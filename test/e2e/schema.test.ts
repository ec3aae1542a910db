import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { postgresDatabase } from '../support/postgres-database.ts';
import { runVelro, type VelroRun } from '../support/run-velro.ts';
import { bundleOf } from '../support/tables.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('velro schema', function schema() {
  this.timeout(180_000);
  const database = postgresDatabase();
  const folder = temporaryFolder();
  const velro = (...args: string[]): Promise<VelroRun> =>
    runVelro(['schema', ...args], {
      cwd: folder.path,
      env: { VELRO_DATABASE_URL: database.url, VELRO_DATA: folder.path },
    });
  const write = (entities: string): void => {
    mkdirSync(join(folder.path, 'policies'), { recursive: true });
    writeFileSync(join(folder.path, 'policies', 'schema.velro'), bundleOf(entities));
  };
  const triggers = async (): Promise<unknown> =>
    (await database.run("select count(*)::int as n from pg_trigger where tgname like 'velro%'"))[0]?.['n'];
  const MISSPELT = 'entity person from table people { id: uuid, name: string from nme }';
  const PEOPLE = 'entity person from table people { id: uuid, name: string }';
  /** Those of the stored entities, which a migration made. */
  const OF_ENTITIES = 4;

  before(async () => {
    await database.run(`create table people (id uuid primary key, name text not null);
      create view adults as select * from people`);
  });

  it('check says what is not as the bundle says, and exits with 1', async () => {
    write(MISSPELT);
    const run = await velro('check');
    expect(run, run.stderr).to.include({ code: 1 });
    expect(run.stderr).to.equal('the migrations are not applied to this database: run velro migrate up\n');
    expect(run.stdout).to.equal(
      `people: not watched (person); run velro schema install

error[VEL5002]: \`people\` has no column \`nme\`
 --> policies/schema.velro:1:63
  |
1 | entity person from table people { id: uuid, name: string from nme }
  |                                                               ^^^
  = help: did you mean \`name\`?

1 error
`,
    );
    const json = await velro('check', '--json');
    expect(json.code).to.equal(1);
    expect(JSON.parse(json.stdout)).to.deep.include({
      ok: false,
      errors: 1,
      warnings: 0,
      tables: [{ table: 'people', kind: 'table', types: ['person'], state: 'unwatched' }],
    });
    expect(JSON.parse(json.stdout)).to.have.nested.include({
      'diagnostics[0].code': 'VEL5002',
      'diagnostics[0].line': 1,
    });
    const sarif = await velro('check', '--format', 'sarif');
    expect(JSON.parse(sarif.stdout)).to.have.nested.property('runs[0].results[0].ruleId', 'VEL5002');
  });

  it('install refuses what does not fit, and changes nothing', async () => {
    write(MISSPELT);
    const early = await velro('install');
    expect(early).to.include({ code: 2, stdout: '' });
    expect(early.stderr).to.include('help: run velro migrate up');
    await runVelro(['migrate', 'up', '--database', database.url]);
    const run = await velro('install');
    expect(run, run.stderr).to.include({ code: 1, stdout: '' });
    expect(run.stderr).to.include('VEL5002').and.include('nothing was changed');
    expect(await triggers()).to.equal(OF_ENTITIES);
  });

  it('install prints, installs, repeats and removes', async () => {
    write(`${PEOPLE}\nentity adult from table adults { id: uuid, name: string }`);
    const printed = await velro('install', '--print');
    expect(printed, printed.stderr).to.include({ code: 0 });
    expect(printed.stdout).to.include(
      'create trigger velro_told_of_update after update on "public"."people"',
    );
    expect(await triggers()).to.equal(OF_ENTITIES);
    const lines =
      'adults: never cached (adult); a view does not tell of its changes\npeople: watched (person)\n';
    const installed = await velro('install');
    expect(installed, installed.stderr).to.include({ code: 0, stdout: lines });
    expect(await triggers()).to.equal(OF_ENTITIES + 4);
    expect((await velro('install')).stdout).to.equal(`there is nothing to do\n${lines}`);
    expect((await velro('check')).stdout).to.equal(`${lines}ok: 2 tables as the bundle says\n`);
    const removed = await velro('install', '--remove', '--json');
    expect(JSON.parse(removed.stdout)).to.have.property('statements').that.has.length(5);
    expect(await triggers()).to.equal(OF_ENTITIES);
    expect((await velro('install', '--remove')).stdout).to.equal('there is nothing to do\n');
  });

  it('runs what it prints', async () => {
    write(PEOPLE);
    const { stdout, stderr } = await velro('install', '--print');
    expect(stderr).to.equal('');
    await database.run(stdout);
    expect((await velro('install', '--json')).stdout).to.include('"statements": []');
  });

  it('install says in a sentence what keeps it from installing', async () => {
    write(PEOPLE);
    await velro('install', '--remove');
    await database.run(`do $$ begin
      if not exists (select from pg_roles where rolname = 'schema_guest') then create role schema_guest login; end if;
    end $$;
    grant select on people, adults to schema_guest;
    grant usage, create on schema velro_state to schema_guest;
    grant select on all tables in schema velro_state to schema_guest`);
    const guest = new URL(database.url);
    guest.username = 'schema_guest';
    const refused = await velro('install', '--database', guest.href);
    expect(refused).to.include({ code: 2, stdout: '' });
    expect(refused.stderr).to.match(
      /^error: permission denied for table people; nothing was changed\n {2}help: /,
    );
    await database.run('drop owned by schema_guest; drop role schema_guest');
  });
});
