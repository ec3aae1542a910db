import { expect } from 'chai';
import { readCacheConfiguration } from '../../../../src/server/config/cache-configuration.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';

describe('readCacheConfiguration', () => {
  it('keeps facts unless told otherwise', () => {
    const otherwise = { isOn: true, entries: 100_000, bytes: 134_217_728, isWarmed: true, hasTable: false };
    expect(readCacheConfiguration({})).to.deep.equal(otherwise);
    expect(readCacheConfiguration({ VELRO_CACHE: '', VELRO_CACHE_ENTRIES: '' })).to.deep.equal(otherwise);
    expect(
      readCacheConfiguration({
        VELRO_CACHE: 'off',
        VELRO_CACHE_ENTRIES: '7',
        VELRO_CACHE_BYTES: '65536',
        VELRO_CACHE_WARM: 'off',
        VELRO_CACHE_TABLE: 'on',
      }),
    ).to.deep.equal({ isOn: false, entries: 7, bytes: 65_536, isWarmed: false, hasTable: true });
  });

  it('refuses what cannot be meant, by its name', () => {
    for (const [name, value] of [
      ['VELRO_CACHE', 'no'],
      ['VELRO_CACHE_WARM', 'yes'],
      ['VELRO_CACHE_TABLE', '1'],
      ['VELRO_CACHE_ENTRIES', '0'],
      ['VELRO_CACHE_ENTRIES', '1e3'],
      ['VELRO_CACHE_BYTES', '1024'],
      ['VELRO_CACHE_BYTES', '-1'],
    ] as const)
      expect(() => readCacheConfiguration({ [name]: value }), value).to.throw(StartError, name);
  });
});
