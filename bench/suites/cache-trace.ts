import { setTimeout as delay } from 'node:timers/promises';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { Database } from '../../src/server/store/database.ts';
import { installWatches } from '../../src/server/store/schema/install-watches.ts';
import { seedDomain } from '../../src/server/store/seed/seed-domain.ts';
import { openPostgres } from '../../test/support/databases.ts';
import { createTestDatabase } from '../../test/support/postgres-database.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';
import { startRedis } from '../../test/support/redis-server.ts';
import { loadReferenceBundle } from '../../test/support/reference-bundle.ts';
import { type Answered, type Instance, type Keeping, startInstance } from '../support/cached-instance.ts';
import { median, quantile, spreadOf } from '../support/statistics.ts';
import type { Result, Suite } from '../support/suite.ts';
import { questionOf, readPopulation, type TracedObject, trace } from '../support/trace.ts';

/** Users; each has ten generations. */
const USERS = { full: 10_000, quick: 500 };
/** The hottest objects, of which the owner asks once before anything counts, at one of the instances. */
const WARMED = { full: 70_000, quick: 1_000 };
const EVENTS = { full: 40_000, quick: 1_000 };
/** So many questions are under way at once. */
const AT_ONCE = 16;
/** Reads a second, and for how long, where it is measured how long they take. */
const RATE = 1_000;
const SECONDS = { full: 5, quick: 1 };
/** So many reads of a level at least, or nothing is said of them. */
const ENOUGH = 50;
const CHANGES = { full: 100, quick: 5 };
/** Rounds of so many events with and without writes. */
const ROUNDS = { full: 10, quick: 1 };
const ROUND_EVENTS = { full: 20_000, quick: 500 };
const KINDS: readonly Keeping[] = ['none', 'ttl', 'l1', 'l1+l2', 'l1+l2+l3'];
/** What was revoked so many milliseconds ago is never permitted. */
const BOUND = 1_000;

interface Scene {
  readonly bundle: CheckedBundle;
  readonly database: Database;
  readonly population: Awaited<ReturnType<typeof readPopulation>>;
  /** Whose objects nobody may read. */
  readonly suspended: string;
  readonly size: 'full' | 'quick';
  start(keeping: Keeping): Promise<Instance>;
}

export const cacheTrace: Suite = {
  name: 'cache-trace',
  summary: 'a made-up day of reads and writes, by what is kept where: round trips, times, stale permits',
  async run({ quick, say }) {
    const size = quick ? 'quick' : 'full';
    const { bundle } = loadReferenceBundle();
    const postgres = await startPostgres({ settings: { shared_buffers: '256MB', max_connections: 300 } });
    const redis = await startRedis();
    let database: Database | undefined;
    try {
      const { url } = await createTestDatabase(postgres);
      database = await openPostgres(url, { VELRO_DATABASE_CONNECTIONS: '30' });
      say(`making ${USERS[size] * 10} generations`);
      await seedDomain(database, { users: USERS[size], seed: 1, onProgress: () => {} });
      await installWatches(database, bundle);
      const found = await database.query('analytics', {
        text: `select id from users where status = 'suspended' order by id limit 1`,
      });
      const scene: Scene = {
        bundle,
        database,
        population: await readPopulation(database),
        suspended: String(found.rows[0]?.['id']),
        size,
        start: (keeping) => startInstance(keeping, { url, redisUrl: redis.url, bundle }),
      };
      const results: Result[] = [];
      for (const keeping of KINDS) {
        say(`the trace, keeping ${keeping}`);
        results.push(...(await measureTrace(scene, keeping)));
        await redis.run('flushall');
      }
      say('times of reads by level');
      results.push(...(await measureLevels(scene, say)));
      say('changes seen by another instance, and what writes cost');
      results.push(...(await measureChanges(scene)));
      return results;
    } finally {
      await database?.close();
      await redis.stop();
      await postgres.stop();
    }
  },
};

/** Gives an object to somebody suspended, so that nobody may read it, or back to its owner. */
class Freezer {
  readonly #scene: Scene;
  /** When it was known to be frozen. */
  readonly #frozen = new Map<string, number>();
  readonly #busy = new Set<string>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  async toggle({ id, owner }: TracedObject): Promise<void> {
    const { database, suspended } = this.#scene;
    // Of two writes at once nobody could say which was the last.
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    const freezes = !this.#frozen.has(id);
    this.#frozen.delete(id);
    await database.query('write', {
      name: 'freeze',
      text: 'update generations set owner_id = $2 where id = $1',
      values: [id, freezes ? suspended : owner],
    });
    if (freezes) this.#frozen.set(id, performance.now());
    this.#busy.delete(id);
  }

  /** How long it has been so for certain, in milliseconds; undefined while it may not be. */
  since({ id }: TracedObject): number | undefined {
    const at = this.#frozen.get(id);
    return at === undefined ? undefined : performance.now() - at;
  }

  async thawAll(objects: readonly TracedObject[]): Promise<void> {
    for (const object of objects) if (this.#frozen.has(object.id)) await this.toggle(object);
  }
}

