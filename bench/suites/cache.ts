import { pino } from 'pino';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { FactRecord, FactView } from '../../src/engine/decide/facts.ts';
import type { AccessRequest } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createCachedFactStore } from '../../src/server/cache/cached-fact-store.ts';
import { mergeRecords } from '../../src/server/cache/paired-facts.ts';
import type { DecisionService } from '../../src/server/decide/decision-service.ts';
import {
  createDatabaseFactStore,
  type DatabaseFactStore,
} from '../../src/server/facts/database-fact-store.ts';
import type { LoadedRecord } from '../../src/server/facts/sql/loaded-facts.ts';
import { keepRequestsYoung } from '../../src/server/keep-requests-young.ts';
import type { Clock, FactStore } from '../../src/server/ports.ts';
import type { Database } from '../../src/server/store/database.ts';
import { installWatches } from '../../src/server/store/schema/install-watches.ts';
import { seedDomain } from '../../src/server/store/seed/seed-domain.ts';
import { openPostgres } from '../../test/support/databases.ts';
import { eventually } from '../../test/support/eventually.ts';
import { createTestDatabase } from '../../test/support/postgres-database.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';
import { loadReferenceBundle } from '../../test/support/reference-bundle.ts';
import { serviceOf } from '../support/decision-service.ts';
import { candidate, inMicroseconds, measure, ratio } from '../support/measure.ts';
import type { Result, Suite } from '../support/suite.ts';

const USERS = { full: 2_000, quick: 200 };
/** Questions that are asked in turn. */
const QUESTIONS = { full: 500, quick: 50 };
const MOST_TIMES = 1.5;
const ABOUT = { requestId: 'bench', traceId: undefined, caller: undefined };

export const cache: Suite = {
  name: 'cache',
  summary: 'whole decisions by facts of a PostgreSQL that are kept in the process, beside facts in memory',
  async run({ quick, say }) {
    keepRequestsYoung();
    const { bundle } = loadReferenceBundle();
    const server = await startPostgres({ settings: { shared_buffers: '256MB' } });
    let database: Database | undefined;
    try {
      const users = USERS[quick ? 'quick' : 'full'];
      say(`making ${users * 10} generations`);
      database = await openPostgres((await createTestDatabase(server)).url, {
        VELRO_DATABASE_CONNECTIONS: '60',
      });
      await seedDomain(database, { users, seed: 1, onProgress: () => {} });
      await installWatches(database, bundle);
      return await measureHits(database, bundle, quick);
    } finally {
      await database?.close();
      await server.stop();
    }
  },
};

