import { readUuidDigits } from '../../types/parse-uuid.ts';

/** What there is to know of a UUID, found in one pass over its digits. */
export interface UuidFacts {
  /** The version field as it stands there, 0 to 15; it means a version only where the variant is `rfc`. */
  readonly version: number;
  readonly variant: UuidVariant;
  readonly isNil: boolean;
  readonly isMax: boolean;
  /** Shannon entropy of the 32 hex digits, in bits per digit: 0 when all are equal, 4 when each of the 16 occurs twice. */
  readonly entropy: number;
  /** Length of the longest run; see {@link analyzeUuid}. */
  readonly longestRun: number;
  /** How often the most frequent digit occurs, divided by 32. */
  readonly topDigitShare: number;
  /** Milliseconds since the epoch, of versions 1, 6 and 7 of the variant `rfc`. */
  readonly timestamp: number | undefined;
}

/** The variants of RFC 9562, section 4.1. */
export type UuidVariant = 'ncs' | 'rfc' | 'microsoft' | 'future';

const LENGTH = 36;
const DIGITS = 32;
/** What a digit does to its predecessor, by their difference: no other step makes a run. */
const RISING = 1;
const FALLING = 2;
const LEVEL = 4;
const STEP_OF = new Uint8Array(16);
STEP_OF[1] = RISING;
STEP_OF[15] = FALLING;
STEP_OF[0] = LEVEL;
/** −(c/32)·log2(c/32) by c: what a digit that occurs c times adds to the entropy. */
const ENTROPY_OF = Float64Array.from({ length: DIGITS + 1 }, (_, count) =>
  count === 0 ? 0 : (count / DIGITS) * Math.log2(DIGITS / count),
);

/** Scratch of {@link compute}, which runs to its end before anything else does. Digits are random: to branch on them is slow. */
const digits = new Uint8Array(DIGITS);
const counts = new Uint8Array(16);

/** A decision asks up to a dozen things of each of its few ids, by turns: of the last ones nothing need be looked up. */
const LATEST = 4;
const latestTexts: string[] = Array.from({ length: LATEST }, () => '');
const latestFacts: (UuidFacts | undefined)[] = Array.from({ length: LATEST }, () => undefined);
let oldest = 0;
/** The one that was asked about last: mostly it is asked about again at once. */
let last = 0;

/**
 * The facts of a UUID in the spelling of RFC 9562 (8-4-4-4-12 hex digits of either case), or undefined for any other
 * text. A **run** is a stretch of digits, hyphens left out, in which each is its predecessor plus one (0 follows f), or
 * each its predecessor minus one (f follows 0), or all are equal; a single digit is a run of 1.
 */
export function analyzeUuid(text: string): UuidFacts | undefined {
  if (text.length !== LENGTH) return undefined;
  if (latestTexts[last] === text) return latestFacts[last];
  for (let index = 0; index < LATEST; index += 1) {
    if (latestTexts[index] !== text) continue;
    last = index;
    return latestFacts[index];
  }
  last = oldest;
  const facts = compute(text);
  latestTexts[oldest] = text;
  latestFacts[oldest] = facts;
  oldest = (oldest + 1) % LATEST;
  return facts;
}

function compute(text: string): UuidFacts | undefined {
  if (!readUuidDigits(text, digits)) return undefined;
  for (let digit = 0; digit < 16; digit += 1) counts[digit] = 0;
  // A bit for each digit but the first: whether it is one more, one less, or as much as the one before it.
  let rising = 0;
  let falling = 0;
  let level = 0;
  let previous = digits[0] as number;
  (counts[previous] as number) += 1;
  for (let index = 1; index < DIGITS; index += 1) {
    const digit = digits[index] as number;
    const step = STEP_OF[(digit - previous) & 15] as number;
    rising = (rising << 1) | (step & RISING);
    falling = (falling << 1) | ((step & FALLING) >> 1);
    level = (level << 1) | (step >> 2);
    (counts[digit] as number) += 1;
    previous = digit;
  }
  let entropy = 0;
  let top = 0;
  for (let digit = 0; digit < 16; digit += 1) {
    const count = counts[digit] as number;
    entropy += ENTROPY_OF[count] as number;
    top = Math.max(top, count);
  }
  const version = digits[12] as number;
  const variant = variantOf(digits[16] as number);
  return {
    version,
    variant,
    isNil: counts[0] === DIGITS,
    isMax: counts[15] === DIGITS,
    entropy,
    longestRun: 1 + Math.max(longestOnes(rising), longestOnes(falling), longestOnes(level)),
    topDigitShare: top / DIGITS,
    timestamp: variant === 'rfc' ? timestampOf(version) : undefined,
  };
}

/** How many bits that are neighbours are set, at most. */
function longestOnes(bits: number): number {
  let length = 0;
  for (let rest = bits; rest !== 0; rest &= rest >>> 1) length += 1;
  return length;
}

function variantOf(digit: number): UuidVariant {
  if (digit < 8) return 'ncs';
  if (digit < 12) return 'rfc';
  return digit < 14 ? 'microsoft' : 'future';
}

/** Reads the scratch of {@link compute}. */
function timestampOf(version: number): number | undefined {
  switch (version) {
    case 7:
      return number(0, 12);
    case 1:
      return gregorian(number(13, 16) * 2 ** 16 + number(8, 12), number(0, 8));
    case 6: {
      // Its 60 bits stand in order, but for the version among them: 32, 16, then 12.
      const middle = number(4, 8) * 2 ** 16 + number(8, 12);
      return gregorian(
        number(0, 4) * 2 ** 12 + Math.floor(middle / 2 ** 20),
        (middle % 2 ** 20) * 2 ** 12 + number(13, 16),
      );
    }
    default:
      return undefined;
  }
}

function number(from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 16 + (digits[index] as number);
  return value;
}

/** From 1582-10-15 to 1970-01-01. */
const GREGORIAN_MILLISECONDS = 12_219_292_800_000;

/** Milliseconds since 1970 of `high`·2³² + `low` tenths of microseconds since 1582, exactly: the sum has more bits than a number. */
function gregorian(high: number, low: number): number {
  // 2³² is 429496·10000 + 7296.
  return high * 429_496 + Math.floor((high * 7_296 + low) / 10_000) - GREGORIAN_MILLISECONDS;
}
