import { expect } from 'chai';
import { entropyTail } from '../../../../scripts/support/entropy-tail.ts';
import { analyzeUuid } from '../../../../src/dsl/builtins/support/analyze-uuid.ts';

/** The constants of docs/identifiers.md. */
const LEAST_ENTROPY = 2.7;
const TOP_DIGIT_SHARE = 0.4;
const LONGEST_RUN = 10;

describe('constants of identifier checks', () => {
  it('refuse at most one of a million random UUIDs', () => {
    const refused = entropyTail(
      (topCount, entropy) => topCount / 32 >= TOP_DIGIT_SHARE || entropy < LEAST_ENTROPY,
    );
    expect(refused).to.be.within(0.4e-6, 0.6e-6);
    // A run is nine equal steps, each of them one of sixteen, from any of 23 digits.
    const runs = 23 * 3 * 16 ** -(LONGEST_RUN - 1);
    expect(refused + runs).to.be.below(1e-6);
  });

  it('come from a sum over all UUIDs', () => {
    expect(entropyTail(() => true)).to.be.closeTo(1, 1e-9);
    expect(entropyTail(() => false)).to.equal(0);
  });

  for (const id of ['919108f7-52d1-4320-9bac-f847db4148a8', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F']) {
    it(`let ${id} of RFC 9562 pass`, () => {
      const { entropy, longestRun, topDigitShare } = analyzeUuid(id)!;
      expect(entropy).to.be.at.least(LEAST_ENTROPY);
      expect(longestRun).to.be.below(LONGEST_RUN);
      expect(topDigitShare).to.be.below(TOP_DIGIT_SHARE);
    });
  }
});
