import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { analyzeUuid } from '../../../../src/dsl/builtins/support/analyze-uuid.ts';
import { parseUuid } from '../../../../src/dsl/types/parse-uuid.ts';

const V4 = '919108f7-52d1-4320-9bac-f847db4148a8';
const V7 = '017F22E2-79B0-7CC3-98C4-DC0C0C07398F';
const RFC_TIME = Date.UTC(2022, 1, 22, 19, 22, 22);

/** Entropy from its definition. */
function entropyOf(digits: string): number {
  const counts = new Map<string, number>();
  for (const digit of digits.split('')) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  return [...counts.values()]
    .map((count) => count / digits.length)
    .reduce((sum, share) => sum - share * Math.log2(share), 0);
}

/** Runs from their definition: every stretch is tried. */
function runOf(digits: string): number {
  const values = digits.split('').map((digit) => Number.parseInt(digit, 16));
  let longest = 1;
  for (const step of [0, 1, 15]) {
    for (let from = 0; from < values.length; from++) {
      let to = from;
      while (to + 1 < values.length && values[to + 1] === (values[to]! + step) % 16) to++;
      longest = Math.max(longest, to - from + 1);
    }
  }
  return longest;
}

describe('analysis of UUIDs', () => {
  const versions: readonly (readonly [string, number])[] = [
    ['C232AB00-9414-11EC-B3C8-9F6BDECED846', 1],
    ['5df41881-3aed-3515-88a7-2f4a814cf09e', 3],
    [V4, 4],
    ['2ed6657d-e927-568b-95e1-2665a8aea6a2', 5],
    ['1EC9414C-232A-6B00-B3C8-9F6BDECED846', 6],
    [V7, 7],
    ['2489E9AD-2EE2-8E00-8EC9-32D5F69181C0', 8],
  ];
  for (const [id, version] of versions) {
    it(`reads the example of RFC 9562 for version ${version}`, () => {
      const analysis = analyzeUuid(id);
      expect(analysis).to.include({ version, variant: 'rfc', isNil: false, isMax: false });
      expect(analysis?.timestamp).to.equal([1, 6, 7].includes(version) ? RFC_TIME : undefined);
      expect(analyzeUuid(id.toUpperCase())).to.deep.equal(analyzeUuid(id.toLowerCase()));
    });
  }

  it('knows nil and max', () => {
    const nil = analyzeUuid('00000000-0000-0000-0000-000000000000');
    const max = analyzeUuid('FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF');
    const same = { longestRun: 32, topDigitShare: 1, entropy: 0, timestamp: undefined };
    expect(nil).to.deep.equal({ ...same, version: 0, variant: 'ncs', isNil: true, isMax: false });
    expect(max).to.deep.equal({ ...same, version: 15, variant: 'future', isNil: false, isMax: true });
  });

  it('reads all variants', () => {
    const variants = '0123456789abcdef'
      .split('')
      .map((digit) => analyzeUuid(`${V4.slice(0, 19)}${digit}${V4.slice(20)}`)?.variant);
    expect(variants).to.deep.equal([
      ...Array.from({ length: 8 }, () => 'ncs'),
      ...Array.from({ length: 4 }, () => 'rfc'),
      'microsoft',
      'microsoft',
      'future',
      'future',
    ]);
  });

  it('gives no time to other variants', () => {
    expect(analyzeUuid(`${V7.slice(0, 19)}C${V7.slice(20)}`)?.timestamp).to.equal(undefined);
  });

  it('reads the first and the last instants of the timestamps', () => {
    expect(analyzeUuid('00000000-0000-7000-8000-000000000000')?.timestamp).to.equal(0);
    expect(analyzeUuid('ffffffff-ffff-7fff-bfff-ffffffffffff')?.timestamp).to.equal(2 ** 48 - 1);
    const gregorian = Date.UTC(1582, 9, 15);
    const last = gregorian + Number((2n ** 60n - 1n) / 10_000n);
    expect(analyzeUuid('00000000-0000-1000-8000-000000000000')?.timestamp).to.equal(gregorian);
    expect(analyzeUuid('00000000-0000-6000-8000-000000000000')?.timestamp).to.equal(gregorian);
    expect(analyzeUuid('ffffffff-ffff-1fff-bfff-ffffffffffff')?.timestamp).to.equal(last);
    expect(analyzeUuid('ffffffff-ffff-6fff-bfff-ffffffffffff')?.timestamp).to.equal(last);
  });

  it('agrees with the definitions of entropy, run and share', () => {
    const ids = [
      '01234567-89ab-cdef-0123-456789abcdef',
      'fedcba98-7654-3210-fedc-ba9876543210',
      '0000aaaa-1111-4bbb-8222-cccc33334444',
      'e0f01011-2122-4323-9434-454565667678',
      ...Array.from({ length: 500 }, () => randomUUID()),
    ];
    for (const id of ids) {
      const digits = id.replaceAll('-', '');
      const { entropy, longestRun, topDigitShare } = analyzeUuid(id)!;
      expect(entropy, id).to.be.closeTo(entropyOf(digits), 1e-12);
      expect(longestRun, id).to.equal(runOf(digits));
      const counts = digits.split('').map((digit) => digits.split(digit).length - 1);
      expect(topDigitShare, id).to.equal(Math.max(...counts) / 32);
    }
  });

  it('says the same of an id however often and among how many others it is asked', () => {
    const first = { ...analyzeUuid(V4) };
    for (let index = 0; index < 20_000; index++) analyzeUuid(randomUUID());
    expect(analyzeUuid(V4)).to.deep.equal(first);
    expect(analyzeUuid(V4)).to.deep.equal(first);
  });

  const others = [
    '',
    'alice',
    V4.slice(1),
    `${V4}0`,
    `${V4}\n`,
    V4.replaceAll('-', ''),
    `{${V4}}`,
    `urn:uuid:${V4}`,
    V4.replace('9', 'g'),
    V4.replace('9', '/'),
    V4.replace('9', ':'),
    V4.replace('9', '@'),
    V4.replace('9', '`'),
    V4.replace('9', 'é'),
    V4.replace('9', '９'),
    V4.replace('-', '_'),
    V4.replace('9', '-'),
    `9${V4.slice(0, 8)}${V4.slice(9)}`,
  ];
  for (const text of others) {
    it(`takes ${JSON.stringify(text)} for no UUID`, () => {
      expect(analyzeUuid(text)).to.equal(undefined);
      expect(analyzeUuid(text), 'asked again').to.equal(undefined);
    });
  }

  it('gives each id its own facts, however many are asked by turns', () => {
    const ids = Array.from({ length: 9 }, (_, index) => `${index}19108f7-52d1-${index}320-9bac-f847db4148a8`);
    const alone = ids.map((id) => ({ ...analyzeUuid(id) }));
    expect(alone.map(({ version }) => version)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for (let count = 1; count <= ids.length; count += 1) {
      for (let turn = 0; turn < 3 * count; turn += 1) {
        const index = turn % count;
        expect(analyzeUuid(`${ids[index]}`)).to.deep.equal(alone[index]);
        expect(analyzeUuid(V4.replace('9', 'g'))).to.equal(undefined);
      }
    }
  });

  it('takes no character for the digit or hyphen whose lowest bits it shares', () => {
    for (const offset of [128, 256, 0x8000]) {
      for (let at = 0; at < V4.length; at += 1) {
        const other = String.fromCharCode(V4.charCodeAt(at) + offset);
        const text = V4.slice(0, at) + other + V4.slice(at + 1);
        expect(analyzeUuid(text), text).to.equal(undefined);
        expect(parseUuid(text), text).to.equal(undefined);
      }
    }
  });
});
