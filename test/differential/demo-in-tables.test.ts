import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { type FactView, NO_FACTS } from '../../src/engine/decide/facts.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { createDatabaseFactStore } from '../../src/server/facts/database-fact-store.ts';
import { decodeFacts } from '../../src/server/facts/decode-facts.ts';
import { FactFindings, type FactLine } from '../../src/server/facts/fact-line.ts';
import { readFactLines } from '../../src/server/facts/read-fact-lines.ts';
import type { FactQuestion, FactStore } from '../../src/server/ports.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { DemoQuestions } from '../support/demo-questions.ts';
import { FactTables } from '../support/fact-tables.ts';
import { saltedChance } from '../support/generate-chance.ts';
import { PLAIN_SEED } from '../support/laws.ts';
import { ROOT } from '../support/project-files.ts';
import { loadReferenceBundle } from '../support/reference-bundle.ts';
import { circumstancesOf, type Scenario } from '../support/scenario.ts';
import { sorted } from '../support/storable-facts.ts';

const QUESTIONS = 2_000;
const BATCH = 40;
/** Of each kind of denial so many are explained with what would permit. */
const SEARCHED = 20;
const EXPLAINED = { changes: false } as const;

onEveryDatabase('the facts of the demo in tables', function (current) {
  let bundle: CheckedBundle;
  let engine: Engine;
  let lines: readonly FactLine[];
  let facts: FactView;
  let store: FactStore;

  before(async () => {
    ({ bundle } = loadReferenceBundle());
    engine = createEngine(bundle);
    const findings = new FactFindings();
    lines = (await readFactLines(join(ROOT, 'demo/facts.jsonl'), findings)).map((line) => ({
      ...line,
      attributes: Object.fromEntries(
        Object.entries(line.attributes).map(([name, value]) => [
          name,
          name === 'teams' || name === 'attached' ? sorted(value as object) : value,
        ]),
      ),
    }));
    facts = decodeFacts(lines, bundle, findings);
    const records = lines.map(({ type, id, attributes }) => ({ type, id: String(id), attributes }));
    const tables = new FactTables(bundle, 'typed');
    await current().transaction('write', (session) => tables.write(session, records));
    store = createDatabaseFactStore({ database: current(), log: pino({ level: 'error' }) });
  });

  const scenarios = (seed: number) => {
    const questions = new DemoQuestions(bundle, lines);
    const chance = saltedChance(seed);
    return Array.from({ length: QUESTIONS }, () => questions.generate(chance));
  };

  const askedOf = (scenario: Scenario) => ({
    request: engine.prepare(scenario.request),
    circumstances: circumstancesOf(scenario),
  });

  it('mean the same as in memory, one question at a time', async () => {
    const codes = new Map<string, number>();
    for (const scenario of scenarios(PLAIN_SEED)) {
      const request = engine.prepare(scenario.request);
      const circumstances = circumstancesOf(scenario);
      if (request.triple === undefined) continue;
      const loaded = await store.load(request, request.triple, bundle);
      const verdict = engine.decide(request, loaded, circumstances);
      expect(verdict, JSON.stringify(scenario)).to.deep.equal(engine.decide(request, facts, circumstances));
      expect(engine.explain(request, loaded, circumstances, EXPLAINED)).to.deep.equal(
        engine.explain(request, facts, circumstances, EXPLAINED),
      );
      codes.set(verdict.code, (codes.get(verdict.code) ?? 0) + 1);
      // What would permit is looked for among what was loaded, so that less may be found.
      if (!verdict.permitted && (codes.get(verdict.code) ?? 0) <= SEARCHED)
        expect(engine.explain(request, loaded, circumstances).verdict).to.deep.equal(verdict);
    }
    console.log(`      ${JSON.stringify(Object.fromEntries(codes))}`);
    expect(codes.get('permitted') ?? 0).to.be.above(QUESTIONS / 20);
    expect(codes.get('unknown_resource') ?? 0).to.be.above(0);
    expect(codes.get('facts_unavailable') ?? 0).to.equal(0);
  });

  it('mean the same as in memory, many questions at a time', async () => {
    const all = scenarios(PLAIN_SEED + 1);
    let permits = 0;
    for (let start = 0; start < all.length; start += BATCH) {
      const asked = all.slice(start, start + BATCH).map(askedOf);
      const questions = asked.flatMap(({ request }): FactQuestion[] =>
        request.triple === undefined ? [] : [{ request, triple: request.triple }],
      );
      const loaded = await store.loadAll(questions, bundle);
      const each = loaded.values();
      for (const { request, circumstances } of asked) {
        const known = request.triple === undefined ? NO_FACTS : (each.next().value ?? NO_FACTS);
        const verdict = engine.decide(request, known, circumstances);
        expect(verdict).to.deep.equal(engine.decide(request, facts, circumstances));
        if (verdict.permitted) permits += 1;
      }
    }
    expect(permits).to.be.above(QUESTIONS / 20);
  });
});
