import { pino } from 'pino';
import type { Triple } from '../../src/dsl/check/bundle.ts';
import { encode } from '../../src/dsl/types/encode.ts';
import { parseTime } from '../../src/dsl/types/parse-time.ts';
import { Reference, ValueMap } from '../../src/dsl/types/values.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import type { PreparedRequest } from '../../src/engine/decide/types.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createDatabaseFactStore } from '../../src/server/facts/database-fact-store.ts';
import type { Database } from '../../src/server/store/database.ts';
import { seedDomain } from '../../src/server/store/seed/seed-domain.ts';
import { openPostgres } from '../../test/support/databases.ts';
import { createTestDatabase } from '../../test/support/postgres-database.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';
import { loadReferenceBundle } from '../../test/support/reference-bundle.ts';
import { FACT_STATEMENTS_BY_HAND, type FactStatementByHand } from '../by-hand/fact-statements.ts';
import { median, spreadOf } from '../support/statistics.ts';
import type { BenchOptions, Result, Suite } from '../support/suite.ts';

/** So many rounds are measured; in each every candidate loads so many facts, one after the other. */
const ROUNDS = { full: 301, quick: 3 };
const LOADS = { full: 20, quick: 20 };
const WARM_UP = { full: 1_000, quick: 50 };
/** Users; each has ten generations. */
const SMALL = 1_000;
const LARGE = { full: 50_000, quick: 2_000 };
const TABLES: Readonly<Record<string, string>> = {
  generation: 'generations',
  media: 'media',
  project: 'projects',
};

export const facts: Suite = {
  name: 'facts',
  summary: 'the facts of a decision from PostgreSQL, beside statements written by hand, and from more rows',
  async run(options) {
    const { quick, say } = options;
    const { bundle } = loadReferenceBundle();
    const server = await startPostgres({ settings: { shared_buffers: '256MB', max_connections: 300 } });
    const opened: Database[] = [];
    const open = async (users: number): Promise<Database> => {
      say(`making ${users * 10} generations`);
      const database = await openPostgres((await createTestDatabase(server)).url);
      opened.push(database);
      await seedDomain(database, { users, seed: 1, onProgress: () => {} });
      await database.session('admin', (session) => session.run('vacuum analyze'));
      return database;
    };
    try {
      const small = await open(SMALL);
      const large = await open(LARGE[quick ? 'quick' : 'full']);
      const results: Result[] = [];
      for (const byHand of FACT_STATEMENTS_BY_HAND) {
        const { action, resource } = byHand;
        const triple = bundle.triples.find((one) => one.action === action && one.resource === resource);
        if (triple === undefined) throw new Error(`no ${action} on ${resource} in the bundle`);
        const name = `facts/${action}-${resource}`;
        say(name);
        const here = await createScene(small, triple, bundle);
        const there = await createScene(large, triple, bundle);
        await sameFacts(here, byHand, bundle);
        const [made, written] = await inTurns([here.load, here.byHand(byHand)], options);
        results.push(
          inMicroseconds(name, made),
          inMicroseconds(`${name}/by-hand`, written),
          ratio(
            `${name}/times-by-hand`,
            made,
            written,
            1.2,
            'loading and decoding, beside the rows of the statement by hand',
          ),
        );
        const [few, many] = await inTurns([here.load, there.load], options);
        results.push(
          ratio(
            `${name}/more-rows`,
            many,
            few,
            1.3,
            `${LARGE[quick ? 'quick' : 'full'] * 10} generations beside ${SMALL * 10}`,
          ),
        );
      }
      return results;
    } finally {
      for (const database of opened) await database.close();
      await server.stop();
    }
  },
};

/** Questions of one kind about rows of a database, asked in turn. */
interface Scene {
  readonly load: () => Promise<FactView>;
  readonly byHand: (statement: FactStatementByHand) => () => Promise<readonly object[]>;
  readonly requests: readonly PreparedRequest[];
  readonly factsOf: (request: PreparedRequest) => Promise<FactView>;
  readonly rowsOf: (statement: FactStatementByHand, request: PreparedRequest) => Promise<readonly object[]>;
}

type Bundle = ReturnType<typeof loadReferenceBundle>['bundle'];

