import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Fact } from './history-scene.ts';

/** Writes on a connection that it makes anew when it is lost. */
export class FactWriter {
  readonly #url: string;
  #client: pg.Client | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async flip(fact: Fact, isOver: () => boolean): Promise<void> {
    const begin = performance.now();
    const value = !fact.value;
    try {
      await (await this.#connected()).query(fact.sql(value));
      fact.writes.push({ value, begin, end: performance.now() });
      fact.value = value;
    } catch {
      await this.end();
      // Whether it happened is asked until somebody knows; nobody else writes it meanwhile.
      const found = await this.#readBack(fact, isOver);
      fact.writes.push({ value, begin, end: found === undefined ? Infinity : performance.now() });
      // It may have happened and be seen from `begin` on; when it did not, what was before counts again.
      if (found === fact.value) fact.writes.push({ value: found, begin, end: performance.now() });
      fact.value = found ?? value;
    }
  }

  async #readBack(fact: Fact, isOver: () => boolean): Promise<boolean | undefined> {
    for (let tries = 0; tries < 600; tries += 1) {
      try {
        const { rows } = await (await this.#connected()).query<{ value: boolean }>(fact.read);
        return rows[0]?.value;
      } catch {
        await this.end();
        await delay(isOver() ? 50 : 20);
      }
    }
    return undefined;
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client;
    const client = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    await client.connect();
    return (this.#client = client);
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}
