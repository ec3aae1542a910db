export interface BoundedReadsOptions<T> {
  /** So many questions are under way at most, … */
  readonly atOnce: number;
  /** … and so many keys wait for one to end; what comes then is not asked for. */
  readonly most: number;
  /** What is found under keys, in their order. */
  readonly read: (keys: readonly string[]) => Promise<readonly (T | undefined)[]>;
}

interface Asked<T> {
  readonly keys: readonly string[];
  readonly resolve: (found: readonly (T | undefined)[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks by one question for what is wanted in one turn, and for all that waits when one under way has ended: the more is asked, the
 * less each costs.
 */
export class BoundedReads<T> {
  readonly #options: BoundedReadsOptions<T>;
  #waiting: Asked<T>[] = [];
  #keys = 0;
  #underWay = 0;
  #isDue = false;

  constructor(options: BoundedReadsOptions<T>) {
    this.#options = options;
  }

  /** Rejects as the question does in which the keys went. Where too many wait nothing is found. */
  get(keys: readonly string[]): Promise<readonly (T | undefined)[]> {
    if (this.#keys + keys.length > this.#options.most) return Promise.resolve(keys.map(() => undefined));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ keys, resolve, reject });
      this.#keys += keys.length;
      if (this.#isDue || this.#underWay >= this.#options.atOnce) return;
      this.#isDue = true;
      setImmediate(() => void this.#ask());
    });
  }

  async #ask(): Promise<void> {
    this.#isDue = false;
    this.#underWay += 1;
    while (this.#waiting.length > 0) {
      const asked = this.#waiting;
      this.#waiting = [];
      this.#keys = 0;
      try {
        const found = await this.#options.read(asked.flatMap(({ keys }) => keys));
        let from = 0;
        for (const { keys, resolve } of asked) resolve(found.slice(from, (from += keys.length)));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#underWay -= 1;
  }
}
