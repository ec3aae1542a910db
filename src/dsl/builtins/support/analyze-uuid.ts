import { hasShapeOfUuid, UUID_DIGITS, uuidDigit } from '../../types/parse-uuid.ts';

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

/** What a digit does to its predecessor, by their difference: no other step makes a run. */
const RISING = 1;
const FALLING = 2;
const LEVEL = 4;
const STEP_OF = new Uint8Array(16);
STEP_OF[1] = RISING;
STEP_OF[15] = FALLING;
STEP_OF[0] = LEVEL;
/** −(c/32)·log2(c/32) by c: what a digit that occurs c times adds to the entropy. */
const ENTROPY_OF = Float64Array.from({ length: UUID_DIGITS + 1 }, (_, count) =>
  count === 0 ? 0 : (count / UUID_DIGITS) * Math.log2(UUID_DIGITS / count),
);

/** Scratch of {@link compute}, which runs to its end before anything else does: how often each digit occurs. */
const counts = new Uint8Array(16);
const countsAsWords = new Int32Array(counts.buffer);

/** A decision asks some things of each of its few ids, by turns: of the last ones nothing need be looked up. */
const LATEST = 4;
const latestTexts: string[] = Array.from({ length: LATEST }, () => '');
/** What tells most texts apart without comparing them. */
const latestMarks = new Int32Array(LATEST);
const latestFacts: (UuidFacts | undefined)[] = Array.from({ length: LATEST }, () => undefined);
let oldest = 0;

/**
 * The facts of a UUID in the spelling of RFC 9562 (8-4-4-4-12 hex digits of either case), or undefined for any other
 * text. A **run** is a stretch of digits, hyphens left out, in which each is its predecessor plus one (0 follows f), or
 * each its predecessor minus one (f follows 0), or all are equal; a single digit is a run of 1.
 */
export function analyzeUuid(text: string): UuidFacts | undefined {
  if (!hasShapeOfUuid(text)) return undefined;
  const mark = (text.charCodeAt(0) << 16) ^ (text.charCodeAt(1) << 8) ^ text.charCodeAt(35);
  for (let index = 0; index < LATEST; index += 1)
    if (latestMarks[index] === mark && latestTexts[index] === text) return latestFacts[index];
  const facts = compute(text);
  latestTexts[oldest] = text;
  latestMarks[oldest] = mark;
  latestFacts[oldest] = facts;
  oldest = (oldest + 1) % LATEST;
  return facts;
}

/** Digits are random: to branch on them is slow. */
function compute(text: string): UuidFacts | undefined {
  for (let index = 0; index < countsAsWords.length; index += 1) countsAsWords[index] = 0;
  // A bit for each digit but the first: whether it is one more, one less, or as much as the one before it.
  let rising = 0;
  let falling = 0;
  let level = 0;
  let previous = uuidDigit(text, 0);
  // All digits in one number, which is below 16 if they are all hex digits.
  let seen = previous;
  (counts[previous & 15] as number) += 1;
  for (let index = 1; index < UUID_DIGITS; index += 1) {
    const digit = uuidDigit(text, index);
    seen |= digit;
    const step = STEP_OF[(digit - previous) & 15] as number;
    rising = (rising << 1) | (step & RISING);
    falling = (falling << 1) | ((step & FALLING) >> 1);
    level = (level << 1) | (step >> 2);
    (counts[digit & 15] as number) += 1;
    previous = digit;
  }
  if (seen >= 16) return undefined;
  let entropy = 0;
  let top = 0;
  for (let digit = 0; digit < 16; digit += 1) {
    const count = counts[digit] as number;
    entropy += ENTROPY_OF[count] as number;
    top = Math.max(top, count);
  }
  const version = uuidDigit(text, 12);
  const variant = variantOf(uuidDigit(text, 16));
  return {
    version,
    variant,
    isNil: counts[0] === UUID_DIGITS,
    isMax: counts[15] === UUID_DIGITS,
    entropy,
    longestRun: 1 + mostOnes(rising, falling, level),
    topDigitShare: top / UUID_DIGITS,
    timestamp: variant === 'rfc' ? timestampOf(text, version) : undefined,
  };
}

/** How many bits that are neighbours are set, at most, in one of these. */
function mostOnes(one: number, other: number, third: number): number {
  let length = 0;
  while ((one | other | third) !== 0) {
    one &= one >>> 1;
    other &= other >>> 1;
    third &= third >>> 1;
    length += 1;
  }
  return length;
}

function variantOf(digit: number): UuidVariant {
  if (digit < 8) return 'ncs';
  if (digit < 12) return 'rfc';
  return digit < 14 ? 'microsoft' : 'future';
}

function timestampOf(text: string, version: number): number | undefined {
  switch (version) {
    case 7:
      return number(text, 0, 12);
    case 1:
      return gregorian(number(text, 13, 16) * 2 ** 16 + number(text, 8, 12), number(text, 0, 8));
    case 6: {
      // Its 60 bits stand in order, but for the version among them: 32, 16, then 12.
      const middle = number(text, 4, 8) * 2 ** 16 + number(text, 8, 12);
      return gregorian(
        number(text, 0, 4) * 2 ** 12 + Math.floor(middle / 2 ** 20),
        (middle % 2 ** 20) * 2 ** 12 + number(text, 13, 16),
      );
    }
    default:
      return undefined;
  }
}

/** What some of the digits spell. */
function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 16 + uuidDigit(text, index);
  return value;
}

/** From 1582-10-15 to 1970-01-01. */
const GREGORIAN_MILLISECONDS = 12_219_292_800_000;

/** Milliseconds since 1970 of `high`·2³² + `low` tenths of microseconds since 1582, exactly: the sum has more bits than a number. */
function gregorian(high: number, low: number): number {
  // 2³² is 429496·10000 + 7296.
  return high * 429_496 + Math.floor((high * 7_296 + low) / 10_000) - GREGORIAN_MILLISECONDS;
}