interface Played {
  readonly reads: number;
  readonly milliseconds: number;
  readonly bySource: ReadonlyMap<Answered['source'], number>;
  /** Permits of what nobody might read any more when it was asked, and those a second after. */
  readonly stale: number;
  readonly staleBeyond: number;
}

/** Lets a part of the trace happen, its questions asked of one instance after the other. */
async function play(
  instances: readonly Instance[],
  events: ReturnType<typeof trace>,
  count: number,
  freezer: Freezer,
): Promise<Played> {
  const bySource = new Map<Answered['source'], number>();
  let [stale, staleBeyond, reads, done] = [0, 0, 0, 0];
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (done < count) {
      done += 1;
      const event = events.next().value;
      if (event.kind === 'write') {
        await freezer.toggle(event.object);
        continue;
      }
      const instance = instances[done % instances.length] as Instance;
      const frozenFor = freezer.since(event.object);
      const asked = instance.ask(questionOf(event.subject, event.object));
      const answered = asked instanceof Promise ? await asked : asked;
      reads += 1;
      bySource.set(answered?.source, (bySource.get(answered?.source) ?? 0) + 1);
      // Somebody may have given it back meanwhile.
      const isStill = (freezer.since(event.object) ?? -1) >= (frozenFor ?? Infinity);
      if (answered?.permitted === true && frozenFor !== undefined && isStill) {
        stale += 1;
        if (frozenFor > BOUND) staleBeyond += 1;
      }
      // Notifications and beats get their turn, as between requests of a server.
      if (done % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { reads, milliseconds: performance.now() - began, bySource, stale, staleBeyond };
}

/** The hottest objects are asked for once, by their owners, each at one of the instances. */
async function warmUp({ population }: Scene, instances: readonly Instance[], count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const object = population.objects[next] as TracedObject;
      const instance = instances[next % instances.length] as Instance;
      next += 1;
      await instance.ask(questionOf(object.owner, object));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // What is loaded is settled by the next beats, and written to the others.
  await delay(1_000);
}

async function measureTrace(scene: Scene, keeping: Keeping): Promise<readonly Result[]> {
  const { size, population } = scene;
  const instances = [await scene.start(keeping), await scene.start(keeping)];
  const freezer = new Freezer(scene);
  try {
    if (keeping !== 'none') await warmUp(scene, instances, WARMED[size]);
    const events = trace(population, 1);
    const { reads, milliseconds, bySource, stale, staleBeyond } = await play(
      instances,
      events,
      EVENTS[size],
      freezer,
    );
    const share = (...sources: readonly Answered['source'][]): number =>
      (100 * sources.reduce((sum, source) => sum + (bySource.get(source) ?? 0), 0)) / reads;
    const name = `cache-trace/${keeping}`;
    const isOurs = keeping.startsWith('l1');
    return [
      {
        name: `${name}/without-round-trip`,
        value: share('l1-hit', 'l2-hit', 'request'),
        unit: '%',
        ...(keeping.includes('l2') && { target: { atLeast: 95 } }),
        note: isOurs
          ? `by facts: ${share('l1-hit').toFixed(1)}% of the process, ${share('l2-hit').toFixed(1)}% of Redis, ${share('l3-hit').toFixed(1)}% of the table; verdicts are not kept`
          : keeping === 'ttl'
            ? 'whole answers, kept for a minute'
            : 'nothing is kept',
      },
      { name: `${name}/decisions`, value: (1_000 * reads) / milliseconds, unit: 'decisions/s' },
      {
        name: `${name}/stale-permits`,
        value: staleBeyond,
        unit: 'permits',
        ...(isOurs && { target: { atMost: 0 } }),
        note: `a second after they were revoked; ${stale} at any time after, of ${reads} decisions`,
      },
    ];
  } finally {
    await freezer.thawAll(population.objects);
    for (const instance of instances) await instance.close();
  }
}

/** How long reads take at 1,000 a second whose facts are in one level. */
async function measureLevels(scene: Scene, say: (text: string) => void): Promise<readonly Result[]> {
  const { population, size } = scene;
  const count = RATE * SECONDS[size];
  const objects = population.objects.slice(0, Math.min(count, population.objects.length));
  const results: Result[] = [];
  for (const [level, keeping, atMost] of [
    ['l2', 'l1+l2', 20],
    ['l3', 'l1+l3', 100],
  ] as const) {
    const [one, two] = [await scene.start(keeping), await scene.start(keeping)] as const;
    try {
      await warmUp(scene, [one], objects.length);
      // What the one has loaded, the other has not in its process yet.
      results.push(...timesOf(level, await askEvenly(two, objects, count), atMost, two, say));
      if (level === 'l2') results.push(...timesOf('l1', await askEvenly(one, objects, count), 5, one, say));
    } finally {
      await one.close();
      await two.close();
    }
  }
  return results;
}

function timesOf(
  level: 'l1' | 'l2' | 'l3',
  bySource: ReadonlyMap<Answered['source'], readonly number[]>,
  atMost: number,
  { cache }: Instance,
  say: (text: string) => void,
): readonly Result[] {
  const times = bySource.get(`${level}-hit`) ?? [];
  if (times.length < ENOUGH) {
    say(`${level} is left out, it gave ${times.length} reads only: ${JSON.stringify(cache?.status())}`);
    return [];
  }
  return [
    {
      name: `cache-trace/read-p99/${level}`,
      value: quantile(times, 0.99),
      unit: 'ms',
      target: { atMost },
      note: `${times.length} decisions in the process at ${RATE}/s, from when each was due; median ${median(times).toFixed(2)} ms`,
    },
  ];
}

/** Asks at even times, whoever has not been answered yet; milliseconds from when each was due, by source. */
async function askEvenly(
  instance: Instance,
  objects: readonly TracedObject[],
  count: number,
): Promise<Map<Answered['source'], number[]>> {
  const times = new Map<Answered['source'], number[]>();
  const asked: Promise<void>[] = [];
  const began = performance.now();
  const note = (due: number, answered: Answered | undefined): void => {
    const of = times.get(answered?.source) ?? [];
    times.set(answered?.source, of);
    of.push(performance.now() - due);
  };
  for (let next = 0; next < count; ) {
    const due = began + (1_000 * next) / RATE;
    if (performance.now() < due) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const object = objects[next % objects.length] as TracedObject;
    next += 1;
    const answered = instance.ask(questionOf(object.owner, object));
    if (answered instanceof Promise) asked.push(answered.then((one) => note(due, one)));
    else note(due, answered);
  }
  await Promise.all(asked);
  return times;
}

/** How soon another instance answers by what was written, and what a load of writes costs. */
async function measureChanges(scene: Scene): Promise<readonly Result[]> {
  const { population, size } = scene;
  const [one, two] = [await scene.start('l1+l2'), await scene.start('l1+l2')] as const;
  const freezer = new Freezer(scene);
  try {
    await warmUp(scene, [one, two], ROUND_EVENTS[size]);
    const permitted = await permittedAt(two, population.objects, CHANGES[size]);
    const seen: number[] = [];
    for (const object of permitted) {
      await freezer.toggle(object);
      const committed = performance.now();
      const question = questionOf(object.owner, object);
      while ((await two.ask(question))?.permitted === true)
        await new Promise((resolve) => setImmediate(resolve));
      seen.push(performance.now() - committed);
    }
    await freezer.thawAll(permitted);
    const [reading, writing] = [trace(population, 2, 0), trace(population, 2)];
    const costs: number[] = [];
    for (let round = 0; round < ROUNDS[size]; round += 1) {
      // Whoever is first has the colder caches.
      const order = round % 2 === 0 ? [reading, writing] : [writing, reading];
      const rates = new Map<unknown, number>();
      for (const events of order) {
        const { reads, milliseconds } = await play([one, two], events, ROUND_EVENTS[size], freezer);
        rates.set(events, reads / milliseconds);
      }
      costs.push(100 * (1 - (rates.get(writing) ?? 0) / (rates.get(reading) ?? 1)));
    }
    const note = 'from the commit to the first answer by the new fact, of another instance';
    return [
      {
        name: 'cache-trace/change-seen/median',
        value: median(seen),
        unit: 'ms',
        spread: spreadOf(seen),
        target: { atMost: 10 },
        note,
      },
      {
        name: 'cache-trace/change-seen/worst',
        value: Math.max(...seen),
        unit: 'ms',
        target: { atMost: BOUND },
        note: `of ${seen.length}`,
      },
      {
        name: 'cache-trace/cost-of-writes',
        value: median(costs),
        unit: '%',
        spread: spreadOf(costs),
        target: { atMost: 10 },
        note: 'of the decisions a second, where 1% of what happens are writes',
      },
    ];
  } finally {
    await freezer.thawAll(population.objects);
    await one.close();
    await two.close();
  }
}

/** Objects that their owners may read, all of them kept by the instance. */
async function permittedAt(
  instance: Instance,
  objects: readonly TracedObject[],
  count: number,
): Promise<readonly TracedObject[]> {
  const permitted: TracedObject[] = [];
  for (const object of objects) {
    if (permitted.length === count) break;
    const answered = await instance.ask(questionOf(object.owner, object));
    if (answered?.permitted === true) permitted.push(object);
  }
  if (permitted.length === 0) throw new Error('nobody may read anything');
  return permitted;
}
