import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import { differences } from '../../support/decide-both.ts';
import type { Law } from '../../support/law-pass.ts';

/**
 * Functions that are written for what is asked often say what the closures say, to the last detail of a verdict, and
 * read of a question what the loop reads.
 */
export const writtenEqualsClosures: Law = {
  name: 'functions written for what is asked often read and decide as what they replace does',
  aboutRequests: true,
  premises: { conditions: 20, unknown: 2, forbidden: 2, claim_missing: 1, limit_exceeded: 0.1, flips: 0.02 },
  check({ asked, both }, tally) {
    for (const { scenario, question } of asked) {
      if (!isDeepStrictEqual(both.readByWritten(scenario), question.request))
        throw new Error('what was written reads another question');
      const closures = both.compiledOutcomes(question);
      const apart = differences(both.compiledOutcomes(question, 'written'), closures);
      if (apart.length > 0) throw new Error(`written and closures: ${apart.join('\n')}`);
      const verdict = both.compiled(question);
      expect(both.written(question)).to.deep.equal(verdict);
      tally.request(verdict.permitted);
      tally.note(verdict.code);
      tally.note('conditions', closures.size);
      for (const outcome of closures.values()) if (outcome === UNKNOWN) tally.note('unknown');
      if (Number.isFinite(verdict.flipsAt)) tally.note('flips');
    }
  },
};
