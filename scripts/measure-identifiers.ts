/**
 * Measures how many random UUIDs the checks of layer 1 would refuse, to choose their constants by.
 *
 *   node scripts/measure-identifiers.ts [--ids 10000000] [--seed 1]
 *
 * Prints Markdown. The same arguments print the same.
 */
import { parseArgs } from 'node:util';
import { analyzeUuid } from '../src/dsl/builtins/support/analyze-uuid.ts';
import { entropyTail } from './support/entropy-tail.ts';
import { sfc32 } from './support/sfc32.ts';

/** A digit that fills this share or more is refused. */
const TOP_DIGIT_SHARE = 0.4;
/** A run of this many digits or more is refused: 30% of 32 are 9.6. */
const LONGEST_RUN = 10;
const FLOORS = [2.4, 2.5, 2.55, 2.6, 2.65, 2.7, 2.75, 2.8];
/** Between these, in milliseconds since the epoch, lie the timestamps of version 7: 2020 to 2040. */
const FIRST_TIMESTAMP = Date.UTC(2020, 0, 1);
const LAST_TIMESTAMP = Date.UTC(2040, 0, 1);
const RFC_EXAMPLES = [
  'C232AB00-9414-11EC-B3C8-9F6BDECED846',
  '5df41881-3aed-3515-88a7-2f4a814cf09e',
  '919108f7-52d1-4320-9bac-f847db4148a8',
  '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  '1EC9414C-232A-6B00-B3C8-9F6BDECED846',
  '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
];

interface Refusals {
  topDigitShare: number;
  longestRun: number;
  /** By index of the floor: ids of less entropy. */
  readonly entropy: number[];
  /** By index of the floor: ids that fail at least one of the three checks. */
  readonly any: number[];
  lowestEntropy: number;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Draws ids until there are `ids`, and counts those that a check refuses. */
function measure(ids: number, draw: () => string): Refusals {
  const refusals: Refusals = {
    topDigitShare: 0,
    longestRun: 0,
    entropy: FLOORS.map(() => 0),
    any: FLOORS.map(() => 0),
    lowestEntropy: 4,
  };
  for (let index = 0; index < ids; index++) {
    const id = draw();
    const analysis = analyzeUuid(id);
    if (analysis === undefined) throw new Error(`not a UUID: ${id}`);
    const { entropy, topDigitShare, longestRun } = analysis;
    const isRepetitive = topDigitShare >= TOP_DIGIT_SHARE;
    const isSequential = longestRun >= LONGEST_RUN;
    if (isRepetitive) refusals.topDigitShare += 1;
    if (isSequential) refusals.longestRun += 1;
    if (entropy < refusals.lowestEntropy) refusals.lowestEntropy = entropy;
    if (!isRepetitive && !isSequential && entropy >= (FLOORS.at(-1) as number)) continue;
    for (const [at, floor] of FLOORS.entries()) {
      const isPoor = entropy < floor;
      if (isPoor) refusals.entropy[at] = (refusals.entropy[at] as number) + 1;
      if (isPoor || isRepetitive || isSequential) refusals.any[at] = (refusals.any[at] as number) + 1;
    }
  }
  return refusals;
}

/** Random ids of a version; those of version 7 begin with a timestamp. */
function drawer(version: 4 | 7, seed: number): () => string {
  const random = sfc32(seed, version);
  const bytes = new Uint8Array(16);
  const words = new Uint32Array(bytes.buffer);
  return () => {
    for (let index = 0; index < words.length; index++) words[index] = random();
    if (version === 7) {
      const fraction = (random() + random() / 2 ** 32) / 2 ** 32;
      let time = Math.floor(FIRST_TIMESTAMP + fraction * (LAST_TIMESTAMP - FIRST_TIMESTAMP));
      for (let index = 5; index >= 0; index--) {
        bytes[index] = time % 256;
        time = Math.floor(time / 256);
      }
    }
    bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4);
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    return spell(bytes);
  };
}

function spell(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += HEX[bytes[index] as number] as string;
  }
  return text;
}

function perMillion(count: number, ids: number): string {
  return ((count / ids) * 1e6).toFixed(2);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

const { values } = parseArgs({
  options: { ids: { type: 'string', default: '10000000' }, seed: { type: 'string', default: '1' } },
});
const ids = Number(values.ids);
const seed = Number(values.seed);
if (!Number.isSafeInteger(ids) || ids < 1 || !Number.isSafeInteger(seed)) {
  throw new Error('--ids and --seed take whole numbers');
}

const four = measure(ids, drawer(4, seed));
const seven = measure(ids, drawer(7, seed));
print([
  `Refused of ${ids} random ids of each version, per million (seed ${seed}):`,
  '',
  '| check | version 4 | version 7 | version 4, computed |',
  '|---|---|---|---|',
]);
const isUniform = (topCount: number) => topCount / 32 >= TOP_DIGIT_SHARE;
print([
  `| \`top_digit_share >= ${TOP_DIGIT_SHARE}\` | ${perMillion(four.topDigitShare, ids)} | ${perMillion(seven.topDigitShare, ids)} | ${(entropyTail(isUniform) * 1e6).toFixed(3)} |`,
  `| \`longest_run >= ${LONGEST_RUN}\` | ${perMillion(four.longestRun, ids)} | ${perMillion(seven.longestRun, ids)} | |`,
]);
for (const [at, floor] of FLOORS.entries()) {
  const computed = entropyTail((_topCount, entropy) => entropy < floor) * 1e6;
  print([
    `| \`entropy < ${floor}\` | ${perMillion(four.entropy[at] as number, ids)} | ${perMillion(seven.entropy[at] as number, ids)} | ${computed.toFixed(3)} |`,
  ]);
}
print([
  '',
  'At least one of the three, by floor:',
  '',
  '| floor | version 4 | version 7 | version 4, computed (without runs) |',
  '|---|---|---|---|',
]);
for (const [at, floor] of FLOORS.entries()) {
  const computed = entropyTail((topCount, entropy) => isUniform(topCount) || entropy < floor) * 1e6;
  print([
    `| ${floor} | ${perMillion(four.any[at] as number, ids)} | ${perMillion(seven.any[at] as number, ids)} | ${computed.toFixed(3)} |`,
  ]);
}
print([
  '',
  `Lowest entropy: ${four.lowestEntropy.toFixed(4)} (version 4), ${seven.lowestEntropy.toFixed(4)} (version 7).`,
  '',
  '| example of RFC 9562 | version | top digit share | longest run | entropy |',
  '|---|---|---|---|---|',
]);
for (const id of RFC_EXAMPLES) {
  const analysis = analyzeUuid(id);
  if (analysis === undefined) throw new Error(`not a UUID: ${id}`);
  const { version, topDigitShare, longestRun, entropy } = analysis;
  print([`| \`${id}\` | ${version} | ${topDigitShare} | ${longestRun} | ${entropy.toFixed(3)} |`]);
}
