import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import { readBundleFiles } from '../../src/server/bundles/read-bundle-files.ts';
import { decodeFacts } from '../../src/server/facts/decode-facts.ts';
import { FactFindings } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';
import { agree, BothEvaluators, countingAbilities, outlineOf } from '../support/decide-both.ts';
import { DemoQuestions } from '../support/demo-questions.ts';
import { Chance } from '../support/generate-chance.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';
import { ROOT } from '../support/project-files.ts';
import { circumstancesOf, type Scenario } from '../support/scenario.ts';

const QUESTIONS = 4000;
class ScenarioArbitrary extends fc.Arbitrary<Scenario> {
  readonly #questions: DemoQuestions;

  constructor(questions: DemoQuestions) {
    super();
    this.#questions = questions;
  }

  override generate(random: fc.Random): fc.Value<Scenario> {
    return new fc.Value(this.#questions.generate(new Chance(random)), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Scenario {
    return false;
  }

  override shrink(): fc.Stream<fc.Value<Scenario>> {
    return fc.Stream.nil();
  }
}

/** Facts of which some records cannot be loaded: those whose id begins with the digit. */
function withGaps(facts: FactView, digit: string | undefined): FactView {
  if (digit === undefined) return facts;
  return { record: (type, id) => (id.startsWith(digit) ? undefined : facts.record(type, id)) };
}

describe('the reference bundle', function () {
  this.timeout(LAW_TIMEOUT);
  let both: BothEvaluators;
  let facts: FactView;
  let questions: DemoQuestions;

  before(async () => {
    const { bundle, diagnostics } = loadBundle(await readBundleFiles(join(ROOT, 'policies')));
    if (bundle === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
    both = new BothEvaluators(bundle);
    const findings = new FactFindings();
    const lines = await readFactLines(join(ROOT, 'demo/facts.jsonl'), findings);
    facts = decodeFacts(lines, bundle, findings);
    expect(lines.length).to.be.above(100);
    questions = new DemoQuestions(bundle, lines);
  });

  it('means the same to both evaluators on the facts of the demo', () => {
    const codes = new Map<string, number>();
    const causes = new Map<string, number>();
    let asked = 0;
    assertLaw('policies/, compiled = reference', QUESTIONS, new ScenarioArbitrary(questions), (scenario) => {
      const digit = scenario.request.resource.id.startsWith('a') ? 'b' : undefined;
      const question = {
        request: both.engine.prepare(scenario.request),
        facts: withGaps(facts, digit),
        circumstances: circumstancesOf(scenario),
      };
      const interpreted = outlineOf(both.interpreted(question));
      const counted = countingAbilities(() => both.compiled(question));
      const compiled = outlineOf(counted.result);
      asked += counted.asked;
      if (!agree(compiled, interpreted, digit !== undefined)) {
        throw new Error(`compiled: ${JSON.stringify(compiled)}\nreference: ${JSON.stringify(interpreted)}`);
      }
      const explained = both.engine.explain(question.request, question.facts, question.circumstances);
      expect(outlineOf(explained.verdict), 'explained').to.deep.equal(compiled);
      codes.set(compiled.code, (codes.get(compiled.code) ?? 0) + 1);
      if (compiled.cause !== undefined) causes.set(compiled.cause, (causes.get(compiled.cause) ?? 0) + 1);
    });
    console.log(`      ${JSON.stringify({ asked, ...Object.fromEntries(codes), causes: causes.size })}`);
    expect(asked, 'questions to abilities').to.be.above(QUESTIONS);
    expect(codes.get('permitted') ?? 0, 'permits').to.be.above(QUESTIONS / 20);
    expect(causes.size, 'rules that forbade something').to.be.above(20);
  });
});
