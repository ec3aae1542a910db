import type { FactChange } from '../../store/schema/fact-change.ts';

/** The levels that instances share, from the quicker to the slower. */
export type LevelName = 'l2' | 'l3';

/** A slice as shared levels keep it. What it holds can be read and proven by whoever knows the secret, and by nobody else. */
export interface SharedEntry {
  /** 43 characters of base64url: a digest of everything that the slice hangs on. */
  readonly key: string;
  readonly bytes: Buffer;
  /** Milliseconds that it may still be kept, more than 0 and whole. */
  readonly expiresIn: number;
  /** The records that it holds, found or looked for in vain, as `type:id`. */
  readonly tags: readonly string[];
  /** Text of the `pg_snapshot` that it was loaded by. */
  readonly snapshot: string;
}

/** What is of no more use. */
export interface Dropped {
  /** Entries that were found to be of no use. */
  readonly keys: readonly string[];
  /** Changes that were told of: entries that hold what changed and did not see the change are of no use. */
  readonly changes: readonly FactChange[];
}

/** How a level does. */
export interface LevelStatus {
  /** Whether it can be reached, as far as is known without asking it. */
  readonly isReachable: boolean;
  /** Entries that wait to be written. */
  readonly waiting: number;
  /** Entries that were written, and that were given up: no room to wait, or the level failed. */
  readonly written: number;
  readonly unwritten: number;
  /** Entries that were deleted because they were of no use, as far as the level says. */
  readonly deleted: number;
}

/**
 * Where instances that use one database keep slices for each other. Nothing is promised of it: it may lose entries, give old
 * ones, made-up ones or those of another key, be slow or hang. Who uses it bounds the time, and proves what it gives.
 */
export interface SharedLevel {
  readonly name: LevelName;
  /** The entries under these keys (at most two), in one round trip; rejects when they cannot be found out. */
  get(keys: readonly string[]): Promise<readonly (Buffer | undefined)[]>;
  /** Writes entries in its own time, within bounds; never throws. What fails is counted and not repeated. */
  put(entries: readonly SharedEntry[]): void;
  /** Deletes what is of no more use, in its own time, within bounds; never throws. No decision hangs on it. */
  drop(dropped: Dropped): void;
  status(): LevelStatus;
  /** Ends; what waits may be lost. */
  close(): Promise<void>;
}
