import { expect } from 'chai';
import { openRedis, type RedisConnection } from '../../../src/server/cache/shared/redis-connection.ts';
import { readRedisConfiguration } from '../../../src/server/config/redis-configuration.ts';
import { eventually } from '../../support/eventually.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';

describe('a connection to Redis', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let connection: RedisConnection;
  before(async () => {
    redis = await startRedis();
    const configuration = readRedisConfiguration({ VELRO_REDIS_URL: redis.url });
    if (configuration === undefined) throw new Error('no Redis');
    connection = await openRedis({ configuration, onHealth() {} });
    await eventually('it is reached', () => connection.isReady);
  });
  beforeEach(() => redis.run('flushall'));
  after(async () => {
    await connection.close();
    await redis.stop();
  });

  const entry = (key: string, expiresIn = 60_000) => ({ key, bytes: Buffer.from(`of ${key}`), expiresIn });
  const texts = (found: readonly (Buffer | undefined)[]): readonly (string | undefined)[] =>
    found.map((one) => one?.toString());
  /** How often a command was sent since it was asked last. */
  const calls = async (command: string): Promise<number> => {
    const stats = await redis.text('info', 'commandstats');
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  };

  it('looks for all that one turn wants by one command, and gives each who asks what is theirs', async () => {
    await connection.setAll([entry('a'), entry('b'), entry('c')]);
    const before = await calls('mget');
    const found = await Promise.all([
      connection.getAll(['a', 'nothing']),
      connection.getAll(['b']),
      connection.getAll(['c', 'a']),
    ]);
    expect(found.map(texts)).to.deep.equal([['of a', undefined], ['of b'], ['of c', 'of a']]);
    expect((await calls('mget')) - before).to.equal(1);
  });

  it('writes, deletes and looks in one turn, in this order', async () => {
    await connection.setAll([entry('old'), entry('older')]);
    const [found, , deleted, more] = await Promise.all([
      connection.getAll(['new', 'old']),
      connection.setAll([entry('new'), entry('newer')]),
      connection.deleteAll(['old', 'nothing']),
      connection.deleteAll(['older']),
      connection.setAll([entry('newest')]),
    ]);
    expect(texts(found)).to.deep.equal(['of new', undefined]);
    expect(deleted + more).to.equal(2);
    expect(texts(await connection.getAll(['new', 'newer', 'newest', 'old', 'older']))).to.deep.equal([
      'of new',
      'of newer',
      'of newest',
      undefined,
      undefined,
    ]);
  });

  it('says of what failed in a turn that it did, and answers the rest', async () => {
    await connection.setAll([entry('a')]);
    const [found, bad, good, deleted] = await Promise.allSettled([
      connection.getAll(['a', 'good']),
      connection.setAll([entry('bad', 0), entry('beside')]),
      connection.setAll([entry('good')]),
      connection.deleteAll(['a']),
    ]);
    expect(bad.status).to.equal('rejected');
    expect(good.status).to.equal('fulfilled');
    expect(deleted).to.deep.equal({ status: 'fulfilled', value: 1 });
    expect(found.status === 'fulfilled' && texts(found.value)).to.deep.equal([undefined, 'of good']);
  });

  it('fails all that a turn asks when it is lost, and answers again once it is back', async () => {
    await redis.kill();
    await eventually('it is lost', () => !connection.isReady);
    const lost = await Promise.allSettled([
      connection.getAll(['a']),
      connection.setAll([entry('a')]),
      connection.deleteAll(['a']),
    ]);
    expect(lost.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
    expect((await Promise.allSettled([connection.getAll(['a'])])).map(({ status }) => status)).to.deep.equal([
      'rejected',
    ]);
    await redis.restart();
    await eventually('it is back', () => connection.isReady);
    await connection.setAll([entry('a')]);
    expect(texts(await connection.getAll(['a']))).to.deep.equal(['of a']);
  });
});
