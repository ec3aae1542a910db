import { setTimeout as delay } from 'node:timers/promises';
import type { Statement } from '../../src/server/store/database.ts';
import type { CostOptions } from './cost-of-writes.ts';
import { costsOf, type Play, playRounds, playUntilSteady } from './rounds-of-writes.ts';
import { type ServedInstance, serveInstances } from './served-instance.ts';
import type { Result } from './suite.ts';
import { questionOf, type TracedObject, trace, WRITES } from './trace.ts';
import { Freezer, play } from './trace-play.ts';
import { TraceProcess } from './trace-processes.ts';
import type { Scene } from './trace-scene.ts';

const SERVERS = 2;
const UNWATCHED = 'unwatched_generations';
/** Connections to each server, with one question under way on each. */
const CONNECTIONS = 32;
/** So many are asked for in one batch before anything counts, on so many connections. */
const TOGETHER = 20;
const WARMING_CONNECTIONS = 2;
/** So many times eight plays at most until it is steady. */
const MOST_WARMING = 2;

/**
 * What a load of writes costs a service that asks over HTTP: two servers, whoever asks both as fast as answers come, and whoever writes in a
 * process of its own. The mix of questions and writes and the order of the plays are those of {@link measureCostOfWrites}. Throws where an
 * answer is no 200. For comparison the same writes go to a copy of the table, which has the same indexes and no triggers.
 */
export async function measureCostOfWritesServed(
  scene: Scene,
  { warmed, rounds, questions }: CostOptions,
  say: (text: string) => void,
): Promise<readonly Result[]> {
  const { population, url, redisUrl, suspended, database } = scene;
  await database.session('admin', (session) =>
    session.run(
      `create table ${UNWATCHED} (like generations including all); insert into ${UNWATCHED} select * from generations; analyze ${UNWATCHED}`,
    ),
  );
  const writer = new TraceProcess();
  const servers = await serveInstances(SERVERS, scene);
  try {
    await writer.tell('start', { url, redisUrl, suspended, role: 'writer', seed: 1 });
    const { instances } = servers;
    const objects = population.objects.slice(0, warmed).toReversed();
    await Promise.all(
      instances.map((one, at) =>
        warm(
          one,
          objects.filter((_, index) => index % SERVERS === at),
        ),
      ),
    );

    // It knows here what is frozen, and so what may not be permitted.
    const writing = {
      database: { query: (_: unknown, statement: Statement) => writer.tell('query', statement) },
      suspended,
    };
    const freezer = new Freezer(writing);
    const unwatched = new Freezer({ ...writing, table: UNWATCHED });
    const traces = instances.map((_, at) => ({
      calm: trace(population, 2 + at, 0),
      written: trace(population, 12 + at, WRITES),
    }));
    let [reads, permits, stale, staleBeyond] = [0, 0, 0, 0];
    const playServed = async (writes: boolean, target = freezer): Promise<Play> => {
      const under: Promise<void>[] = [];
      let written = 0;
      const events = {
        // Nobody who asks waits for whoever writes.
        async toggle(object: TracedObject) {
          written += 1;
          under.push(target.toggle(object));
        },
        since: (object: TracedObject) => freezer.since(object),
      };
      const before = processorOf(instances);
      const played = await Promise.all(
        instances.map((one, at) => {
          const asked = { ask: one.ask };
          const { calm, written: mixed } = traces[at] as (typeof traces)[number];
          return play([asked], writes ? mixed : calm, questions, events, CONNECTIONS);
        }),
      );
      const processor = 1e6 * (processorOf(instances) - before);
      await Promise.all(under);
      const sum = (of: (one: (typeof played)[number]) => number): number =>
        played.reduce((all, one) => all + of(one), 0);
      reads += sum((one) => one.reads);
      permits += sum((one) => one.permits);
      stale += sum((one) => one.stale);
      staleBeyond += sum((one) => one.staleBeyond);
      return {
        rate: sum((one) => one.reads / one.milliseconds),
        hits: sum((one) => one.bySource.get('l1-hit') ?? 0) / sum((one) => one.reads),
        processor,
        written,
      };
    };
    const share = await playUntilSteady(playServed, MOST_WARMING);
    say(`${(100 * share).toFixed(1)}% by facts of the process, before anything counts`);
    const costs = costsOf(
      'cache-trace/cost-of-writes-served',
      await playRounds(rounds, playServed, () => playServed(true, unwatched)),
      'servers',
    );
    await freezer.thawAll(population.objects);
    return [
      ...costs,
      {
        name: 'cache-trace/cost-of-writes-served/stale-permits',
        value: staleBeyond,
        unit: 'permits',
        target: { atMost: 0 },
        note: `a second after they were revoked; ${stale} at any time after, of ${reads} answers, ${((100 * permits) / reads).toFixed(1)}% of them permits, and all of them 200`,
      },
    ];
  } finally {
    await Promise.all([writer.stop(), servers.stop()]);
  }
}

function processorOf(instances: readonly ServedInstance[]): number {
  return instances.reduce((sum, one) => sum + one.processor(), 0);
}

/** Each of these objects is asked for once by its owner. */
async function warm(instance: ServedInstance, objects: readonly TracedObject[]): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < objects.length) {
      const batch = objects.slice(next, (next += TOGETHER));
      await instance.askAll(batch.map((object) => questionOf(object.owner, object)));
    }
  };
  await Promise.all(Array.from({ length: WARMING_CONNECTIONS }, worker));
  while ((await instance.waiting()) > 0) await delay(10);
  // What is loaded is settled by the next beats.
  await delay(1_000);
}
