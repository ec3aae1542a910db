import { expect } from 'chai';
import type { Database, Purpose, ReplicaStatus } from '../../../src/server/store/database.ts';
import { REPLICA_BOUND } from '../../../src/server/store/replica-watch.ts';
import { openPostgres } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';

describe('a replica', function replicas() {
  this.timeout(60_000);
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
  const becomesFresh = (): Promise<void> => eventually('the replica is read', () => statusOf().isFresh);
  const becomesOld = (): Promise<void> => eventually('the replica is left alone', () => !statusOf().isFresh);
  const answers = (): Promise<void> =>
    eventually('it answers', () => database.status().pools['read']?.latency !== undefined);
  const raise = (): Promise<unknown> => primary.run('update flags set raised = true');
  const isRaised = async (): Promise<unknown> =>
    (await database.query('read', { text: 'select raised from flags' })).rows[0]?.['raised'];
  beforeEach(() => primary.run('update flags set raised = false'));

  it('is read by the read pool, and by no other', async () => {
    await becomesFresh();
    expect(await portOf('read')).to.equal(replica.port);
    for (const purpose of ['auth', 'write', 'analytics', 'admin', 'batch'] as const)
      expect(await portOf(purpose), purpose).to.equal(primary.port);
    expect(statusOf().behind).to.be.within(0, REPLICA_BOUND);
  });

  it('is not read before it is proven to be fresh', async () => {
    expect(statusOf()).to.deep.equal({ isFresh: false });
    expect(await portOf('read')).to.equal(primary.port);
  });

  it('that falls behind shows nobody what was overwritten longer ago than the bound', async () => {
    await becomesFresh();
    await replica.run('select pg_wal_replay_pause()');
    try {
      await raise();
      const raisedAt = performance.now();
      let old = 0;
      for (let reads = 0; reads < 20 || statusOf().isFresh; reads += 1) {
        const askedAt = performance.now();
        const seen = await isRaised();
        if (seen !== true) old += 1;
        if (askedAt > raisedAt + REPLICA_BOUND) expect(seen, `${askedAt - raisedAt} ms later`).to.equal(true);
      }
      expect(old, 'reads that the replica answered as of before').to.be.above(0);
      expect(await portOf('read')).to.equal(primary.port);
    } finally {
      await replica.run('select pg_wal_replay_resume()');
    }
    await becomesFresh();
    expect(await portOf('read')).to.equal(replica.port);
    expect(await isRaised()).to.equal(true);
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
    await becomesFresh();
    await eventually('it is read', async () => (await portOf('read')) === replica.port);
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
