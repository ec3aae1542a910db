import { expect } from 'chai';
import fc from 'fast-check';
import { isoTime } from '../../../../src/server/audit/iso-time.ts';

describe('isoTime', () => {
  it('writes what `Date` does, whatever was written before', () => {
    const times = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(times, fc.integer({ min: -2_000, max: 2_000 }), (time, later) => {
        for (const one of [time, time + later, time]) {
          expect(isoTime(one)).to.equal(new Date(one).toISOString());
        }
      }),
    );
  });

  it('writes three decimals where there are none', () => {
    expect(isoTime(1_700_000_000_000)).to.equal('2023-11-14T22:13:20.000Z');
    expect(isoTime(1_700_000_000_007)).to.equal('2023-11-14T22:13:20.007Z');
  });
});
