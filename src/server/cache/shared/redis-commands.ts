import type { Cluster, Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.ts';
import type { SharedEntry } from './shared-level.ts';

/** What is asked of Redis, by the whole names of the keys. */
export type RedisCommands = Pick<RedisConnection, 'getAll' | 'setAll' | 'deleteAll'>;
type Found = readonly (Buffer | undefined)[];
type WrittenEntry = Pick<SharedEntry, 'key' | 'bytes' | 'expiresIn'>;

interface Asked<T, Answer> {
  readonly items: readonly T[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends all that is asked in one turn of the event loop at its end, by one write: what writing to a socket costs is more than what one
 * command does. Entries are written before others are deleted, and looked for last; each of the three fails by itself.
 */
export class TurnOfCommands implements RedisCommands {
  readonly #client: Redis;
  #gets: Asked<string, Found>[] = [];
  #sets: Asked<WrittenEntry, void>[] = [];
  #deletes: Asked<string, number>[] = [];
  #isWaiting = false;

  constructor(client: Redis) {
    this.#client = client;
  }

  getAll(keys: readonly string[]): Promise<Found> {
    return this.#ask(this.#gets, keys);
  }

  setAll(entries: readonly WrittenEntry[]): Promise<void> {
    return this.#ask(this.#sets, entries);
  }

  deleteAll(keys: readonly string[]): Promise<number> {
    return this.#ask(this.#deletes, keys);
  }

  #ask<T, Answer>(asked: Asked<T, Answer>[], items: readonly T[]): Promise<Answer> {
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      setImmediate(() => this.#send());
    }
    return new Promise((resolve, reject) => asked.push({ items, resolve, reject }));
  }

  #send(): void {
    const [gets, sets, deletes] = [this.#gets, this.#sets, this.#deletes];
    this.#isWaiting = false;
    this.#gets = [];
    this.#sets = [];
    this.#deletes = [];
    const sent = sets.length + deletes.length === 0 ? this.#look(gets) : this.#sendAll(gets, sets, deletes);
    sent.catch((error: unknown) => {
      for (const { reject } of [...gets, ...sets, ...deletes]) reject(error);
    });
  }

  async #look(gets: readonly Asked<string, Found>[]): Promise<void> {
    answerGets(gets, await this.#client.mgetBuffer(itemsOf(gets)));
  }

  async #sendAll(
    gets: readonly Asked<string, Found>[],
    sets: readonly Asked<WrittenEntry, void>[],
    deletes: readonly Asked<string, number>[],
  ): Promise<void> {
    const pipeline = this.#client.pipeline();
    for (const { key, bytes, expiresIn } of itemsOf(sets)) pipeline.set(key, bytes, 'PX', expiresIn);
    const unused = itemsOf(deletes);
    if (unused.length > 0) pipeline.unlink(...unused);
    const wanted = itemsOf(gets);
    if (wanted.length > 0) pipeline.mgetBuffer(...wanted);
    const answers = (await pipeline.exec()) ?? [];
    let next = 0;
    for (const asked of sets) {
      const own = answers.slice(next, next + asked.items.length);
      next += asked.items.length;
      settle([asked], () => {
        for (const one of own) valueOf(one);
        asked.resolve();
      });
    }
    // How many there were is known of all of them together.
    if (unused.length > 0) {
      const all = answers[next];
      next += 1;
      settle(deletes, () => {
        const count = Number(valueOf(all));
        for (const [at, { resolve }] of deletes.entries()) resolve(at === 0 ? count : 0);
      });
    }
    if (wanted.length > 0)
      settle(gets, () => answerGets(gets, valueOf(answers[next]) as readonly (Buffer | null)[]));
  }
}

/** In a Cluster each key is on a node of its own; they are asked at the same time. */
export function commandsOfCluster(client: Cluster): RedisCommands {
  return {
    async getAll(keys) {
      const found = await Promise.all(keys.map((key) => client.getBuffer(key)));
      return found.map((one) => one ?? undefined);
    },
    async setAll(entries) {
      await allDone(entries.map(({ key, bytes, expiresIn }) => client.set(key, bytes, 'PX', expiresIn)));
    },
    async deleteAll(keys) {
      const counts = await allDone(keys.map((key) => client.unlink(key)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

function itemsOf<T>(asked: readonly { readonly items: readonly T[] }[]): T[] {
  return asked.flatMap(({ items }) => items);
}

function valueOf(answer: readonly [error: Error | null, value: unknown] | undefined): unknown {
  const [error, value] = answer ?? [new Error('Redis gave no answer')];
  if (error !== null) throw error;
  return value;
}

function answerGets(gets: readonly Asked<string, Found>[], values: readonly (Buffer | null)[]): void {
  let next = 0;
  for (const { items, resolve } of gets)
    resolve(values.slice(next, (next += items.length)).map((one) => one ?? undefined));
}

/** Answers all of them, or has all of them fail as that does. */
function settle(asked: readonly { readonly reject: (error: unknown) => void }[], answer: () => void): void {
  try {
    answer();
  } catch (error) {
    for (const { reject } of asked) reject(error);
  }
}

/** Waits for all, also where some fail; then fails as the first did. */
async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
