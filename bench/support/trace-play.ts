import { setTimeout as delay } from 'node:timers/promises';
import type { Statement } from '../../src/server/store/database.ts';
import type { Answered, Instance } from './cached-instance.ts';
import { questionOf, type TracedObject, type trace } from './trace.ts';
import type { Scene } from './trace-scene.ts';

/** So many questions are under way at once. */
const AT_ONCE = 16;
/** So many are asked for in one batch before anything counts. */
const TOGETHER = 20;
/** Slices that may wait to be written meanwhile: of more than 1,000 some would be given up. */
const MOST_UNWRITTEN = 500;
/** What was revoked so many milliseconds ago is never permitted. */
export const BOUND = 1_000;

/** What is written to, and by whom. */
export interface Writing {
  readonly database: { query(purpose: 'write', statement: Statement): Promise<unknown> };
  readonly suspended: string;
  /** Where the objects are. */
  readonly table?: string;
}

/** Gives an object to somebody suspended, so that nobody may read it, or back to its owner. */
export class Freezer {
  readonly #scene: Writing;
  /** When it was known to be frozen. */
  readonly #frozen = new Map<string, number>();
  readonly #busy = new Set<string>();

  constructor(scene: Writing) {
    this.#scene = scene;
  }

  async toggle({ id, owner }: TracedObject): Promise<void> {
    const { database, suspended, table = 'generations' } = this.#scene;
    // Of two writes at once nobody could say which was the last.
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    const freezes = !this.#frozen.has(id);
    this.#frozen.delete(id);
    await database.query('write', {
      name: `freeze_${table}`,
      text: `update ${table} set owner_id = $2 where id = $1`,
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

export interface Played {
  readonly reads: number;
  readonly milliseconds: number;
  readonly bySource: ReadonlyMap<Answered['source'], number>;
  readonly permits: number;
  /** Permits of what nobody might read any more when it was asked, and those a second after. */
  readonly stale: number;
  readonly staleBeyond: number;
}

/** Lets a part of the trace happen, its questions asked of one instance after the other. */
export async function play(
  instances: readonly Pick<Instance, 'ask'>[],
  events: ReturnType<typeof trace>,
  count: number,
  freezer: Pick<Freezer, 'toggle' | 'since'>,
  atOnce = AT_ONCE,
): Promise<Played> {
  const bySource = new Map<Answered['source'], number>();
  let [permits, stale, staleBeyond, reads, done] = [0, 0, 0, 0, 0];
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (done < count) {
      done += 1;
      const event = events.next().value;
      if (event.kind === 'write') {
        await freezer.toggle(event.object);
        continue;
      }
      const instance = instances[done % instances.length] as Pick<Instance, 'ask'>;
      const frozenFor = freezer.since(event.object);
      const asked = instance.ask(questionOf(event.subject, event.object));
      const answered = asked instanceof Promise ? await asked : asked;
      reads += 1;
      if (answered?.permitted === true) permits += 1;
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
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { reads, milliseconds: performance.now() - began, bySource, permits, stale, staleBeyond };
}

/** Waits until no more slices than these are still to be written to the levels that instances share. */
async function untilWritten({ cache }: Instance, most: number): Promise<void> {
  const waiting = (): number =>
    Object.values(cache?.status().shared?.levels ?? {}).reduce((sum, level) => sum + level.waiting, 0);
  while (waiting() > most) await delay(1);
}

/** Each of the hottest objects is asked for once by its owner, at one of the instances: the coldest of them first. */
export async function warmUp(
  { population }: Scene,
  instances: readonly Instance[],
  count: number,
): Promise<void> {
  const objects = population.objects.slice(0, count).toReversed();
  await Promise.all(
    instances.map(async (instance, at) => {
      const own = objects.filter((_, index) => index % instances.length === at);
      await warm(instance, own);
    }),
  );
}

/** Each of these objects is asked for once by its owner. */
export async function warm(instance: Instance, objects: readonly TracedObject[]): Promise<void> {
  for (let next = 0; next < objects.length; next += TOGETHER) {
    const batch = objects.slice(next, next + TOGETHER);
    await instance.askAll(batch.map((object) => questionOf(object.owner, object)));
    await untilWritten(instance, MOST_UNWRITTEN);
  }
  await untilWritten(instance, 0);
  // What is loaded is settled by the next beats.
  await delay(1_000);
}
