import { expect } from 'chai';
import fc from 'fast-check';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { AccessRequest, JsonObject } from '../../src/engine/decide/types.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { BothEvaluators, type Outline, outlineOf } from '../support/decide-both.ts';
import { type BundleTree, bundleText } from '../support/generate-bundle.ts';
import { Chance } from '../support/generate-chance.ts';
import {
  circumstancesOf,
  factsOf,
  type Scenario,
  type ScenarioRecord,
} from '../support/generate-scenario.ts';
import type { Tree } from '../support/generate-tree.ts';
import { type GeneratedCase, generatedCases, load } from '../support/generated-case.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';
import { reverseOperands } from '../support/reverse-operands.ts';

const BUNDLES = 80;
const QUESTIONS = 12;

function decide(engine: Engine, scenario: Scenario): Outline {
  const facts = factsOf(scenario, engine.bundle);
  return outlineOf(engine.decide(engine.prepare(scenario.request), facts, circumstancesOf(scenario)));
}

function loaded(files: readonly { readonly path: string; readonly text: string }[]): CheckedBundle {
  const bundle = load(files);
  if (typeof bundle === 'string') throw new Error(bundle);
  return bundle;
}

/** The case and a number from which a test may draw choices of its own. */
function casesWithChance(): fc.Arbitrary<readonly [GeneratedCase, number]> {
  return fc.tuple(generatedCases(QUESTIONS), fc.integer({ min: 1, max: 2 ** 31 - 1 }));
}

/** Choices that a number fixes. */
function chanceOf(seed: number): Chance {
  let state = seed;
  const nextInt = (least: number, most: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return least + ((state >>> 8) % (most - least + 1));
  };
  return new Chance({ nextInt } as unknown as fc.Random);
}

function shuffled<T>(chance: Chance, list: readonly T[]): T[] {
  const rest = [...list];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(chance.integer(0, rest.length - 1), 1));
  return result;
}

describe('verdicts', function () {
  this.timeout(LAW_TIMEOUT);

  it('permit no more when a forbid is added', () => {
    let lost = 0;
    assertLaw('a forbid more, no permit more', BUNDLES, generatedCases(QUESTIONS), (one) => {
      const before = createEngine(one.bundle);
      const files = bundleText(new Map(one.tree).set('99-extra.velro', one.extraGuard));
      const after = createEngine(loaded(files));
      for (const scenario of one.scenarios) {
        const was = decide(before, scenario).permitted;
        const is = decide(after, scenario).permitted;
        if (is) expect(was, JSON.stringify(scenario)).to.equal(true);
        if (was && !is) lost += 1;
      }
    });
    expect(lost, 'permits that the new forbid took away').to.be.above(0);
  });

  it('do not hang on the order of the files', () => {
    assertLaw('files in any order', BUNDLES, casesWithChance(), ([one, seed]) => {
      const files = shuffled(chanceOf(seed), bundleText(one.tree));
      const [before, after] = [createEngine(one.bundle), createEngine(loaded(files))];
      // Causes are named by layer and text, so they are the same as well.
      for (const scenario of one.scenarios)
        expect(decide(after, scenario)).to.deep.equal(decide(before, scenario));
    });
  });

  it('do not hang on the names of the files', () => {
    assertLaw('files of any name', BUNDLES, casesWithChance(), ([one, seed]) => {
      const chance = chanceOf(seed);
      const files = shuffled(chance, bundleText(one.tree)).map(({ text }, index) => ({
        path: `${index}.velro`,
        text,
      }));
      const [before, after] = [createEngine(one.bundle), createEngine(loaded(files))];
      for (const scenario of one.scenarios)
        expect(decide(after, scenario)).to.deep.equal(decide(before, scenario));
    });
  });

  it('do not hang on the order of the declarations of a layer', () => {
    assertLaw('declarations in any order', BUNDLES, casesWithChance(), ([one, seed]) => {
      const chance = chanceOf(seed);
      const tree: BundleTree = new Map(
        [...one.tree].map(([path, file]) => [path, shuffledFile(chance, file)]),
      );
      const [before, after] = [createEngine(one.bundle), createEngine(loaded(bundleText(tree)))];
      for (const scenario of one.scenarios) {
        expect(decide(after, scenario).permitted).to.equal(decide(before, scenario).permitted);
      }
    });
  });

  it('do not hang on the order of operands, once they are checked', () => {
    let reversed = 0;
    assertLaw('operands in any order', BUNDLES, generatedCases(QUESTIONS), (one) => {
      const other = reverseOperands(one.bundle);
      reversed += other.reversed;
      const [before, after] = [createEngine(one.bundle), createEngine(other.bundle)];
      for (const scenario of one.scenarios) {
        const [was, is] = [decide(before, scenario), decide(after, scenario)];
        // Which of two unknowns is met first decides whether a record that could not be loaded was asked for.
        const isOpen = [was, is].some(({ code }) => code === 'facts_unavailable');
        if (isOpen) expect(is.permitted).to.equal(was.permitted);
        else expect(is).to.deep.equal(was);
      }
    });
    expect(reversed, 'conditions with operands to reverse').to.be.above(BUNDLES);
  });

  it('never turn from denial to permit when less is known', () => {
    let denied = 0;
    assertLaw('less known, no permit more', BUNDLES, casesWithChance(), ([one, seed]) => {
      const chance = chanceOf(seed);
      const engine = createEngine(one.bundle);
      for (const scenario of one.scenarios) {
        if (decide(engine, scenario).permitted) continue;
        denied += 1;
        for (let tries = 0; tries < 3; tries += 1) {
          const worse = withLess(chance, scenario);
          expect(decide(engine, worse).permitted, JSON.stringify(worse)).to.equal(false);
        }
      }
    });
    expect(denied).to.be.above(BUNDLES);
  });

  it('stay what they are until the instant that they name', () => {
    let bounded = 0;
    assertLaw('no flip before flipsAt', BUNDLES, casesWithChance(), ([one, seed]) => {
      const chance = chanceOf(seed);
      const { engine, question } = questionsOf(one);
      for (const scenario of one.scenarios) {
        const { request, facts, circumstances } = question(scenario);
        const verdict = engine.decide(request, facts, circumstances);
        const { now } = circumstances.world;
        expect(verdict.flipsAt).to.be.above(now);
        const end = Math.min(verdict.flipsAt, now + 10 * 366 * 86_400_000);
        if (Number.isFinite(verdict.flipsAt)) bounded += 1;
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
    });
    expect(bounded, 'verdicts that compared now').to.be.above(BUNDLES / 4);
  });

  it('are reached without an error whatever a request holds', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const key = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'id', 'properties', 'roles', 'detail'),
      fc.string(),
    );
    const object = fc.dictionary(key, json, { noNullPrototype: true });
    assertLaw(
      'any request has an answer',
      BUNDLES,
      fc.tuple(generatedCases(3), fc.array(object, { minLength: 4, maxLength: 4 })),
      ([one, objects]) => {
        const both = new BothEvaluators(one.bundle);
        for (const scenario of one.scenarios) {
          const { subject, action, resource, context } = scenario.request;
          const request: AccessRequest = {
            subject: { ...subject, properties: { ...subject.properties, ...objects[0] } },
            action: { ...action, properties: { ...action.properties, ...objects[1] } },
            resource: { ...resource, properties: { ...resource.properties, ...objects[2] } },
            context: { ...context, ...objects[3] },
          };
          const question = both.question({ ...scenario, request });
          expect(outlineOf(both.compiled(question)).code).to.be.a('string');
        }
      },
    );
  });
});