async function measureHits(
  database: Database,
  bundle: CheckedBundle,
  quick: boolean,
): Promise<readonly Result[]> {
  const log = pino({ level: 'silent' });
  const store = createDatabaseFactStore({ database, log });
  const clock = new StoppableClock();
  const kept = createCachedFactStore({
    store,
    database,
    clock,
    answers: () => true,
    bounds: { entries: 100_000, bytes: 2 ** 28 },
    log,
  });
  await kept.start(bundle);
  const isReady = (): boolean => kept.status().isTrusted && kept.status().watched.length > 0;
  await eventually('kept facts are trusted', isReady);
  const questions = await questionsOf(database, QUESTIONS[quick ? 'quick' : 'full']);
  const memory = await inMemory(questions, store, bundle);
  const [byKept, byMemory] = [kept, memory].map((facts) => serviceOf(bundle, facts, clock)) as [
    DecisionService,
    DecisionService,
  ];
  // What is loaded is settled by the next beats; then everything is a hit.
  let hits = 0;
  await eventually('only hits', async () => {
    const outcomes = await Promise.all(questions.map(async (one) => byKept.decide(one, ABOUT)));
    hits = outcomes.filter((one) => one.ok && one.source === 'l1-hit').length;
    return hits === questions.length;
  });
  // While only decisions run no beat comes between them.
  clock.stop();
  let permits = 0;
  for (const one of questions) {
    const [hit, known] = [byKept.decide(one, ABOUT), byMemory.decide(one, ABOUT)];
    if (hit instanceof Promise || known instanceof Promise || !hit.ok || !known.ok)
      throw new Error('a decision had to wait');
    if (hit.source !== 'l1-hit') throw new Error('a decision was no hit');
    const [a, b] = [hit.answer, known.answer].map(({ decision, context }) => [
      decision,
      context.code,
      context.rule,
    ]);
    if (JSON.stringify(a) !== JSON.stringify(b))
      throw new Error(`${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
    if (hit.answer.decision) permits += 1;
  }
  if (permits < questions.length / 4) throw new Error(`only ${permits} permits`);
  let next = 0;
  const make = (count: number): readonly AccessRequest[] =>
    Array.from({ length: count }, () => {
      next = (next + 1) % questions.length;
      return questions[next] as AccessRequest;
    });
  const [hit, known] = measure(
    [
      candidate('cache/hit', make, (one) => byKept.decide(one, ABOUT)),
      candidate('cache/in-memory', make, (one) => byMemory.decide(one, ABOUT)),
    ],
    { quick },
  );
  if (hit === undefined || known === undefined) throw new Error('nothing was measured');
  await kept.stop();
  const share = `${Math.round((100 * permits) / questions.length)}% permits`;
  return [
    inMicroseconds('cache/hit', hit, undefined, share),
    inMicroseconds('cache/in-memory', known),
    ratio(
      'cache/hit/times-in-memory',
      hit,
      known,
      { atMost: MOST_TIMES },
      'whole decisions but for the audit log, one process',
    ),
  ];
}

/** A clock that can be stopped. */
class StoppableClock implements Clock {
  #stopped: { readonly now: number; readonly monotonic: number } | undefined;

  now(): number {
    const now = Date.now();
    return this.#stopped?.now ?? now;
  }

  monotonic(): number {
    const now = performance.now();
    return this.#stopped?.monotonic ?? now;
  }

  stop(): void {
    this.#stopped = { now: this.now(), monotonic: this.monotonic() };
  }
}

/** Owners, and every third time somebody else, who read their generations. */
async function questionsOf(database: Database, count: number): Promise<readonly AccessRequest[]> {
  const { rows } = await database.query('analytics', {
    text: `select id, owner_id from generations
      order by md5(id::text) limit ${count}`,
  });
  const at = new Date().toISOString();
  return rows.map((row, index): AccessRequest => {
    const subject = rows[index % 3 === 0 ? (index + 1) % rows.length : index]?.['owner_id'];
    return {
      subject: { type: 'user', id: String(subject) },
      action: { name: 'read' },
      resource: { type: 'generation', id: String(row['id']) },
      context: {
        ip: '203.0.113.7',
        tls: true,
        session: { id: 'ade0573e-615c-42c7-b0b6-04abceb72efe', started_at: at, last_active_at: at },
      },
    };
  });
}

/** The facts of all these questions as a server with a file of facts has them. */
async function inMemory(
  questions: readonly AccessRequest[],
  store: DatabaseFactStore,
  bundle: CheckedBundle,
): Promise<FactStore> {
  const engine = createEngine(bundle);
  const types = new Map<string, Map<string, FactRecord & LoadedRecord>>();
  for (const one of questions) {
    const request = engine.prepare(one);
    if (request.triple === undefined) throw new Error('an undeclared question');
    const loaded = await store.loadByRoot({ request, triple: request.triple }, bundle);
    if (loaded === undefined) throw new Error('nothing to load');
    for (const facts of [loaded.facts.subject, loaded.facts.resource])
      for (const { type, id, record } of facts.entries()) {
        if (record === null) continue;
        const records = types.get(type) ?? new Map<string, LoadedRecord>();
        types.set(type, records);
        const before = records.get(id);
        const unread = record.unread.filter((name) => before?.unread.includes(name) ?? true);
        const merged = before === undefined ? record : mergeRecords(before, record);
        records.set(id, { attributes: { ...merged.attributes }, unread });
      }
  }
  const view: FactView = { record: (type, id) => types.get(type)?.get(id) ?? null };
  return { load: () => view, loadAll: (asked) => asked.map(() => view), size: () => undefined };
}
