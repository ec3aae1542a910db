import { expect } from 'chai';
import { outlineOf } from '../../support/decide-both.ts';
import type { Law } from '../../support/law-pass.ts';

const TEN_YEARS = 10 * 366 * 86_400_000;

export const staysUntilItFlips: Law = {
  name: 'a verdict stays what it is until the instant that it names',
  aboutRequests: true,
  premises: { 'compared now': 1 },
  check(one, tally) {
    const chance = one.chance();
    const { engine } = one.both;
    for (const { question, verdict } of one.asked) {
      const { request, facts, circumstances } = question;
      const { now } = circumstances.world;
      tally.request(verdict.permitted);
      expect(verdict.flipsAt).to.be.above(now);
      const end = Math.min(verdict.flipsAt, now + TEN_YEARS);
      if (Number.isFinite(verdict.flipsAt)) tally.note('compared now');
      for (const at of [
        end - 1,
        now + chance.integer(0, Math.min(end - now - 1, 2 ** 30)),
        Math.floor((now + end - 1) / 2),
      ]) {
        const later = { ...circumstances, world: { ...circumstances.world, now: at } };
        const then = outlineOf(engine.decide(request, facts, later));
        expect(then, `at ${at} of ${verdict.flipsAt}`).to.deep.equal(outlineOf(verdict));
      }
    }
  },
};
