import { expect } from 'chai';
import { readRedisConfiguration } from '../../../../src/server/config/redis-configuration.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';

describe('the configuration of Redis', () => {
  it('is none without a URL', () => {
    expect(readRedisConfiguration({})).to.equal(undefined);
    expect(readRedisConfiguration({ VELRO_REDIS_URL: '' })).to.equal(undefined);
  });

  it('is one server', () => {
    expect(readRedisConfiguration({ VELRO_REDIS_URL: 'redis://localhost' })).to.deep.equal({
      nodes: [{ host: 'localhost', port: 6379 }],
      isCluster: false,
      isEncrypted: false,
      credentials: {},
      database: 0,
      prefix: 'velro:',
    });
    const url = 'rediss://me:p%40ss@[::1]:7000/3';
    expect(readRedisConfiguration({ VELRO_REDIS_URL: url, VELRO_REDIS_PREFIX: 'a:' })).to.deep.equal({
      nodes: [{ host: '::1', port: 7000 }],
      isCluster: false,
      isEncrypted: true,
      credentials: { username: 'me', password: 'p@ss' },
      database: 3,
      prefix: 'a:',
    });
  });

  it('is a Cluster of several nodes, or of one where that is said', () => {
    const several = readRedisConfiguration({ VELRO_REDIS_URL: 'redis://:x@a:1, redis://:x@b:2' });
    expect(several).to.deep.include({ isCluster: true, credentials: { password: 'x' } });
    expect(several?.nodes).to.deep.equal([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ]);
    const one = readRedisConfiguration({ VELRO_REDIS_URL: 'redis://a', VELRO_REDIS_CLUSTER: 'on' });
    expect(one?.isCluster).to.equal(true);
  });

  it('is refused with what is wrong, and without the URL', () => {
    for (const [environment, said] of [
      [{ VELRO_REDIS_URL: 'http://:secret@a' }, 'VELRO_REDIS_URL'],
      [{ VELRO_REDIS_URL: 'secret' }, 'VELRO_REDIS_URL'],
      [{ VELRO_REDIS_URL: 'redis://:secret@a/x' }, 'VELRO_REDIS_URL'],
      [{ VELRO_REDIS_URL: 'redis://:secret%@a' }, 'VELRO_REDIS_URL'],
      [{ VELRO_REDIS_URL: 'redis://:secret@a,redis://:secret2@b' }, 'same scheme'],
      [{ VELRO_REDIS_URL: 'redis://:secret@a,rediss://:secret@b' }, 'same scheme'],
      [{ VELRO_REDIS_URL: 'redis://:secret@a/1,redis://:secret@b/1' }, 'number of a database'],
      [{ VELRO_REDIS_URL: 'redis://a,redis://b', VELRO_REDIS_CLUSTER: 'off' }, 'VELRO_REDIS_CLUSTER'],
      [{ VELRO_REDIS_URL: 'redis://a', VELRO_REDIS_CLUSTER: 'yes' }, 'VELRO_REDIS_CLUSTER'],
      [{ VELRO_REDIS_URL: 'redis://a', VELRO_REDIS_PREFIX: 'a b' }, 'VELRO_REDIS_PREFIX'],
    ] as const)
      expect(() => readRedisConfiguration(environment), JSON.stringify(environment))
        .to.throw(StartError, said)
        .with.property('message')
        .that.does.not.include('secret');
  });
});
