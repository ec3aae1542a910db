import { expect } from 'chai';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../../src/dsl/types/parse-duration.ts';
import { networkContains, parseIp, parseNetwork } from '../../../../src/dsl/types/parse-ip.ts';
import { formatTime, parseTime } from '../../../../src/dsl/types/parse-time.ts';
import { parseUuid } from '../../../../src/dsl/types/parse-uuid.ts';

describe('addresses', () => {
  const spellings: readonly (readonly [string, string | undefined])[] = [
    ['1.2.3.4', '1.2.3.4'],
    ['01.2.3.4', undefined],
    ['1.2.3', undefined],
    ['256.1.1.1', undefined],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::ffff:0102:0304', '1.2.3.4'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::', '::'],
    ['fe80::1%eth0', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['12345::', undefined],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::192.0.2.01', undefined],
    ['1.2.3.4::', undefined],
    ['1::2:3:4:5:6:7:8', undefined],
    [':1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:', undefined],
    ['1:2:3:4:5:6:7:1.2.3.4', undefined],
    ['', undefined],
  ];
  for (const [text, canonical] of spellings) {
    it(`reads ${JSON.stringify(text)} as ${canonical ?? 'no address'}`, () => {
      expect(parseIp(text)?.text).to.equal(canonical);
    });
  }

  const memberships: readonly (readonly [string, string, boolean])[] = [
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['0.0.0.0/0', '255.1.1.1', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '1.2.3.4', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::ffff:10.0.0.0/104', '10.1.1.1', true],
    ['192.0.2.1/32', '192.0.2.1', true],
  ];
  for (const [network, address, contains] of memberships) {
    it(`${address} is ${contains ? '' : 'not '}in ${network}`, () => {
      const parsed = parseNetwork(network);
      const parsedAddress = parseIp(address);
      if (parsed === undefined || parsedAddress === undefined) throw new Error('does not parse');
      expect(networkContains(parsed, parsedAddress)).to.equal(contains);
    });
  }

  for (const text of [
    '10.0.0.1/8',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '::/129',
    '::ffff:10.0.0.0/8',
  ]) {
    it(`refuses ${text} as a network`, () => {
      expect(parseNetwork(text)).to.equal(undefined);
    });
  }
});

describe('times', () => {
  const times: readonly (readonly [string, string | undefined])[] = [
    ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00Z'],
    ['2026-01-05T10:00Z', '2026-01-05T10:00:00Z'],
    ['2026-01-05t10:00:00.12399z', '2026-01-05T10:00:00.123Z'],
    ['2026-01-05T10:00:00+0530', '2026-01-05T04:30:00Z'],
    ['2026-01-05T10:00:00-05:30', '2026-01-05T15:30:00Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00Z'],
    ['2026-02-29T00:00Z', undefined],
    ['2026-13-01T00:00Z', undefined],
    ['2026-01-05T24:00:00Z', undefined],
    ['2026-06-30T23:59:60Z', undefined],
    ['2026-01-05', undefined],
    ['2026-01-05T10:00:00', undefined],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00Z'],
    ['2026-01-05 10:00:00.1Z', '2026-01-05T10:00:00.100Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['2026-01-05T10:00:00.Z', undefined],
    ['2026-01-05T10:00:00+02', undefined],
    ['2026-01-05T10:00:00+24:00', undefined],
    ['2026-01-05T10:00:00Z ', undefined],
    ['2026-01-05T10:0', undefined],
  ];
  for (const [text, canonical] of times) {
    it(`reads ${text} as ${canonical ?? 'no time'}`, () => {
      const time = parseTime(text);
      expect(time === undefined ? undefined : formatTime(time)).to.equal(canonical);
    });
  }

  it('are written as Date writes them, from the years 0 to 9999, in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), { maxLength: 8 }),
        (instants) => {
          for (const time of [...instants, 0, -1, ...instants.map((one) => one + 1), -62_167_219_200_000]) {
            const expected = time > 253_402_300_799_999 ? String(time) : new Date(time).toISOString();
            expect(formatTime(time)).to.equal(expected.replace('.000Z', 'Z'));
          }
        },
      ),
    );
  });

  it('reads a date the same whatever date was read before it', () => {
    const expected = new Map<string, number | undefined>([
      ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
      ['2023-02-29T00:00Z', undefined],
      ['2023-12-31T00:00Z', Date.UTC(2023, 11, 31)],
      ['2023-13-01T00:00Z', undefined],
      ['2024-01-01T00:00Z', Date.UTC(2024, 0, 1)],
      ['2024-00-01T00:00Z', undefined],
    ]);
    for (const [before] of expected) {
      for (const [text, time] of expected) {
        parseTime(before);
        expect(parseTime(text), `${text} after ${before}`).to.equal(time);
        expect(parseTime(text), `${text} twice`).to.equal(time);
      }
    }
  });
});

describe('durations', () => {
  const durations: readonly (readonly [string, number | undefined, string?])[] = [
    ['15m', 900_000, '15m'],
    ['90m', 5_400_000, '90m'],
    ['1500ms', 1_500, '1500ms'],
    ['PT15M', 900_000, '15m'],
    ['P1DT2H', 93_600_000, '26h'],
    ['P1W', 604_800_000, '7d'],
    ['PT0.5S', 500, '500ms'],
    ['-PT5S', -5_000, '-5s'],
    ['-5s', -5_000, '-5s'],
    ['9007199254740993ms', undefined],
    ['P1Y', undefined],
    ['P1M', undefined],
    ['PT', undefined],
    ['1h30m', undefined],
    ['15', undefined],
  ];
  for (const [text, milliseconds, canonical] of durations) {
    it(`reads ${text} as ${milliseconds ?? 'no duration'}`, () => {
      expect(parseDuration(text)).to.equal(milliseconds);
      if (milliseconds !== undefined) expect(formatDuration(milliseconds)).to.equal(canonical);
    });
  }
});

describe('uuids', () => {
  it('are brought to lower case', () => {
    expect(parseUuid('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).to.equal(
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    );
  });
  for (const text of [
    '017f22e279b07cc398c4dc0c0c07398f',
    '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
    'g17f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    '',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseUuid(text)).to.equal(undefined);
    });
  }
});
