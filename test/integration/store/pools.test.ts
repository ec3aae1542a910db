import { expect } from 'chai';
import pg from 'pg';
import { StartError } from '../../../src/server/config/start-error.ts';
import type { Database, PoolStatus, Purpose } from '../../../src/server/store/database.ts';
import { DatabaseUnavailable } from '../../../src/server/store/database-unavailable.ts';
import { openPostgres, PATIENT } from '../../support/databases.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};
/** `fine`, or why it was refused. */
const outcomeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fine',
    (error: unknown) => (error instanceof DatabaseUnavailable ? error.reason : (error as Error).message),
  );
const ask = (database: Database, purpose: Purpose): Promise<string> =>
  outcomeOf(database.query(purpose, { text: 'select 1' }));
const poolOf = (database: Database, purpose: Purpose): PoolStatus => database.status().pools[purpose]!;

/** Keeps a connection of a pool in use until it is released. */
const hold = async (database: Database, purpose: Purpose): Promise<{ release(): Promise<void> }> => {
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const holding = database.transaction(purpose, async () => {
    begun.resolve();
    await held.promise;
  });
  await Promise.race([begun.promise, holding]);
  return {
    async release() {
      held.resolve();
      await holding;
    },
  };
};

describe('the pools of a PostgreSQL', function pools() {
  this.timeout(180_000);
  const server = postgresDatabase();
  let database: Database | undefined;
  /** What is not said of a pool waits as long as a busy machine needs. */
  const open = async (environment: Record<string, string> = {}): Promise<Database> =>
    (database = await openPostgres(server.url, { ...PATIENT, ...environment }));
  afterEach(async () => {
    await database?.close();
    database = undefined;
  });

  it('are six, each used for its purpose and nothing else', async () => {
    const opened = await open();
    for (const purpose of ['auth', 'read', 'write', 'analytics', 'admin', 'batch'] as const) {
      const { rows } = await opened.query(purpose, {
        text: "select current_setting('application_name') as name, current_setting('default_transaction_read_only') as reads",
      });
      const reads = purpose === 'read' || purpose === 'analytics' ? 'on' : 'off';
      expect(rows).to.deep.equal([{ name: `velro ${purpose}`, reads }]);
      // A probe may use another.
      expect(poolOf(opened, purpose).connections).to.be.within(1, 2);
    }
    expect(await outcomeOf(opened.query('read', { text: 'create table never (n int)' }))).to.include(
      'read-only',
    );
  });

  it('refuse in time when all connections are in use, and are not given up on for that', async () => {
    const opened = await open({ VELRO_POOL_WRITE: 'min=1 max=1 acquire=1s failures=1' });
    // A busy machine may take longer to connect.
    await until(async () => (await ask(opened, 'write')) === 'fine');
    const holding = await hold(opened, 'write');
    expect(await ask(opened, 'write')).to.equal('busy');
    expect(await ask(opened, 'write')).to.equal('busy');
    expect(await ask(opened, 'read')).to.equal('fine');
    await holding.release();
    expect(await ask(opened, 'write')).to.equal('fine');
  });

  it('plan once what decisions ask again and again', async () => {
    const opened = await open();
    const statement = { name: 'again_and_again', text: 'select $1::int as n' };
    for (const [purpose, plans] of [
      ['auth', { generic: 2, custom: 0 }],
      ['read', { generic: 2, custom: 0 }],
      ['write', { generic: 0, custom: 2 }],
    ] as const) {
      const rows = await opened.session(purpose, async (session) => {
        for (const n of [1, 2]) await session.query({ ...statement, values: [n] });
        const { rows: found } = await session.query({
          text: `select generic_plans::int as generic, custom_plans::int as custom from pg_prepared_statements where name = 'again_and_again'`,
        });
        return found;
      });
      expect(rows, purpose).to.deep.equal([plans]);
    }
  });

  it('cancel a statement at its limit, and go on', async () => {
    const opened = await open({ VELRO_POOL_READ: 'acquire=60s query=1s failures=1' });
    expect(await outcomeOf(opened.query('read', { text: 'select pg_sleep(60)' }))).to.equal('too_slow');
    expect(await ask(opened, 'read')).to.equal('fine');
    // It does not go on in the server either.
    const sleeping = await server.run(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
    );
    expect(sleeping).to.deep.equal([{ n: 0 }]);
  });

  it('close in a moment, whatever is under way', async () => {
    const opened = await open();
    const endless = outcomeOf(opened.query('batch', { text: 'select pg_sleep(600)' }));
    while (poolOf(opened, 'batch').connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await opened.close();
    expect(await endless).to.equal('unreachable');
    expect(await outcomeOf(opened.query('write', { text: 'select 1' }))).not.to.equal('fine');
    database = undefined;
  });

  it('are smaller where less was allowed', async () => {
    const opened = await open({ VELRO_DATABASE_CONNECTIONS: '20' });
    const most = Object.values(opened.status().pools).reduce((sum, pool) => sum + pool.most, 0);
    expect(most).to.be.at.most(19);
  });

  it('survive a flood of each kind of use at once', async () => {
    const opened = await open({ VELRO_DATABASE_CONNECTIONS: '12' });
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, (_, n) => ask(opened, n % 2 === 0 ? 'read' : 'auth')),
    );
    expect(new Set(outcomes)).to.deep.equal(new Set(['fine']));
    expect(poolOf(opened, 'read').connections).to.be.at.most(poolOf(opened, 'read').most);
  });
});

