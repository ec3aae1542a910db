import { expect } from 'chai';
import { postgresDatabase } from '../support/postgres-database.ts';
import { runVelro, type VelroRun } from '../support/run-velro.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('velro migrate', function migrate() {
  this.timeout(180_000);
  const database = postgresDatabase();
  const folder = temporaryFolder();
  const velro = (...args: string[]): Promise<VelroRun> =>
    runVelro(['migrate', ...args], { env: { VELRO_DATABASE_URL: database.url, VELRO_DATA: folder.path } });

  it('shows, applies and takes back', async () => {
    const pending = await velro('status');
    expect(pending, pending.stderr).to.include({ code: 0 });
    expect(pending.stdout).to.match(/^0001_policies {2}pending\n/);
    const up = await velro('up', '--json');
    const names = (JSON.parse(up.stdout) as { migrations: string[] }).migrations;
    expect(names).to.include('0001_policies');
    expect((await velro('up')).stdout).to.equal('there is nothing to do\n');
    const down = await velro('down', '--count', '2');
    expect(down.stdout).to.equal(
      names
        .slice(-2)
        .toReversed()
        .map((name) => `took back ${name}\n`)
        .join(''),
    );
    const { migrations } = JSON.parse((await velro('status', '--json')).stdout) as {
      migrations: { name: string; appliedAt?: string }[];
    };
    expect(
      migrations.filter(({ appliedAt }) => appliedAt === undefined).map(({ name }) => name),
    ).to.deep.equal(names.slice(-2));
  });

  it('says in a sentence what is wrong', async () => {
    const run = await velro('up', '--database', 'mysql://nowhere');
    expect(run.code).to.equal(2);
    expect(run.stderr).to.match(/^error: VELRO_DATABASE_URL must be a URL such as postgres:/);
  });

  it('is followed by velro seed', async () => {
    const seed = await runVelro(['seed', '--users', '20', '--database', database.url, '--json']);
    expect(seed, seed.stderr).to.include({ code: 0, stderr: '' });
    expect(JSON.parse(seed.stdout)).to.have.nested.include({ 'rows.users': 20, 'rows.generations': 200 });
    const again = await runVelro(['seed', '--users', '20', '--database', database.url]);
    expect(again).to.include({ code: 2, stdout: '' });
    expect(again.stderr).to.include('error: the table `users` has rows already');
  });
});
