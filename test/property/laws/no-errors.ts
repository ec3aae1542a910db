import { expect } from 'chai';
import { outlineOf } from '../../support/decide-both.ts';
import { hostileRequest } from '../../support/generate-hostile.ts';
import type { Law } from '../../support/law-pass.ts';

/** Each question is asked as it is, and once more with anything at all in it. */
export const neverRaises: Law = {
  name: 'a checked bundle raises no error, whatever it is asked',
  aboutRequests: true,
  premises: { 'hostile requests': 20, 'hostile and declared': 10, 'values of no declared type': 20 },
  check(one, tally) {
    const chance = one.chance();
    const { both } = one;
    const { engine } = both;
    for (const triple of one.bundle.triples) engine.readSet(triple);
    for (const { scenario, question, verdict } of one.asked) {
      const hostile = both.question({ ...scenario, request: hostileRequest(chance, scenario.request) });
      tally.note('hostile requests');
      if (hostile.request.triple !== undefined) tally.note('hostile and declared');
      tally.note('values of no declared type', hostile.request.illTyped.length);
      tally.request(verdict.permitted);
      for (const { request, facts, circumstances } of [question, hostile]) {
        const decided = engine.decide(request, facts, circumstances);
        const changes = chance.percent(20);
        const { verdict: explained } = engine.explain(request, facts, circumstances, { changes });
        expect(outlineOf(explained)).to.deep.equal(outlineOf(decided));
        // What is said can be sent.
        expect(JSON.parse(JSON.stringify(decided))).to.include({ code: decided.code });
        engine.limitUses(request, facts, circumstances);
        engine.assessRisk(request, facts, circumstances);
        both.reference.decide(request, facts, circumstances);
      }
    }
  },
};
