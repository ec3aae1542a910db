import { expect } from 'chai';
import { readDatabaseConfiguration } from '../../../../src/server/config/database-configuration.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';
import { PURPOSES } from '../../../../src/server/store/database.ts';
import { scalePools, shareOf } from '../../../../src/server/store/scale-pools.ts';

const url = 'postgres://me@localhost/velro';
const sum = (pools: ReturnType<typeof scalePools>): number =>
  PURPOSES.reduce((total, purpose) => total + pools[purpose].max, 0);

describe('readDatabaseConfiguration', () => {
  it('means the embedded database when nothing is said', () => {
    expect(readDatabaseConfiguration({ VELRO_DATABASE_URL: '' })).to.include({
      url: undefined,
      readUrl: undefined,
      connections: 210,
      startTimeout: 30_000,
    });
  });

  it('has pools that take 210 connections at most, the one that listens included', () => {
    expect(sum(readDatabaseConfiguration({}).pools) + 1).to.equal(210);
  });

  it('reads what is said of a pool, and keeps the rest', () => {
    const { pools } = readDatabaseConfiguration({
      VELRO_DATABASE_URL: url,
      VELRO_POOL_READ: 'max=7 min=2, query=1500ms',
    });
    const { read } = readDatabaseConfiguration({}).pools;
    expect(pools.read).to.deep.equal({ ...read, min: 2, max: 7, query: 1_500 });
  });

  for (const [name, text] of [
    ['VELRO_POOL_READ', 'max=0'],
    ['VELRO_POOL_READ', 'size=7'],
    ['VELRO_POOL_READ', 'query=10'],
    ['VELRO_POOL_READ', 'query=0s'],
    ['VELRO_POOL_READ', 'toString=1'],
    ['VELRO_POOL_AUTH', 'min=9 max=8'],
    ['VELRO_DATABASE_CONNECTIONS', '5'],
    ['VELRO_DATABASE_START_TIMEOUT', '10'],
    ['VELRO_DATABASE_URL', 'mysql://localhost/secret'],
    ['VELRO_DATABASE_READ_URL', url],
  ] as const) {
    it(`refuses ${name}=${text}`, () => {
      expect(() => readDatabaseConfiguration({ [name]: text }))
        .to.throw(StartError, name)
        .with.property('message')
        .that.does.not.include('secret');
    });
  }
});

describe('scalePools', () => {
  const { pools } = readDatabaseConfiguration({});

  it('leaves pools as they are where there is room', () => {
    expect(scalePools(pools, 209)).to.equal(pools);
  });

  for (const available of [6, 7, 20, 87, 208]) {
    it(`makes pools share ${available} connections, none of them left out`, () => {
      const scaled = scalePools(pools, available);
      expect(sum(scaled)).to.be.at.most(available);
      for (const purpose of PURPOSES) {
        expect(scaled[purpose].max).to.be.at.least(1);
        expect(scaled[purpose].min).to.be.at.most(scaled[purpose].max);
      }
    });
  }

  it('leaves some connections of a server to others', () => {
    expect(shareOf(100, 3)).to.equal(87);
  });
});