function questionsOf(one: GeneratedCase): { engine: Engine; question: BothEvaluators['question'] } {
  const both = new BothEvaluators(one.bundle);
  return { engine: both.engine, question: (scenario) => both.question(scenario) };
}

/** The declarations after the first part, which holds the header, in another order. */
function shuffledFile(chance: Chance, file: Tree): Tree {
  const [header, ...rest] = file.parts;
  if (typeof header !== 'string') return { ...file, parts: shuffled(chance, file.parts) };
  return { ...file, parts: [header, ...shuffled(chance, rest)] };
}

/** The scenario with one thing less that is known: a record, an attribute, a supplied value, a source, the risk. */
function withLess(chance: Chance, scenario: Scenario): Scenario {
  const { records, request } = scenario;
  // An object where a list was and a list where none was fit no type, so nothing is known of the value any more.
  const spoil = (values: JsonObject): JsonObject => {
    const names = Object.keys(values).filter((name) => values[name] !== null);
    if (names.length === 0) return values;
    const name = chance.pick(names);
    return { ...values, [name]: Array.isArray(values[name]) ? { no: 'list' } : [[[]]] };
  };
  switch (chance.integer(1, 5)) {
    case 1:
    case 2: {
      if (records.length === 0) return scenario;
      const index = chance.integer(0, records.length - 1);
      const record = records[index] as ScenarioRecord;
      const worse = chance.percent(50)
        ? { ...record, unavailable: true }
        : { ...record, attributes: spoil(record.attributes) };
      return { ...scenario, records: records.with(index, worse) };
    }
    case 3:
      return { ...scenario, request: { ...request, context: spoil(request.context ?? {}) } };
    case 4: {
      const part = chance.pick(['subject', 'resource', 'action'] as const);
      const { properties } = request[part];
      if (properties === undefined) return scenario;
      return {
        ...scenario,
        request: { ...request, [part]: { ...request[part], properties: spoil(properties) } },
      };
    }
    default: {
      if (scenario.risk !== undefined) return { ...scenario, risk: { low: 0, high: 100 } };
      const names = Object.keys(scenario.sources);
      if (names.length === 0) return scenario;
      return { ...scenario, sources: { ...scenario.sources, [chance.pick(names)]: 'failed' } };
    }
  }
}
