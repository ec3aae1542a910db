import type { Type } from '../../dsl/types/types.ts';
import type { Outcome } from '../../dsl/types/values.ts';
import type { Risk } from '../decide/types.ts';

/** A value that a condition read. */
export interface RecordedRead {
  readonly path: string;
  readonly type: Type;
  readonly outcome: Outcome | Risk;
  /** The first part of the path that has no value, when it has none. */
  readonly missing: string | undefined;
}

/** Collects what conditions read, in the order of reading, each path once. */
export class Recorder {
  readonly #reads = new Map<string, RecordedRead>();

  get reads(): readonly RecordedRead[] {
    return [...this.#reads.values()];
  }

  /** Paths without a value, each once. */
  get missing(): readonly string[] {
    const paths = new Set<string>();
    for (const read of this.#reads.values()) if (read.missing !== undefined) paths.add(read.missing);
    return [...paths];
  }

  /** Whether the path was read before. */
  has(path: string): boolean {
    return this.#reads.has(path);
  }

  add(read: RecordedRead): void {
    if (!this.#reads.has(read.path)) this.#reads.set(read.path, read);
  }
}
