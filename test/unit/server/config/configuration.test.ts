import { expect } from 'chai';
import { readCacheConfiguration } from '../../../../src/server/config/cache-configuration.ts';
import { readConfiguration } from '../../../../src/server/config/configuration.ts';
import { readDatabaseConfiguration } from '../../../../src/server/config/database-configuration.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';

describe('readConfiguration', () => {
  it('has defaults for everything', () => {
    expect(readConfiguration({})).to.deep.equal({
      port: 3010,
      host: '127.0.0.1',
      data: '.velro',
      apiKey: undefined,
      decideKey: undefined,
      mediaKeys: '.velro/media-keys.json',
      policyKeys: { files: [], isRequired: false },
      logLevel: 'warn',
      database: readDatabaseConfiguration({}),
      cache: readCacheConfiguration({}),
      redis: undefined,
    });
  });

  it('reads the environment, where an empty variable counts as not set', () => {
    const key = 'k'.repeat(32);
    const environment = {
      PORT: '0',
      HOST: '::1',
      VELRO_DATA: '/var/lib/velro',
      VELRO_API_KEY: key,
      VELRO_LOG_LEVEL: 'info',
    };
    expect(readConfiguration(environment)).to.deep.equal({
      port: 0,
      host: '::1',
      data: '/var/lib/velro',
      apiKey: key,
      decideKey: undefined,
      mediaKeys: '/var/lib/velro/media-keys.json',
      policyKeys: { files: [], isRequired: false },
      logLevel: 'info',
      database: readDatabaseConfiguration({}),
      cache: readCacheConfiguration({}),
      redis: undefined,
    });
    expect(readConfiguration({ PORT: '', HOST: '', VELRO_DATA: '', VELRO_LOG_LEVEL: '' }).port).to.equal(
      3010,
    );
  });

  it('puts the command line before the environment', () => {
    const configuration = readConfiguration(
      { PORT: '1', HOST: 'a', VELRO_DATA: 'b' },
      { port: 2, host: 'c', data: 'd' },
    );
    expect(configuration).to.include({ port: 2, host: 'c', data: 'd' });
  });

  for (const PORT of ['-1', '65536', '80a', ' 80', '1e3', '0x10', '3010.5']) {
    it(`refuses PORT=${PORT}`, () => {
      expect(() => readConfiguration({ PORT })).to.throw(StartError, /PORT must be/);
    });
  }

  it('refuses a host that is neither an address nor a name', () => {
    expect(() => readConfiguration({ HOST: 'a b' })).to.throw(StartError, /HOST/);
  });

  it('refuses an unknown log level', () => {
    expect(() => readConfiguration({ VELRO_LOG_LEVEL: 'loud' })).to.throw(StartError, /VELRO_LOG_LEVEL/);
  });

  for (const [what, key] of [
    ['is short', 'k'.repeat(31)],
    ['is empty', ''],
    ['has a space', `${'k'.repeat(32)} k`],
    ['is not ASCII', 'ü'.repeat(32)],
    ['is longer than a header', 'k'.repeat(1025)],
  ] as const) {
    it(`refuses an API key that ${what}, without repeating it`, () => {
      for (const name of ['VELRO_API_KEY', 'VELRO_DECIDE_KEY']) {
        expect(() => readConfiguration({ [name]: key }))
          .to.throw(StartError, new RegExp(`^${name} `))
          .with.property('message')
          .that.does.not.include('kkkk');
      }
    });
  }

  it('refuses one key for both scopes', () => {
    const key = 'k'.repeat(32);
    expect(() => readConfiguration({ VELRO_API_KEY: key, VELRO_DECIDE_KEY: key })).to.throw(
      StartError,
      /^VELRO_DECIDE_KEY must differ/,
    );
  });
});
