import { expect } from 'chai';
import type { CheckedExpression } from '../../src/dsl/check/checked.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { changeConditions } from '../support/change-conditions.ts';
import { type Law, makeSmall, type Outcome, tryAll } from '../support/law-pass.ts';
import { LAW_TIMEOUT, PLAIN_SEED } from '../support/laws.ts';

/** Mistakes that an evaluator could make. */
const DEFECTS: readonly (readonly [name: string, defect: (one: CheckedExpression) => CheckedExpression])[] = [
  [
    '`<=` taken for `<`',
    (one) => (one.kind === 'comparison' && one.operator === '<=' ? { ...one, operator: '<' } : one),
  ],
  [
    '`contains all` taken for `contains any`',
    (one) => (one.kind === 'overlap' && one.quantifier === 'all' ? { ...one, quantifier: 'any' } : one),
  ],
  ['`not` left out', (one) => (one.kind === 'not' ? one.operand : one)],
];
const MOST_LINES = 25;
const CASES = 160;

function planted(name: string, defect: (one: CheckedExpression) => CheckedExpression): Law {
  return {
    name,
    aboutRequests: true,
    premises: {},
    check({ bundle, asked }) {
      const engine = createEngine(changeConditions(bundle, defect));
      for (const { question, verdict } of asked) {
        const { request, facts, circumstances } = question;
        expect(engine.decide(request, facts, circumstances).permitted).to.equal(verdict.permitted);
      }
    },
  };
}

describe('a law that is broken', function () {
  this.timeout(LAW_TIMEOUT);

  const sound = planted('nothing is wrong', (one) => one);
  const broken = DEFECTS.map(([name, defect]) => planted(name, defect));
  const settings = { runs: CASES, seed: PLAIN_SEED };
  const outcomes = new Map<Law, Outcome>();

  before('tries them', () => {
    for (const [law, outcome] of tryAll(settings, [sound, ...broken])) outcomes.set(law, outcome);
  });

  it('leaves the others to be tried on all cases', () => {
    expect(outcomes.get(sound)?.brokenAt).to.equal(undefined);
    expect(outcomes.get(sound)?.tally.bundles).to.equal(CASES);
  });

  for (const law of broken) {
    it(`is shown by a bundle that is small enough to read: ${law.name}`, () => {
      const at = outcomes.get(law)?.brokenAt;
      if (at === undefined) throw new Error('it was not found to be broken');
      let report = '';
      try {
        makeSmall(law, settings, at);
      } catch (error) {
        report = (error as Error).message;
      }
      const [bundle = '', questions = ''] = report.slice(report.indexOf('--- schema')).split('--- questions');
      const lines = bundle.split('\n').filter((line) => /\w/.test(line) && !line.startsWith('---'));
      console.log(`      ${law.name}: ${lines.length} lines`);
      expect(report).to.include(`seed: ${PLAIN_SEED}`);
      expect(lines.length, report).to.be.within(5, MOST_LINES);
      expect(questions.match(/^ "request"/gm)).to.have.length(1);
    });
  }
});
