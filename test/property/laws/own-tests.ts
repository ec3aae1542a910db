import { expect } from 'chai';
import type { CheckedExpectation } from '../../../src/dsl/check/tests.ts';
import type { ReferenceVerdict } from '../../../src/engine/reference/reference.ts';
import { runTests } from '../../../src/engine/testing/run-tests.ts';
import { questionOf } from '../../../src/engine/testing/test-circumstances.ts';
import type { Law } from '../../support/law-pass.ts';

/** The tests that stand in a bundle pass and fail as the reference interpreter decides their questions. */
export const ownTests: Law = {
  name: 'the tests in a bundle pass where the reference interpreter says so',
  aboutRequests: false,
  premises: { expectations: 0.5, 'that pass': 0.1, 'that fail': 0.1, 'that name a cause': 0.1 },
  check({ bundle, both }, tally) {
    const report = runTests(bundle, { coverage: true }, both.engine);
    for (const [index, test] of bundle.tests.entries()) {
      for (const [at, { passed }] of report.tests[index]?.expectations.entries() ?? []) {
        const expectation = test.expectations[at] as CheckedExpectation;
        const { request, facts, circumstances } = questionOf(bundle, test, expectation);
        const verdict = both.reference.decide(request, facts, circumstances);
        // Where a record could not be loaded, the engine may say just that.
        const saysOtherwise = both.engine.decide(request, facts, circumstances).code !== verdict.code;
        if (saysOtherwise && expectation.by !== undefined) continue;
        expect(passed, `${test.title}: ${expectation.verdict} ${expectation.action}`).to.equal(
          isAsExpected(expectation, verdict),
        );
        tally.note('expectations');
        tally.note(passed ? 'that pass' : 'that fail');
        if (expectation.by !== undefined) tally.note('that name a cause');
      }
    }
  },
};

function isAsExpected({ verdict, by }: CheckedExpectation, is: ReferenceVerdict): boolean {
  if (is.permitted !== (verdict === 'permit')) return false;
  switch (by?.kind) {
    case undefined:
      return true;
    case 'claim':
      return is.claim === by.claim;
    case 'layer':
      return is.cause?.layer === by.layer && (by.rule === undefined || is.cause.rule === by.rule);
    case 'code':
      return is.code === by.code;
  }
}
