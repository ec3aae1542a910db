import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { postgresBinaries } from '../../support/postgres-binaries.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { ROOT } from '../../support/project-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('a PostgreSQL of the tests', () => {
  const first = postgresDatabase();
  const second = postgresDatabase();

  it('gives every suite a database of its own on one server', async () => {
    await first.run('create table here (id int)');
    const names = await second.run("select to_regclass('here') as here");
    expect(names).to.deep.equal([{ here: null }]);
    expect(first.server).to.equal(second.server);
  });

  describe('of one suite', () => {
    let server: PostgresServer;
    before(async function start() {
      this.timeout(60_000);
      server = await startPostgres({ durable: true, settings: { max_connections: 17 } });
    });
    after(() => server.stop());

    it('has the settings that were asked for', async () => {
      expect(await server.run('show fsync')).to.deep.equal([{ fsync: 'on' }]);
      expect(await server.run('show max_connections')).to.deep.equal([{ max_connections: '17' }]);
    });

    it('can be killed and started again, and has what was committed', async () => {
      await server.run('create table kept as select 1 as one');
      const before = server.pid();
      const sleeping = server.run('select pg_sleep(60)').then(
        () => 'answered',
        () => 'lost',
      );
      await server.kill();
      expect(isAlive(before)).to.equal(false);
      expect(await sleeping).to.equal('lost');
      await server.restart();
      expect(await server.run('select one from kept')).to.deep.equal([{ one: 1 }]);
    });

    it('can be paused, and then answers nobody', async () => {
      server.pause();
      let answered = false;
      const answer = server.run('select 1 as one').then((rows) => {
        answered = true;
        return rows;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(answered).to.equal(false);
      server.resume();
      expect(await answer).to.deep.equal([{ one: 1 }]);
    });
  });

  it('is gone, with its files, when it is stopped', async function stopped() {
    this.timeout(60_000);
    const server = await startPostgres();
    const pid = server.pid();
    await server.stop();
    expect(isAlive(pid)).to.equal(false);
    expect(existsSync(server.folder)).to.equal(false);
  });

  it('is gone, with its files, when whoever started it is killed', async function killed() {
    this.timeout(60_000);
    const runner = spawn(process.execPath, [join(ROOT, 'test/support/postgres-child.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(runner.stdout, 'data')) as [Buffer];
    const [pid = '', folder = ''] = line.toString().trim().split(' ');
    expect(isAlive(Number(pid))).to.equal(true);
    expect(existsSync(folder)).to.equal(true);
    runner.kill('SIGKILL');
    await until(() => !isAlive(Number(pid)) && !existsSync(folder));
  });
});

describe('the binaries of PostgreSQL', () => {
  const folder = temporaryFolder();

  it('are those of PG_BIN, and nothing else is taken in their place', () => {
    expect(() => postgresBinaries({ PG_BIN: folder.path }))
      .to.throw(folder.path)
      .with.property('message')
      .that.includes('no initdb');
    const found = postgresBinaries({});
    expect(postgresBinaries({ PG_BIN: found })).to.equal(found);
  });
});
