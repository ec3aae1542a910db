import { expect } from 'chai';
import fc from 'fast-check';
import { pino } from 'pino';
import { createDatabaseFactStore } from '../../src/server/facts/database-fact-store.ts';
import type { Database } from '../../src/server/store/database.ts';
import { openPostgres } from '../support/databases.ts';
import { FactTables } from '../support/fact-tables.ts';
import { generatedCases } from '../support/generated-case.ts';
import { LAW_TIMEOUT, lawSettings } from '../support/laws.ts';
import { postgresDatabase } from '../support/postgres-database.ts';
import { storable } from '../support/storable-facts.ts';

const BUNDLES = 150;
const QUESTIONS = 20;
const EXPLAINED = { changes: false } as const;

describe('facts of generated bundles in tables', function () {
  this.timeout(LAW_TIMEOUT);
  const server = postgresDatabase();
  let database: Database;

  before(async () => {
    database = await openPostgres(server.url);
    await database.close();
    // Whatever a bundle calls its tables, they are found before those of the reference domain.
    await server.run(`alter database ${server.name} set search_path = generated, public`);
    database = await openPostgres(server.url);
  });
  after(() => database.close());

  it('mean the same as facts in memory, in a verdict and its explanation', async () => {
    const { runs, seed } = lawSettings(BUNDLES);
    console.log(`      ${runs} bundles, ${QUESTIONS} questions each, VELRO_SEED=${seed}`);
    const log = pino({ level: 'error' });
    const store = createDatabaseFactStore({ database, log });
    const codes = new Map<string, number>();
    for (const [index, one] of fc.sample(generatedCases(QUESTIONS), { numRuns: runs, seed }).entries()) {
      const tables = new FactTables(one.bundle, index % 2 === 0 ? 'typed' : 'json', 'generated');
      await database.session('write', (session) => session.run(tables.script()));
      for (const scenario of one.scenarios) {
        const kept = storable(scenario, one.bundle, tables);
        await database.transaction('write', (session) => tables.write(session, kept.records));
        const { request, facts, circumstances } = one.both.question(kept);
        const { triple } = request;
        if (triple === undefined) continue;
        try {
          const loaded = await store.load(request, triple, one.bundle);
          const { engine } = one.both;
          const verdict = engine.decide(request, loaded, circumstances);
          expect(verdict).to.deep.equal(engine.decide(request, facts, circumstances));
          const explained = engine.explain(request, loaded, circumstances, EXPLAINED);
          expect(explained).to.deep.equal(engine.explain(request, facts, circumstances, EXPLAINED));
          codes.set(verdict.code, (codes.get(verdict.code) ?? 0) + 1);
        } catch (error) {
          (error as Error).message +=
            `\nbundle ${index}: ${JSON.stringify(kept)}\n${one.with({ scenarios: [kept] })[fc.toStringMethod]()}`;
          throw error;
        }
      }
    }
    console.log(`      ${JSON.stringify(Object.fromEntries(codes))}`);
    for (const code of ['permitted', 'forbidden', 'claim_missing', 'unknown_subject', 'unknown_resource'])
      expect(codes.get(code) ?? 0, code).to.be.above(runs / 10);
    expect(codes.get('facts_unavailable') ?? 0).to.equal(0);
  });
});
