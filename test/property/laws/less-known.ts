import { expect } from 'chai';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import { hideable } from '../../support/know-less.ts';
import type { Law } from '../../support/law-pass.ts';
import { spoilOne } from '../../support/spoil-request.ts';

const TRIES = 3;

/**
 * Whatever becomes unavailable (a record, an attribute, a part of one, what a request says, a source, the risk), and
 * whatever was known of it before, even that it is absent: no denial becomes a permit, and no condition that is known
 * then was otherwise before.
 */
export const lessKnown: Law = {
  name: 'making facts unavailable never turns a denial into a permit',
  aboutRequests: true,
  premises: {
    denials: 5,
    'made ill-typed': 15,
    'made unavailable': 20,
    'conditions made unknown': 5,
    'permits lost': 1,
  },
  check(one, tally) {
    const chance = one.chance();
    const { both } = one;
    for (const { scenario, question, verdict } of one.asked) {
      tally.request(verdict.permitted);
      if (!verdict.permitted) tally.note('denials');
      const { triple } = question.request;
      const spoiled = triple && spoilOne(chance, scenario, one.bundle, triple);
      if (spoiled !== undefined) {
        tally.note('made ill-typed');
        const { permitted } = both.compiled(both.question(spoiled));
        if (permitted) expect(verdict.permitted, JSON.stringify(spoiled)).to.equal(true);
      }
      const changes = hideable(both.engine, question);
      const before = both.compiledOutcomes(question);
      for (let tries = 0; tries < TRIES; tries += 1) {
        const count = chance.weighted([[5, 1] as const, [3, 3] as const, [1, 12] as const]);
        const chosen = chance.some(changes, count);
        const worse = chosen.reduce((asked, change) => change(chance)(asked), question);
        tally.note('made unavailable', chosen.length);
        const then = both.compiled(worse);
        if (!verdict.permitted) expect(then.permitted).to.equal(false);
        else if (!then.permitted) tally.note('permits lost');
        for (const [name, outcome] of both.compiledOutcomes(worse)) {
          const was = before.get(name);
          if (outcome === UNKNOWN) {
            if (was !== UNKNOWN) tally.note('conditions made unknown');
          } else if (both.bundle.limits.has(name.slice(name.indexOf('.') + 1))) {
            // A limit stops a request that it cannot count.
            if (!outcome) expect(was, name).to.equal(false);
          } else expect(outcome, name).to.equal(was);
        }
      }
    }
  },
};
