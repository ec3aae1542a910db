import { keepRequestsYoung } from '../../src/server/keep-requests-young.ts';
import type { Answered, Instance, Keeping } from '../support/cached-instance.ts';
import { measureCostOfWrites } from '../support/cost-of-writes.ts';
import { measureCostOfWritesServed } from '../support/cost-of-writes-served.ts';
import { median, quantile, spreadOf } from '../support/statistics.ts';
import type { Result, Suite } from '../support/suite.ts';
import { questionOf, type TracedObject, trace } from '../support/trace.ts';
import { BOUND, Freezer, play, warmUp } from '../support/trace-play.ts';
import { type Scene, withScene } from '../support/trace-scene.ts';

type Size = 'full' | 'quick';

/** Users; each has ten generations. */
const USERS = { full: 10_000, quick: 500 };
/** Each object is asked for once by its owner before anything counts, at one of the instances. */
const WARMED = { full: 100_000, quick: 5_000 };
const EVENTS = { full: 40_000, quick: 1_000 };
/** Reads a second, and for how long, where it is measured how long they take. */
const RATE = 1_000;
const SECONDS = { full: 5, quick: 1 };
/** So many reads of a level at least, or nothing is said of them. */
const ENOUGH = 50;
const CHANGES = { full: 100, quick: 5 };
/** Rounds of plays with and without writes, of so many questions for each instance. */
const ROUNDS = { full: 20, quick: 1 };
const ROUND_QUESTIONS = { full: 5_000, quick: 500 };
/** The same over HTTP. */
const SERVED_ROUNDS = { full: 6, quick: 1 };
const SERVED_QUESTIONS = { full: 2_000, quick: 300 };
const KINDS: readonly Keeping[] = ['none', 'ttl', 'l1', 'l1+l2', 'l1+l2+l3'];

export const cacheTrace: Suite = {
  name: 'cache-trace',
  summary: 'a made-up day of reads and writes, by what is kept where: round trips, times, stale permits',
  async run({ quick, say }) {
    keepRequestsYoung();
    const size = quick ? 'quick' : 'full';
    say(`making ${USERS[size] * 10} generations`);
    return withScene(USERS[size], async (scene) => {
      const results: Result[] = [];
      for (const keeping of KINDS) {
        say(`the trace, keeping ${keeping}`);
        results.push(...(await measureTrace(scene, size, keeping, WARMED[size])));
        await scene.emptyRedis();
      }
      say('the same, where only the hotter half of the objects was asked for before');
      results.push(...(await measureTrace(scene, size, 'l1+l2', WARMED[size] / 2, '/half-warm')));
      await scene.emptyRedis();
      say('times of reads by level');
      results.push(...(await measureLevels(scene, size, say)));
      say('changes seen by another instance');
      results.push(...(await measureChanges(scene, size)));
      await scene.emptyRedis();
      say('what writes cost');
      const plays = { rounds: ROUNDS[size], questions: ROUND_QUESTIONS[size], warmed: WARMED[size] };
      results.push(...(await measureCostOfWrites(scene, plays, say)));
      await scene.emptyRedis();
      say('what writes cost those who ask over HTTP');
      const served = {
        rounds: SERVED_ROUNDS[size],
        questions: SERVED_QUESTIONS[size],
        warmed: WARMED[size],
      };
      results.push(...(await measureCostOfWritesServed(scene, served, say)));
      return results;
    });
  },
};

async function measureTrace(
  scene: Scene,
  size: Size,
  keeping: Keeping,
  warmed: number,
  variant = '',
): Promise<readonly Result[]> {
  const { population } = scene;
  const instances = [await scene.start(keeping), await scene.start(keeping)];
  const freezer = new Freezer(scene);
  try {
    if (keeping !== 'none') await warmUp(scene, instances, warmed);
    const before = missesOf(instances);
    const events = trace(population, 1);
    const { reads, milliseconds, bySource, stale, staleBeyond } = await play(
      instances,
      events,
      EVENTS[size],
      freezer,
    );
    const share = (...sources: readonly Answered['source'][]): number =>
      (100 * sources.reduce((sum, source) => sum + (bySource.get(source) ?? 0), 0)) / reads;
    const name = `cache-trace/${keeping}${variant}`;
    const isOurs = keeping.startsWith('l1');
    return [
      {
        name: `${name}/without-round-trip`,
        value: share('l1-hit', 'l2-hit', 'request'),
        unit: '%',
        ...(keeping.includes('l2') && variant === '' && { target: { atLeast: 95 } }),
        note: isOurs
          ? `by facts: ${share('l1-hit').toFixed(1)}% of the process, ${share('l2-hit').toFixed(1)}% of Redis, ${share('l3-hit').toFixed(1)}% of the table; verdicts are not kept`
          : keeping === 'ttl'
            ? 'whole answers, kept for a minute'
            : 'nothing is kept',
      },
      ...[...missesOf(instances)].flatMap(([reason, count]): readonly Result[] => {
        const value = (100 * (count - (before.get(reason) ?? 0))) / reads;
        return value === 0 ? [] : [{ name: `${name}/loaded/${reason}`, value, unit: '%' }];
      }),
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

/** How often facts had to be loaded, by why kept ones did not serve. */
function missesOf(instances: readonly Instance[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { cache } of instances)
    for (const [reason, count] of Object.entries(cache?.status().counts.misses ?? {}))
      sums.set(reason, (sums.get(reason) ?? 0) + count);
  return sums;
}

/** How long reads take at 1,000 a second whose facts are in one level. */
async function measureLevels(
  scene: Scene,
  size: Size,
  say: (text: string) => void,
): Promise<readonly Result[]> {
  const { population } = scene;
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

/** How soon another instance answers by what was written. */
async function measureChanges(scene: Scene, size: Size): Promise<readonly Result[]> {
  const { population } = scene;
  const [one, two] = [await scene.start('l1+l2'), await scene.start('l1+l2')] as const;
  const freezer = new Freezer(scene);
  try {
    await warmUp(scene, [one, two], WARMED[size]);
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
