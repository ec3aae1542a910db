import fc from 'fast-check';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import type { Verdict } from '../../src/engine/decide/types.ts';
import { BothEvaluators, type Question } from './decide-both.ts';
import { type BundleTree, bundleText, generateBundle } from './generate-bundle.ts';
import { Chance, saltedChance } from './generate-chance.ts';
import { generateScenario } from './generate-scenario.ts';
import { smallerTrees, type Tree } from './generate-tree.ts';
import type { Scenario, ScenarioRecord } from './scenario.ts';

interface CaseParts {
  readonly tree: BundleTree;
  /** Forbids that the bundle does not hold and could. */
  readonly addableForbids: readonly Tree[];
  readonly bundle: CheckedBundle;
  readonly scenarios: readonly Scenario[];
  /** From what a law draws choices of its own, so that they are the same when it is tried again. */
  readonly salt: number;
}

/** A bundle and questions to it. What several laws ask of it is found out once. */
export class GeneratedCase implements CaseParts {
  readonly tree: BundleTree;
  readonly addableForbids: readonly Tree[];
  readonly bundle: CheckedBundle;
  readonly scenarios: readonly Scenario[];
  readonly salt: number;
  #both: BothEvaluators | undefined;
  #asked: readonly Asked[] | undefined;

  constructor({ tree, addableForbids, bundle, scenarios, salt }: CaseParts) {
    this.tree = tree;
    this.addableForbids = addableForbids;
    this.bundle = bundle;
    this.scenarios = scenarios;
    this.salt = salt;
  }

  with(change: Partial<CaseParts>): GeneratedCase {
    const { tree, addableForbids, bundle, scenarios, salt } = this;
    return new GeneratedCase({ tree, addableForbids, bundle, scenarios, salt, ...change });
  }

  /** The bundle in both evaluators. */
  get both(): BothEvaluators {
    this.#both ??= new BothEvaluators(this.bundle);
    return this.#both;
  }

  /** Each question, with the engine's verdict. */
  get asked(): readonly Asked[] {
    this.#asked ??= this.scenarios.map((scenario) => {
      const question = this.both.question(scenario);
      return { scenario, question, verdict: this.both.compiled(question) };
    });
    return this.#asked;
  }

  /** Choices that the salt fixes: the same for every caller. */
  chance(): Chance {
    return saltedChance(this.salt);
  }

  /** The files, as they would stand in a folder, and the questions as JSON. */
  [fc.toStringMethod](): string {
    const files = bundleText(this.tree).map(({ path, text }) => `--- ${path}\n${text}`);
    const questions = this.scenarios.map((one) => JSON.stringify(one, undefined, 1));
    return `\n${files.join('\n')}\n--- questions\n${questions.join('\n')}\n`;
  }
}

/** Parses and checks the files; the findings that stop it, as text, if there are any. */
export function load(
  files: readonly { readonly path: string; readonly text: string }[],
): CheckedBundle | string {
  const { bundle, diagnostics } = loadBundle(files.map(({ path, text }) => new SourceText(path, text)));
  if (bundle !== undefined) return bundle;
  return diagnostics
    .filter((one) => one.severity === 'error')
    .map(({ code, message, span }) => {
      const { line } = span.source.positionAt(span.start);
      return `${span.source.path}:${line}: ${code} ${message}\n    ${span.source.lineAt(line)}`;
    })
    .join('\n');
}

/** The bundle of files that check. */
export function loaded(files: readonly { readonly path: string; readonly text: string }[]): CheckedBundle {
  const bundle = load(files);
  if (typeof bundle === 'string') throw new Error(bundle);
  return bundle;
}

/** A question to a bundle, and the verdict. */
export interface Asked {
  readonly scenario: Scenario;
  readonly question: Question;
  readonly verdict: Verdict;
}

/** Bundles that check, each with `count` questions. */
export function generatedCases(count: number): fc.Arbitrary<GeneratedCase> {
  return new CaseArbitrary(count);
}

class CaseArbitrary extends fc.Arbitrary<GeneratedCase> {
  readonly #count: number;

  constructor(count: number) {
    super();
    this.#count = count;
  }