async function createScene(database: Database, triple: Triple, bundle: Bundle): Promise<Scene> {
  const engine = createEngine(bundle);
  const store = createDatabaseFactStore({ database, log: pino({ level: 'silent' }) });
  const table = TABLES[triple.resource] ?? '';
  const idsOf = async (of: string): Promise<readonly string[]> => {
    const { rows } = await database.query('analytics', {
      text: `select id from ${of} order by md5(id::text) limit 997`,
    });
    return rows.map(({ id }) => id as string);
  };
  const [users, things] = [await idsOf('users'), await idsOf(table)];
  const requests = things.map((id, index) =>
    engine.prepare({
      subject: { type: 'user', id: users[(index * 31) % users.length] ?? '' },
      action: { name: triple.action },
      resource: { type: triple.resource, id },
      context: {},
    }),
  );
  let next = 0;
  const another = (): PreparedRequest => {
    next = (next + 1) % requests.length;
    return requests[next] as PreparedRequest;
  };
  const factsOf: Scene['factsOf'] = async (request) => store.load(request, triple, bundle);
  const rowsOf: Scene['rowsOf'] = async ({ text, action, resource }, request) => {
    const values = [request.subject.id, request.resource.id];
    return (await database.query('read', { name: `${action}_${resource}`, text, values })).rows;
  };
  return {
    requests,
    factsOf,
    rowsOf,
    load: () => factsOf(another()),
    byHand: (statement) => () => rowsOf(statement, another()),
  };
}

/** Throws unless every value that the statement by hand finds is among the facts that were loaded. */
async function sameFacts(scene: Scene, statement: FactStatementByHand, bundle: Bundle): Promise<void> {
  for (const request of scene.requests.slice(0, 200)) {
    const [row] = await scene.rowsOf(statement, request);
    const known = new Set<string>();
    const loaded = await scene.factsOf(request);
    addRecord(known, loaded, request.subject, bundle);
    addRecord(known, loaded, request.resource, bundle);
    const unknown = scalarsOf(row).filter((value) => !known.has(value));
    if (row === undefined || unknown.length > 0)
      throw new Error(`not among the facts of ${request.resource.key}: ${unknown.join(', ')}`);
  }
}

/** Adds all values of a record, and of those that it refers to. */
function addRecord(known: Set<string>, view: FactView, { type, id, key }: Reference, bundle: Bundle): void {
  const attributes = view.record(type, id)?.attributes;
  if (attributes === undefined || known.has(key)) return;
  known.add(key).add(id);
  for (const attribute of bundle.entities.get(type)?.attributes.values() ?? []) {
    const value = attributes[attribute.name];
    for (const one of scalarsOf(encode(value, attribute.type, bundle))) known.add(one);
    const references = value instanceof ValueMap ? [...value.keys.values()] : [value];
    for (const one of references) if (one instanceof Reference) addRecord(known, view, one, bundle);
  }
}

/** The scalars that JSON holds, and the keys of its objects that are ids, as text. */
function scalarsOf(json: unknown): string[] {
  if (json === null || json === undefined || typeof json === 'boolean') return [];
  if (typeof json === 'string') return [String(parseTime(json) ?? json)];
  if (typeof json !== 'object') return [JSON.stringify(json)];
  return Object.entries(json).flatMap(([key, value]) => [
    ...(key.length === 36 ? [key] : []),
    ...scalarsOf(value),
  ]);
}

/** Microseconds a load of each candidate, round after round. */
async function inTurns(
  candidates: readonly (() => Promise<unknown>)[],
  { quick }: BenchOptions,
): Promise<readonly [readonly number[], readonly number[]]> {
  const kind = quick ? 'quick' : 'full';
  for (const run of candidates) for (let count = 0; count < WARM_UP[kind]; count += 1) await run();
  const samples = candidates.map((): number[] => []);
  for (let round = 0; round < ROUNDS[kind]; round += 1) {
    for (let turn = 0; turn < candidates.length; turn += 1) {
      const index = (turn + round) % candidates.length;
      const run = candidates[index] as () => Promise<unknown>;
      const before = performance.now();
      for (let count = 0; count < LOADS[kind]; count += 1) await run();
      samples[index]?.push(((performance.now() - before) * 1_000) / LOADS[kind]);
    }
  }
  return [samples[0] ?? [], samples[1] ?? []];
}

function inMicroseconds(name: string, samples: readonly number[]): Result {
  return { name, value: median(samples), unit: 'µs', spread: spreadOf(samples) };
}

function ratio(
  name: string,
  one: readonly number[],
  other: readonly number[],
  atMost: number,
  note: string,
): Result {
  const ratios = one.map((sample, round) => sample / (other[round] ?? Number.NaN));
  return { name, value: median(ratios), unit: '×', spread: spreadOf(ratios), target: { atMost }, note };
}
