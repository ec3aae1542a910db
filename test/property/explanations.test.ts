import { expect } from 'chai';
import type { Explanation } from '../../src/engine/explain/types.ts';
import { BothEvaluators } from '../support/decide-both.ts';
import { ExplanationLaw } from '../support/explanation-law.ts';
import { type GeneratedCase, generatedCases } from '../support/generated-case.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';
import type { Scenario } from '../support/scenario.ts';

const BUNDLES = 1000;
const QUESTIONS = 20;

describe('explanations', function () {
  this.timeout(LAW_TIMEOUT);

  it('name changes that permit and of which none can be left out, or else what cannot be changed', () => {
    const law = new ExplanationLaw();
    let bundles = 0;
    assertLaw('changes permit', BUNDLES, generatedCases(QUESTIONS), (one: GeneratedCase) => {
      bundles += 1;
      const both = new BothEvaluators(one.bundle);
      const explain = (scenario: Scenario): Explanation => {
        const { request, facts, circumstances } = both.question(scenario);
        return both.engine.explain(request, facts, circumstances);
      };
      for (const scenario of one.scenarios) law.check(scenario, explain(scenario), both);
    });
    const { count } = law;
    console.log(`      ${JSON.stringify(count)}`);
    expect(count.questions).to.be.at.least(QUESTIONS * bundles);
    expect(count.permits / count.questions, 'share of permits').to.be.at.least(0.2);
    expect(count.changed / count.denials, 'denials with changes').to.be.at.least(0.3);
    expect(count.obstructed / count.denials, 'denials with obstacles').to.be.at.least(0.05);
    expect(count.severalChanges, 'denials that take several changes').to.be.above(count.questions / 50);
    expect(count.endedEarly / count.denials, 'searches that ended early').to.be.below(0.05);
  });
});