  override generate(random: fc.Random): fc.Value<GeneratedCase> {
    const chance = new Chance(random);
    const { files: tree, addableForbids } = generateBundle(chance);
    const files = bundleText(tree);
    const bundle = load(files);
    if (typeof bundle === 'string') {
      const text = files.map((file) => `--- ${file.path}\n${file.text}`).join('\n');
      throw new Error(`a generated bundle must check without errors:\n${bundle}\n${text}`);
    }
    const scenarios = Array.from({ length: this.#count }, () => generateScenario(chance, bundle));
    const salt = chance.integer(1, 2 ** 31 - 1);
    return new fc.Value(new GeneratedCase({ tree, addableForbids, bundle, scenarios, salt }), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is GeneratedCase {
    return value instanceof GeneratedCase;
  }

  /** `from` is where the last saving was found: what comes before it was tried in vain, so it comes last now. */
  override shrink(value: GeneratedCase, from: unknown): fc.Stream<fc.Value<GeneratedCase>> {
    const start = typeof from === 'number' ? from : 0;
    const attempts = [...smallerCases(value)].map((make, index) => ({ make, index }));
    const ordered = [...attempts.slice(start), ...attempts.slice(0, start)];
    function* candidates(): Generator<fc.Value<GeneratedCase>> {
      for (const { make, index } of ordered) {
        const smaller = make();
        if (smaller !== undefined) yield new fc.Value(smaller, index);
      }
    }
    return fc.stream(candidates());
  }
}

/** Makes a smaller case; undefined if what remains does not check. */
type Attempt = () => GeneratedCase | undefined;

/** One question alone, then less of the bundle, then less of the question. */
function* smallerCases(one: GeneratedCase): Generator<Attempt> {
  if (one.scenarios.length > 1) {
    for (const scenario of one.scenarios) yield () => one.with({ scenarios: [scenario] });
    return;
  }
  for (const [path, tree] of one.tree) {
    if (path !== 'schema.velro') {
      const rest = new Map(one.tree);
      rest.delete(path);
      yield () => checked(one, rest);
    }
    for (const smaller of smallerTrees(tree)) yield () => checked(one, new Map(one.tree).set(path, smaller));
  }
  const [scenario] = one.scenarios;
  if (scenario === undefined) return;
  for (const smaller of smallerScenarios(scenario)) yield () => one.with({ scenarios: [smaller] });
}

function checked(one: GeneratedCase, tree: BundleTree): GeneratedCase | undefined {
  const bundle = load(bundleText(tree));
  return typeof bundle === 'string' ? undefined : one.with({ tree, bundle });
}

function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const key of ['modes', 'overrides', 'exhausted'] as const) {
    if (scenario[key].length > 0) yield { ...scenario, [key]: [] };
  }
  if (Object.keys(scenario.sources).length > 0) yield { ...scenario, sources: {} };
  if (scenario.risk !== undefined) {
    const { risk: _risk, ...rest } = scenario;
    yield rest;
  }
  for (const [index, record] of scenario.records.entries()) {
    yield { ...scenario, records: scenario.records.toSpliced(index, 1) };
    for (const name of Object.keys(record.attributes)) {
      const attributes = Object.fromEntries(
        Object.entries(record.attributes).filter(([one]) => one !== name),
      );
      const smaller: ScenarioRecord = { ...record, attributes };
      yield { ...scenario, records: scenario.records.with(index, smaller) };
    }
  }
  const { request } = scenario;
  for (const part of ['subject', 'resource', 'action'] as const) {
    const { properties, ...rest } = request[part];
    if (properties === undefined) continue;
    yield { ...scenario, request: { ...request, [part]: rest } };
    for (const name of Object.keys(properties)) {
      const fewer = Object.fromEntries(Object.entries(properties).filter(([one]) => one !== name));
      yield { ...scenario, request: { ...request, [part]: { ...rest, properties: fewer } } };
    }
  }
  for (const name of Object.keys(request.context ?? {})) {
    const context = Object.fromEntries(Object.entries(request.context ?? {}).filter(([one]) => one !== name));
    yield { ...scenario, request: { ...request, context } };
  }
}
