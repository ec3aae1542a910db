import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { StartError } from '../../../src/server/config/start-error.ts';
import type { Database } from '../../../src/server/store/database.ts';
import { DatabaseUnavailable } from '../../../src/server/store/database-unavailable.ts';
import { createEmbeddedDatabase } from '../../../src/server/store/embedded/embedded-database.ts';
import { openEmbedded } from '../../support/databases.ts';
import { OPENING_TIMEOUT } from '../../support/patient-start.ts';
import { ROOT } from '../../support/project-files.ts';
import { later } from '../../support/slow-ports.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the embedded database', function embedded() {
  this.timeout(2 * OPENING_TIMEOUT);
  const folder = temporaryFolder();

  it('has everything that it acknowledged to a process that was killed, and lets one process in at a time', async () => {
    // What a process left that died while it made the database.
    mkdirSync(join(folder.path, 'database'));
    writeFileSync(join(folder.path, 'database', 'PG_VERSION'), '18\n');
    writeFileSync(join(folder.path, 'database.unfinished'), '');
    const writer = spawn(process.execPath, [join(ROOT, 'test/support/embedded-child.ts'), folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    writer.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    while (said.split('\n').length < 100) await once(writer.stdout, 'data');

    const other = await openEmbedded(folder.path);
    const refusal = await other.query('read', { text: 'select 1' }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StartError);
    expect((refusal as Error).message).to.include(`is in use by process ${writer.pid}`);

    expect(other.status().pools['embedded']).to.include({ state: 'critical' });

    writer.kill('SIGKILL');
    await once(writer, 'close');
    // The last line may be torn; it was acknowledged only if it is whole.
    const acknowledged = said.split('\n').slice(0, -1).map(Number);
    // It opens for the same one that was refused.
    const { rows } = await other.query('read', { text: 'select n from acknowledged order by n' });
    expect(rows.map(({ n }) => n)).to.include.members(acknowledged);
    expect(other.status().pools['embedded']).to.include({ state: 'healthy', connections: 1 });
    // Besides those settings without which one process alone cannot run it.
    const settings = await other.query('read', {
      text: "select current_setting('shared_buffers') as buffers, current_setting('io_method') as io",
    });
    expect(settings.rows).to.deep.equal([{ buffers: '8MB', io: 'sync' }]);
    for (const [name, mode] of [
      ['.', 0o700],
      ['base', 0o700],
      ['PG_VERSION', 0o600],
      ['base/1/PG_VERSION', 0o600],
    ] as const)
      expect(statSync(join(folder.path, 'database', name)).mode & 0o777, name).to.equal(mode);
    await other.close();
    expect(await other.query('read', { text: 'select 1' }).catch((error: Error) => error.message)).to.include(
      'was closed',
    );
  });

  it('is opened anew after it could not be brought up to date, by nobody beside', async () => {
    let failures = 1;
    const open = () =>
      createEmbeddedDatabase({
        folder: folder.path,
        patience: () => OPENING_TIMEOUT,
        longest: () => OPENING_TIMEOUT,
        opening: OPENING_TIMEOUT,
        async prepare(session) {
          const { rows } = await session.query({ text: "select to_regclass('kept') is not null as is_old" });
          if (rows[0]?.['is_old'] !== true || failures-- <= 0) return;
          await session.query({ text: 'insert into kept values (2)' });
          throw new Error('not today');
        },
      });
    const ask = async (database: Database, text: string) =>
      (await database.query('write', { text })).rows.map(({ n }) => n);
    const first = open();
    await ask(first, 'create table kept as select 1 as n');
    await first.close();

    const second = open();
    expect(await ask(second, 'select 1').catch((error: Error) => error.message)).to.equal('not today');
    await ask(second, 'insert into kept values (3)');
    await second.close();

    // Nothing but the database itself says that it is one: so it was before anything else was written down.
    rmSync(join(folder.path, 'database', 'velro-is-whole'), { force: true });
    const third = open();
    expect(await ask(third, 'select n from kept order by n')).to.deep.equal([1, 2, 3]);
    await third.close();
  });

  it('is waited for by all who want it while it is opened for the first time, whatever their patience', async () => {
    const prepared = Promise.withResolvers<void>();
    let isOpen = false;
    const database = createEmbeddedDatabase({
      folder: folder.path,
      // Once it is open, whoever waits for their turn may wait for it.
      patience: () => (isOpen ? OPENING_TIMEOUT : 1),
      longest: () => OPENING_TIMEOUT,
      opening: OPENING_TIMEOUT,
      async prepare() {
        await prepared.promise;
        isOpen = true;
      },
    });
    const asked = [1, 2, 3].map(() => database.query('read', { text: 'select 1 as n' }));
    const rows = Promise.all(asked.map(async (one) => (await one).rows));
    rows.catch(() => {});
    await later(50);
    prepared.resolve();
    expect(await rows).to.deep.equal(asked.map(() => [{ n: 1 }]));
    await database.close();
  });

  it('is given up on when it is not open in time, and is free for whoever comes next', async () => {
    const late = createEmbeddedDatabase({
      folder: folder.path,
      patience: () => OPENING_TIMEOUT,
      longest: () => OPENING_TIMEOUT,
      opening: 500,
      prepare: async (session) =>
        void (await session.query({ text: 'select count(*) from generate_series(1, 1e12)' })),
    });
    const refused = await late.query('read', { text: 'select 1' }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DatabaseUnavailable).with.property('reason', 'too_slow');
    expect((refused as Error).message).to.equal(
      'the embedded database was not open within 0.5 s; VELRO_DATABASE_START_TIMEOUT gives it longer',
    );
    expect(late.status().pools['embedded']).to.include({ state: 'critical', connections: 0 });

    const next = await openEmbedded(folder.path);
    expect((await next.query('read', { text: 'select 1 as n' })).rows).to.deep.equal([{ n: 1 }]);
    await next.close();
    await late.close();
  });

  it('is opened anew when it breaks off, and never says that nothing is there', async () => {
    const database = await openEmbedded(folder.path);
    const ask = async (text: string) =>
      database.query('write', { text }).then(
        ({ rows }) => rows.map(({ n }) => n),
        (error: unknown) => error,
      );
    await ask('create table lasting as select 1 as n');
    await ask(
      'create function endless(n int) returns int language plpgsql as $$ begin return endless(n + 1); end $$',
    );
    const heard: string[] = [];
    let gaps = 0;
    await database.listen(
      'news',
      (payload) => heard.push(payload),
      () => {
        gaps += 1;
      },
    );

    const broken = ask('select endless(1) as n');
    // Whoever asks next asks the one that is opened then.
    const next = ask('select n from lasting');
    expect(await broken).to.be.instanceOf(DatabaseUnavailable);
    expect(await next).to.deep.equal([1]);
    expect(gaps).to.equal(2);
    await ask("select pg_notify('news', 'again')");
    expect(heard).to.deep.equal(['again']);

    // Of a script the statements before it were answered, and those after it were not.
    const script = database.session('write', (session) =>
      session.run('select 2 as n; select endless(1); select 3 as n'),
    );
    expect(await script.catch((error: unknown) => error)).to.be.instanceOf(DatabaseUnavailable);
    const undone = database.transaction('write', async (session) => {
      await session.query({ text: 'insert into lasting values (2)' });
      await session.query({ text: 'select endless(1)' });
    });
    expect(await undone.catch((error: unknown) => error)).to.be.instanceOf(DatabaseUnavailable);
    expect(await ask('select n from lasting')).to.deep.equal([1]);
    await database.close();
  });

  it('ends a statement that takes longer than its pool allows, and nothing that was acknowledged before', async () => {
    const database = createEmbeddedDatabase({
      folder: folder.path,
      patience: () => OPENING_TIMEOUT,
      longest: (purpose) => (purpose === 'read' ? 200 : OPENING_TIMEOUT),
      opening: OPENING_TIMEOUT,
      async prepare() {},
    });
    const ask = async (purpose: 'read' | 'write', text: string) =>
      database.query(purpose, { text }).then(
        ({ rows }) => rows.map(({ n }) => n),
        (error: unknown) => error,
      );
    await ask('write', 'create table lasting as select 1 as n');
    const slow = ask('read', 'select count(*) as n from generate_series(1, 1e12)');
    const next = ask('write', 'select n from lasting');
    expect(await slow)
      .to.be.instanceOf(DatabaseUnavailable)
      .with.property('reason', 'too_slow');
    expect(await next).to.deep.equal([1]);

    const undone = database.transaction('read', async (session) => {
      await session.query({ text: 'insert into lasting values (2)' });
      await session.query({ text: 'select count(*) from generate_series(1, 1e12)' });
    });
    expect(await undone.catch((error: unknown) => error)).to.have.property('reason', 'too_slow');
    expect(await ask('write', 'select n from lasting')).to.deep.equal([1]);
    await database.close();
  });

  it('sends a use away that waits too long for its turn', async () => {
    const database = await openEmbedded(folder.path);
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const holding = database.transaction('write', () => {
      begun.resolve();
      return held.promise;
    });
    await begun.promise;
    const refused = await database.query('auth', { text: 'select 1' }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DatabaseUnavailable).with.property('reason', 'busy');
    held.resolve();
    await holding;
    expect((await database.query('write', { text: 'select 1 as one' })).rows).to.deep.equal([{ one: 1 }]);
    await database.close();
  });

  it('is not made before it is used', async () => {
    const database = await openEmbedded(folder.path);
    expect(database.status().pools['embedded']).to.include({ connections: 0, most: 1 });
    await database.close();
    expect(existsSync(join(folder.path, 'database'))).to.equal(false);
  });
});
