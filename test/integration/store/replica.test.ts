import { expect } from 'chai';
import type { Database, Purpose, ReplicaStatus } from '../../../src/server/store/database.ts';
import { REPLICA_BOUND } from '../../../src/server/store/replica-watch.ts';
import { openPostgres } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';

describe('a replica', function replicas() {
  this.timeout(180_000);
  let primary: PostgresServer;
  let replica: PostgresServer;
  let database: Database;
  before(async () => {
    primary = await startPostgres();
    await primary.run('create table flags (raised boolean); insert into flags values (false)');
    replica = await startPostgres({ replicaOf: primary });
  });
  after(async () => {
    await replica?.stop();
    await primary?.stop();
  });

  const open = async (readUrl: string): Promise<void> => {
    database = await openPostgres(primary.url(), {
      VELRO_DATABASE_READ_URL: readUrl,
      VELRO_POOL_READ: 'failures=2',
    });
  };
  beforeEach(() => open(replica.url()));
  afterEach(() => database.close());

  const portOf = async (purpose: Purpose): Promise<unknown> => {
    const { rows } = await database.query(purpose, { text: "select current_setting('port')::int as port" });
    return rows[0]?.['port'];
  };
  const statusOf = (): ReplicaStatus => database.status().replica!;
  const becomesFresh = (): Promise<void> =>
    eventually('the replica counts as fresh', () => statusOf().isFresh);
  /** A busy machine may keep the proof waiting for a moment; then the primary is read, as it should be. */
  const isRead = (): Promise<void> =>
    eventually('the replica is read', async () => (await portOf('read')) === replica.port);
  const becomesOld = (): Promise<void> => eventually('the replica is left alone', () => !statusOf().isFresh);
  const answers = (): Promise<void> =>
    eventually('it answers', () => database.status().pools['read']?.latency !== undefined);
  const raise = (): Promise<unknown> => primary.run('update flags set raised = true');
  const isRaised = async (): Promise<unknown> =>
    (await database.query('read', { text: 'select raised from flags' })).rows[0]?.['raised'];
  beforeEach(() => primary.run('update flags set raised = false'));

  it('is read by the read pool, and by no other', async () => {
    await isRead();
    for (const purpose of ['auth', 'write', 'analytics', 'admin', 'batch'] as const)
      expect(await portOf(purpose), purpose).to.equal(primary.port);
  });

  it('counts as fresh while it is no further behind than the bound, and no longer', async () => {
    await becomesFresh();
    /** Statuses of either kind, so that neither half goes untried. */
    const seen = { fresh: 0, old: 0 };
    const look = (): void => {
      const { isFresh, behind } = statusOf();
      if (isFresh) expect(behind).to.be.within(0, REPLICA_BOUND);
      else expect(behind).to.be.at.least(REPLICA_BOUND);
      seen[isFresh ? 'fresh' : 'old'] += 1;
    };
    await eventually('fresh for a while', () => {
      look();
      return seen.fresh > 20;
    });
    replica.pause();
    try {
      await eventually('old for a while', () => {
        look();
        return seen.old > 20;
      });
    } finally {
      replica.resume();
    }
  });

  it('is not read before it is proven to be fresh', async () => {
    await database.close();
    await replica.run('select pg_wal_replay_pause()');
    try {
      await raise();
      await open(replica.url());
      await answers();
      for (let looks = 0; looks < 10; looks += 1) {
        expect(await portOf('read')).to.equal(primary.port);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(statusOf()).to.deep.equal({ isFresh: false });
    } finally {
      await replica.run('select pg_wal_replay_resume()');
    }
    await isRead();
  });

  it('that falls behind shows nobody what was overwritten longer ago than the bound', async () => {
    /** How many reads the replica answered as of before; each must have begun within the bound. */
    const readWhileItFallsBehind = async (): Promise<number> => {
      await isRead();
      await replica.run('select pg_wal_replay_pause()');
      try {
        await raise();
        const raisedAt = performance.now();
        let old = 0;
        for (let reads = 0; reads < 20 || statusOf().isFresh; reads += 1) {
          const askedAt = performance.now();
          const seen = await isRaised();
          if (seen !== true) old += 1;
          if (askedAt > raisedAt + REPLICA_BOUND)
            expect(seen, `${askedAt - raisedAt} ms later`).to.equal(true);
        }
        expect(await portOf('read')).to.equal(primary.port);
        return old;
      } finally {
        await replica.run('select pg_wal_replay_resume()');
      }
    };
    let old = 0;
    // None, where the machine took longer than the bound to write: then that was no try.
    for (let tries = 0; old === 0 && tries < 10; tries += 1) {
      await primary.run('update flags set raised = false');
      old = await readWhileItFallsBehind();
    }
    expect(old, 'reads that the replica answered as of before').to.be.above(0);
    await isRead();
    await eventually('it shows what was written', async () => (await isRaised()) === true);
  });

  it('that hangs is left alone until it is back', async () => {
    await becomesFresh();
    replica.pause();
    try {
      await becomesOld();
      expect(await portOf('read')).to.equal(primary.port);
    } finally {
      replica.resume();
    }
    await becomesFresh();
  });

  it('that is gone leaves reading to the primary, and is read again once it is back', async () => {
    await becomesFresh();
    await replica.kill();
    try {
      expect(await portOf('read')).to.equal(primary.port);
      await becomesOld();
      expect(await portOf('read')).to.equal(primary.port);
    } finally {
      await replica.restart();
    }
    await isRead();
  });

  it('is not read while nobody can tell what the primary has', async () => {
    await becomesFresh();
    primary.pause();
    try {
      await becomesOld();
    } finally {
      primary.resume();
    }
    await becomesFresh();
  });

  it('that follows the old primary since a fail-over is never read, however far its log is', async () => {
    await database.close();
    const next = await startPostgres({ replicaOf: primary });
    let itsReplica: PostgresServer | undefined;
    try {
      await next.run('select pg_promote()');
      await primary.run(
        'create table padding as select repeat(md5(i::text), 10) from generate_series(1, 20000) i',
      );
      await eventually('the replica goes on following', async () => {
        const [row] = await replica.run("select count(*) as found from pg_class where relname = 'padding'");
        return Number(row?.['found']) === 1;
      });
      const openNext = async (readUrl: string): Promise<void> => {
        database = await openPostgres(next.url(), { VELRO_DATABASE_READ_URL: readUrl });
      };
      await openNext(replica.url());
      await answers();
      for (let looks = 0; looks < 10; looks += 1) {
        expect(await portOf('read')).to.equal(next.port);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(statusOf()).to.deep.equal({ isFresh: false });
      await database.close();
      itsReplica = await startPostgres({ replicaOf: next });
      await openNext(itsReplica.url());
      await becomesFresh();
    } finally {
      await itsReplica?.stop();
      await next.stop();
    }
  });

  it('of something else is never read, however far its log is', async () => {
    const stranger = await startPostgres();
    const itsReplica = await startPostgres({ replicaOf: stranger });
    try {
      await stranger.run(
        'create table padding as select repeat(md5(i::text), 10) from generate_series(1, 20000) i',
      );
      for (const url of [stranger.url(), itsReplica.url()]) {
        await database.close();
        await open(url);
        await answers();
        for (let looks = 0; looks < 10; looks += 1) {
          expect(await portOf('read')).to.equal(primary.port);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        expect(statusOf()).to.deep.equal({ isFresh: false });
      }
    } finally {
      await itsReplica.stop();
      await stranger.stop();
    }
  });
});
