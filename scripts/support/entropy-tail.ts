/** Digits of a version 4 UUID that are random throughout; the other two are the version and the variant (8 to b). */
const RANDOM_DIGITS = 30;
const DIGITS = 32;

const LOG_FACTORIAL: number[] = [0];
for (let n = 1; n <= RANDOM_DIGITS; n++) LOG_FACTORIAL.push((LOG_FACTORIAL[n - 1] as number) + Math.log(n));
const COUNT_BITS = Array.from({ length: DIGITS + 1 }, (_, count) =>
  count === 0 ? 0 : count * Math.log2(count),
);

/**
 * The probability that a random UUID of version 4 satisfies a condition on the count of its most frequent digit and on
 * its entropy in bits a digit. Exact but for rounding: it sums over all multisets of digits.
 */
export function entropyTail(condition: (topCount: number, entropy: number) => boolean): number {
  let probability = 0;
  const add = (bits: number, topCount: number, logWeight: number) => {
    if (!condition(topCount, Math.log2(DIGITS) - bits / DIGITS)) return;
    probability += Math.exp(logFactorial(RANDOM_DIGITS) + logWeight - RANDOM_DIGITS * Math.log(16));
  };
  // By symmetry all variants are alike: the digit of the version and that of the variant are two of sixteen.
  for (let version = 0; version <= RANDOM_DIGITS; version++) {
    for (let variant = 0; version + variant <= RANDOM_DIGITS; variant++) {
      const rest = RANDOM_DIGITS - version - variant;
      const bits = bitsOf(version + 1) + bitsOf(variant + 1);
      const top = Math.max(version, variant) + 1;
      const logWeight = -logFactorial(version) - logFactorial(variant);
      visitPartitions({ rest, digits: 14, largest: rest, bits, top, logWeight }, add);
    }
  }
  return probability;
}

/** Digits that are shared out already, and what is left. */
interface Partition {
  readonly rest: number;
  /** Kinds of digit that have no count yet. */
  readonly digits: number;
  /** No further count is larger. */
  readonly largest: number;
  readonly bits: number;
  readonly top: number;
  /** The logarithm of how many orders of the kinds this stands for, less those of the counts' factorials. */
  readonly logWeight: number;
}

/** Visits all ways to share the rest among further kinds of digit, in falling counts. */
function visitPartitions(
  partition: Partition,
  visit: (bits: number, top: number, logWeight: number) => void,
): void {
  const { rest, digits, largest, bits, top, logWeight } = partition;
  if (rest === 0) {
    visit(bits, top, logWeight);
    return;
  }
  for (let count = Math.min(rest, largest); count >= 1; count--) {
    for (let same = 1; same <= digits && same * count <= rest; same++) {
      // `same` kinds of those that are left have this count, all others a smaller one.
      const logChoices = logFactorial(digits) - logFactorial(same) - logFactorial(digits - same);
      const next: Partition = {
        rest: rest - same * count,
        digits: digits - same,
        largest: count - 1,
        bits: bits + same * bitsOf(count),
        top: Math.max(top, count),
        logWeight: logWeight + logChoices - same * logFactorial(count),
      };
      visitPartitions(next, visit);
    }
  }
}

function bitsOf(count: number): number {
  return COUNT_BITS[count] as number;
}

/** The natural logarithm of `n` factorial. */
function logFactorial(n: number): number {
  return LOG_FACTORIAL[n] as number;
}
