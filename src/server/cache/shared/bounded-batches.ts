export interface BoundedBatchesOptions<T> {
  /** So many items wait at most; those that come when there is no room are given up. */
  readonly most: number;
  /** How many of them are written at once. */
  readonly atOnce: number;
  readonly write: (items: readonly T[]) => Promise<void>;
  /** So many were written, or given up. */
  readonly onEnd: (count: number, isWritten: boolean) => void;
}

/** Writes items some at a time, one batch after the other, and never makes anybody wait. Nothing is tried twice. */
export class BoundedBatches<T> {
  readonly #options: BoundedBatchesOptions<T>;
  #waiting: T[] = [];
  #isWriting = false;

  constructor(options: BoundedBatchesOptions<T>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(items: readonly T[]): void {
    const room = Math.max(0, this.#options.most - this.#waiting.length);
    const taken = items.slice(0, room);
    this.#waiting.push(...taken);
    if (taken.length < items.length) this.#options.onEnd(items.length - taken.length, false);
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    // What comes in the same turn goes with it.
    setImmediate(() => void this.#writeAll());
  }

  /** What waits is given up. */
  clear(): void {
    const { length } = this.#waiting;
    this.#waiting = [];
    if (length > 0) this.#options.onEnd(length, false);
  }

  async #writeAll(): Promise<void> {
    const { atOnce, write, onEnd } = this.#options;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, atOnce);
      try {
        await write(batch);
        onEnd(batch.length, true);
      } catch {
        onEnd(batch.length, false);
      }
    }
    this.#isWriting = false;
  }
}
