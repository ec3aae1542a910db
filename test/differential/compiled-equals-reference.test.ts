import { expect } from 'chai';
import {
  agree,
  BothEvaluators,
  countingAbilities,
  differences,
  hasUnavailable,
  outlineOf,
} from '../support/decide-both.ts';
import { type GeneratedCase, generatedCases } from '../support/generated-case.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';

const BUNDLES = 300;
const QUESTIONS = 20;

describe('the compiled path', function () {
  this.timeout(LAW_TIMEOUT);

  it('decides as the reference does, and so does its explaining variant', () => {
    const count = { questions: 0, conditions: 0, permits: 0, beforeRules: 0, withoutAbilities: 0 };
    const codes = new Map<string, number>();
    assertLaw('compiled = reference', BUNDLES, generatedCases(QUESTIONS), (one: GeneratedCase) => {
      const both = new BothEvaluators(one.bundle);
      for (const scenario of one.scenarios) {
        const question = both.question(scenario);
        const apart = differences(both.compiledOutcomes(question), both.interpretedOutcomes(question));
        if (apart.length > 0) throw new Error(apart.join('\n'));
        count.conditions += both.interpretedOutcomes(question).size;
        const interpreted = outlineOf(both.interpreted(question));
        const { result, asked } = countingAbilities(() => both.compiled(question));
        const compiled = outlineOf(result);
        if (!agree(compiled, interpreted, hasUnavailable(scenario))) {
          throw new Error(`compiled: ${JSON.stringify(compiled)}\nreference: ${JSON.stringify(interpreted)}`);
        }
        const explained = both.engine.explain(question.request, question.facts, question.circumstances);
        expect(outlineOf(explained.verdict), 'explained').to.deep.equal(compiled);
        count.questions += 1;
        codes.set(compiled.code, (codes.get(compiled.code) ?? 0) + 1);
        if (compiled.permitted) count.permits += 1;
        if (/^(unknown_|resource_exists)/.test(compiled.code)) count.beforeRules += 1;
        else if (asked === 0) count.withoutAbilities += 1;
      }
    });
    console.log(`      ${JSON.stringify({ ...count, codes: Object.fromEntries(codes) })}`);
    expect(count.questions).to.be.at.least(QUESTIONS);
    // What was denied before any rule has no need of abilities, and what no rule at all is about cannot ask them.
    expect(count.withoutAbilities / count.questions, 'decided without abilities').to.be.below(0.1);
    expect(count.permits / count.questions, 'share of permits').to.be.at.least(0.2);
    for (const code of [
      'forbidden',
      'claim_missing',
      'limit_exceeded',
      'unknown_subject',
      'unknown_resource',
    ]) {
      expect(codes.get(code) ?? 0, code).to.be.above(0);
    }
  });
});
