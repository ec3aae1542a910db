import { expect } from 'chai';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import type { Explanation } from '../../../src/engine/explain/types.ts';
import type { Law } from '../../support/law-pass.ts';

/** The explaining variant says the same, as its verdict and in what it says of each layer, rule and claim. */
export const explainedVerdict: Law = {
  name: 'an explanation gives the same verdict, and its parts add up to it',
  aboutRequests: true,
  premises: { rules: 20, 'forbidding layers': 1, 'granting layers': 5 },
  check({ asked, both }, tally) {
    for (const { question, verdict } of asked) {
      const { request, facts, circumstances } = question;
      const explanation = both.engine.explain(request, facts, circumstances, { changes: false });
      expect(explanation.verdict).to.deep.equal(verdict);
      tally.request(verdict.permitted);
      if (request.triple === undefined) continue;
      const outcomes = both.interpretedOutcomes(question);
      for (const layer of explanation.layers) {
        if (layer.outcome === 'forbidden') tally.note('forbidding layers');
        if (layer.outcome === 'granted') tally.note('granting layers');
        for (const { rule, effect, outcome } of layer.rules) {
          if (effect === 'limit') continue;
          const found = outcomes.get(effect === 'override' ? `override ${rule}` : `${layer.name}.${rule}`);
          expect(outcome, `${layer.name}.${rule}`).to.equal(found === UNKNOWN ? 'unknown' : String(found));
          tally.note('rules');
        }
      }
      const decidedByRules = !/^(unknown_|resource_exists|facts_unavailable)/.test(verdict.code);
      if (decidedByRules) expect(sumOf(explanation)).to.deep.equal({ ...NOTHING, ...namedBy(explanation) });
    }
  },
};

const NOTHING = { permitted: false, cause: undefined, claim: undefined };

function namedBy({ verdict }: Explanation): Partial<Record<keyof typeof NOTHING, unknown>> {
  const { permitted, cause, claim } = verdict;
  return { permitted, cause: cause && `${cause.layer}.${cause.rule}`, claim };
}

/** What follows from what is said of layers and claims. */
function sumOf({ layers, claims }: Explanation): Record<keyof typeof NOTHING, unknown> {
  const forbidding = layers.find((layer) => layer.outcome === 'forbidden');
  if (forbidding !== undefined) return { ...NOTHING, cause: `${forbidding.name}.${forbidding.rule}` };
  const open = claims.find((claim) => claim.by === null);
  return open === undefined ? { ...NOTHING, permitted: true } : { ...NOTHING, claim: open.claim };
}
