import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { Askable } from '../store/schema/catalogue.ts';
import { type RootReads, type TripleReads, tripleReadsOf } from './triple-reads.ts';
import { readWatchedTypes, tablesOf } from './watched-types.ts';

/** What the cache knows of a bundle, and of the tables that hold its facts. */
export class BundleReads {
  readonly bundle: CheckedBundle;
  /** Quoted for SQL. */
  readonly tables: readonly string[];
  /** How the tables were defined before it was asked what is watched. */
  catalogue: string | undefined;
  /** They were still defined so afterwards: only then is known what is watched. */
  isConfirmed = false;
  /** It could not be asked, and that was said. */
  hasFailed = false;
  watched: ReadonlySet<string> = new Set();
  readonly #triples: (TripleReads | undefined)[] = [];
  readonly #roots = new Map<RootReads, boolean>();
  #isLooking = false;

  constructor(bundle: CheckedBundle) {
    this.bundle = bundle;
    this.tables = tablesOf(bundle);
  }

  of(triple: Triple): TripleReads {
    return (this.#triples[triple.index] ??= tripleReadsOf(this.bundle, triple));
  }

  /** Whether every change of what is read is told of. */
  watches(root: RootReads | undefined): boolean {
    if (root === undefined) return true;
    if (!this.isConfirmed) return false;
    let isWatched = this.#roots.get(root);
    if (isWatched === undefined) {
      isWatched = root.types.every((type) => this.watched.has(type));
      this.#roots.set(root, isWatched);
    }
    return isWatched;
  }

  /** Asks what is watched, given that the tables are defined so at the moment; a later beat confirms it. */
  async look(catalogue: string, database: Askable): Promise<void> {
    this.isConfirmed = false;
    this.catalogue = undefined;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.watched = await readWatchedTypes(this.bundle, database);
      this.#roots.clear();
      this.catalogue = catalogue;
    } finally {
      this.#isLooking = false;
    }
  }
}
