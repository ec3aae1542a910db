import CircuitBreaker from 'opossum';
import type { Dropped, LevelName, LevelStatus, SharedEntry, SharedLevel } from './shared-level.ts';

/** Waiting for a level ends after so many milliseconds. */
export const LEVEL_TIMEOUTS: Readonly<Record<LevelName, number>> = { l2: 20, l3: 100 };
/** After so many failures in a row a level is left out. */
const FAILURES = 3;
/** It is tried again after so many milliseconds, and after twice as many each time, … */
const FIRST_RETRY = 500;
/** … up to so many. */
const LAST_RETRY = 4_000;

/** What came of asking one level for single slices. */
export interface LevelCounts {
  hits: number;
  misses: number;
  /** Questions that failed or took too long, and those that were not asked. */
  failures: number;
  skipped: number;
  /** Entries that no instance can have written there so: cut, changed, moved, made up or too old. */
  poisoned: number;
  /** Entries that may lack a change that was told of, or that was missed. */
  refused: number;
}

export interface GuardedLevelStatus extends LevelStatus {
  readonly breaker: 'closed' | 'half-open' | 'open';
  readonly counts: Readonly<LevelCounts>;
}

/** A level that takes no longer than it may, and is left out while it does not answer. */
export class GuardedLevel {
  readonly name: LevelName;
  readonly counts: LevelCounts = { hits: 0, misses: 0, failures: 0, skipped: 0, poisoned: 0, refused: 0 };
  readonly #level: SharedLevel;
  /** Entries that came while it was left out. */
  #unwritten = 0;
  /** Failures that counted. */
  #troubles = 0;
  readonly #breaker: CircuitBreaker<[readonly string[], number], readonly (Buffer | undefined)[]>;

  constructor(level: SharedLevel, timeout = LEVEL_TIMEOUTS[level.name]) {
    this.name = level.name;
    this.#level = level;
    const options: CircuitBreaker.Options = {
      timeout,
      resetTimeout: FIRST_RETRY,
      // It opens after failures in a row, and not by a rate.
      errorThresholdPercentage: 100,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    };
    const breaker = new CircuitBreaker(
      (keys: readonly string[], _troubles: number) => level.get(keys),
      options,
    );
    let inRow = 0;
    breaker.on('success', () => {
      inRow = 0;
    });
    breaker.on('failure', (_error, _latency, [, before]) => {
      // Many wait for one answer, and for whatever is late at the same time: what was asked before the last failure is a
      // part of it.
      if (before < this.#troubles) return;
      this.#troubles += 1;
      inRow += 1;
      options.resetTimeout = breaker.halfOpen
        ? Math.min(LAST_RETRY, 2 * (options.resetTimeout ?? FIRST_RETRY))
        : FIRST_RETRY;
      if (inRow >= FAILURES) breaker.open();
    });
    this.#breaker = breaker;
  }

  /** The entries under these keys; undefined when the level was left out or failed. Never rejects. */
  async get(keys: readonly string[]): Promise<readonly (Buffer | undefined)[] | undefined> {
    if (this.#breaker.opened || !this.#level.status().isReachable) {
      this.counts.skipped += 1;
      return undefined;
    }
    try {
      const found = await this.#breaker.fire(keys, this.#troubles);
      return found.length === keys.length ? found : undefined;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'EOPENBREAKER') this.counts.skipped += 1;
      else this.counts.failures += 1;
      return undefined;
    }
  }

  put(entries: readonly SharedEntry[]): void {
    if (this.#breaker.opened) this.#unwritten += entries.length;
    else this.#level.put(entries);
  }

  drop(dropped: Dropped): void {
    if (!this.#breaker.opened) this.#level.drop(dropped);
  }

  status(): GuardedLevelStatus {
    const { opened, halfOpen } = this.#breaker;
    const breaker = opened ? 'open' : halfOpen ? 'half-open' : 'closed';
    const status = this.#level.status();
    const unwritten = status.unwritten + this.#unwritten;
    return { ...status, unwritten, breaker, counts: this.counts };
  }

  async close(): Promise<void> {
    this.#breaker.shutdown();
    await this.#level.close();
  }
}