describe('a PostgreSQL that fails', function faults() {
  this.timeout(180_000);
  let server: PostgresServer;
  let database: Database | undefined;
  before(async () => {
    server = await startPostgres({ durable: true, settings: { max_connections: 30 } });
  });
  after(() => server.stop());
  afterEach(async () => {
    await database?.close();
    database = undefined;
  });

  it('is asked again by itself after it was killed and restarted under load, and has what it acknowledged', async () => {
    const opened = (database = await openPostgres(server.url()));
    await server.run('create table acknowledged (n int primary key)');
    const acknowledged: number[] = [];
    const refusals = new Set<string>();
    let next = 0;
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const n = (next += 1);
        const outcome = await outcomeOf(
          opened.query('write', { text: 'insert into acknowledged values ($1)', values: [n] }),
        );
        if (outcome === 'fine') acknowledged.push(n);
        else refusals.add(outcome);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const loads = [load(), load(), load()];
    await until(() => acknowledged.length > 50);
    await server.kill();
    await until(() => poolOf(opened, 'write').state === 'open' && poolOf(opened, 'read').state === 'open');
    const before = acknowledged.length;
    await server.restart();
    await until(() => acknowledged.length > before + 50);
    stop.abort();
    await Promise.all(loads);
    for (const refusal of refusals) expect(['unreachable', 'open']).to.include(refusal);
    const rows = await server.run('select n from acknowledged');
    expect(rows.map(({ n }) => n)).to.include.members(acknowledged);
    await until(() => Object.values(opened.status().pools).every((pool) => pool.state !== 'open'));
  });

  it('is not waited for when it stopped answering', async () => {
    const quick = 'acquire=200ms query=100ms failures=2';
    const opened = (database = await openPostgres(server.url(), {
      VELRO_POOL_READ: quick,
      VELRO_POOL_AUTH: quick,
    }));
    // Such bounds are too narrow for a first connection on a busy machine.
    await until(async () => (await ask(opened, 'auth')) === 'fine');
    server.pause();
    try {
      expect(await ask(opened, 'auth')).to.equal('unreachable');
      await until(async () => (await ask(opened, 'auth')) === 'open');
      expect(poolOf(opened, 'auth').state).to.equal('open');
    } finally {
      server.resume();
    }
    await until(async () => (await ask(opened, 'auth')) === 'fine');
  });

  it('goes on being listened to, and its listeners are told of the gap', async () => {
    const opened = (database = await openPostgres(server.url()));
    const heard: string[] = [];
    let gaps = 0;
    await opened.listen(
      'news',
      (payload) => heard.push(payload),
      () => {
        gaps += 1;
      },
    );
    const before = gaps;
    await server.kill();
    await server.restart();
    await until(() => gaps > before);
    await server.run("select pg_notify('news', 'back')");
    await until(() => heard.includes('back'));
  });

  it('has room for fewer connections than pools want, and they make do', async () => {
    // All of them wait for a connection, for as long as the machine needs.
    const opened = (database = await openPostgres(server.url(), PATIENT));
    const most = Object.values(opened.status().pools).reduce((sum, pool) => sum + pool.most, 1);
    expect(most).to.be.at.most(27);
    const everything = ['auth', 'read', 'write', 'analytics', 'admin', 'batch'] as const;
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => ask(opened, everything[n % everything.length]!)),
    );
    expect(new Set(outcomes)).to.deep.equal(new Set(['fine']));
  });

  it('has no connection left, which is said, and mended when others are gone', async () => {
    const opened = (database = await openPostgres(server.url(), { VELRO_POOL_BATCH: 'failures=9' }));
    const others: pg.Client[] = [];
    const connectOther = async (): Promise<string> => {
      const other = new pg.Client(server.url());
      other.on('error', () => {});
      try {
        await other.connect();
        others.push(other);
        return '';
      } catch (error) {
        return (error as { code?: string }).code ?? '';
      }
    };
    let refusal = '';
    for (let tries = 0; refusal === '' && tries < 40; tries += 1) refusal = await connectOther();
    expect(refusal).to.equal('53300');
    // One of them may have the connection that a probe left.
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => ask(opened, 'batch')));
    expect(outcomes).to.include('unreachable');
    await Promise.all(others.map((other) => other.end()));
    await until(async () => (await ask(opened, 'batch')) === 'fine');
  });

  it('is a clear refusal when it is not there at the start', async () => {
    const { port } = server;
    const refusal = openPostgres(`postgres://me:secret@127.0.0.1:1/velro`, {
      VELRO_DATABASE_START_TIMEOUT: '300ms',
    });
    const error = await refusal.catch((one: unknown) => one);
    expect(error).to.be.instanceOf(StartError);
    expect((error as Error).message)
      .to.include('127.0.0.1:1/velro does not answer')
      .and.not.include('secret');
    const unknown = await openPostgres(`postgres://velro@127.0.0.1:${port}/nowhere`).catch(
      (one: unknown) => one,
    );
    expect((unknown as Error).message).to.include('"nowhere" does not exist');
  });
});
