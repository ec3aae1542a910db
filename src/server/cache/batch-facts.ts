import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { Reference } from '../../dsl/types/values.ts';
import { type DatabaseFactStore, purposeOf, viewOf } from '../facts/database-fact-store.ts';
import type { Clock, FactQuestion, FactWish, ServedFacts } from '../ports.ts';
import { type AllowedAges, isWithin, serves } from './allowed-ages.ts';
import type { BundleReads } from './bundle-reads.ts';
import type { CacheCounts } from './cache-counts.ts';
import type { FactWatch } from './fact-watch.ts';
import { type KeptFacts, keptFacts, loadedFacts } from './kept-facts.ts';
import { areOfOneState } from './pair-slices.ts';
import type { Slice } from './slice.ts';
import type { SliceKeeper } from './slice-keeper.ts';
import type { SliceStore } from './slice-store.ts';
import { sees } from './snapshot.ts';
import type { RootReads, TripleReads } from './triple-reads.ts';
import { whyNotKept } from './why-not.ts';

export interface BatchFactsOptions {
  readonly slices: SliceStore;
  readonly watch: FactWatch;
  readonly keeper: SliceKeeper;
  readonly store: DatabaseFactStore;
  readonly clock: Clock;
  readonly counts: CacheCounts;
  /** Loads ahead of time what a question needs, in the background. */
  readonly refresh: (question: FactQuestion, reads: TripleReads, ages: AllowedAges) => void;
}

/** The facts of several questions, all of one state: kept ones if these serve all questions, else those of one look at the database. */
export class BatchFacts {
  readonly #options: BatchFactsOptions;

  constructor(options: BatchFactsOptions) {
    this.#options = options;
  }

  /** Kept facts for all questions, if there are some for each and all of them are of one state. */
  lookUp(
    questions: readonly FactQuestion[],
    reads: BundleReads,
    wish: FactWish,
  ): readonly KeptFacts[] | undefined {
    const { watch, clock, counts, refresh } = this.#options;
    const mustLoad = wish.renew === true || wish.reload === true || wish.consistency?.kind === 'fresh';
    if (!watch.isTrusted || mustLoad) return undefined;
    const now = clock.monotonic();
    const served: { readonly of: TripleReads; readonly ages: AllowedAges; readonly facts: KeptFacts }[] = [];
    const used = new Set<Slice>();
    for (const { request, triple } of questions) {
      const of = reads.of(triple);
      const { ages } = of;
      if (ages === undefined || whyNotKept(of, request, reads) !== undefined) return undefined;
      const subject = this.#slice(of.roots.subject, request.subject, wish);
      const resource = this.#slice(of.roots.resource, request.resource, wish);
      if (subject === null || resource === null) return undefined;
      const facts = keptFacts({ subject, resource }, now, ages, 'l1-hit');
      if (!serves(facts.verdicts, 'some')) return undefined;
      served.push({ of, ages, facts });
      if (subject !== undefined) used.add(subject);
      if (resource !== undefined) used.add(resource);
    }
    if (!areOfOneState(used, watch.proven)) {
      watch.hasten();
      return undefined;
    }
    counts.requests['l1-hit'] += served.length;
    for (const [index, { of, ages, facts }] of served.entries())
      if (!isWithin(facts.age, ages.refresh)) refresh(questions[index] as FactQuestion, of, ages);
    return served.map(({ facts }) => facts);
  }

  /** Loads what all questions need, by one look, and keeps what may be kept of it. */
  async load(
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    reads: BundleReads | undefined,
    wish: FactWish,
  ): Promise<readonly ServedFacts[]> {
    const { store, keeper, counts } = this.#options;
    const isRenewal = wish.renew === true || wish.reload === true;
    const misses = questions.map(
      ({ request, triple }) =>
        reads !== undefined &&
        wish.consistency === undefined &&
        whyNotKept(reads.of(triple), request, reads) === undefined,
    );
    const missed = misses.filter(Boolean).length;
    if (missed > 0) counts.loads += 1;
    if (wish.renew === true) counts.tooOld += 1;
    const began = keeper.begin();
    const loaded = await store.loadTogether(questions, bundle, purposeOf(wish));
    counts.requests.miss += missed;
    counts.misses.batch += missed;
    counts.requests.bypass += questions.length - missed;
    if (reads !== undefined && missed > 0) keeper.keepTogether(loaded, began, questions, reads, isRenewal);
    return loaded.facts.map((facts, index) =>
      loadedFacts(viewOf(facts), misses[index] === true ? 'miss' : 'bypass'),
    );
  }

  /** What is kept of a root, undefined where nothing is needed; null where nothing is that may serve. */
  #slice(
    reads: RootReads | undefined,
    { id }: Reference,
    { consistency }: FactWish,
  ): Slice | undefined | null {
    if (reads === undefined) return undefined;
    const slice = this.#options.slices.find(reads.prefix, id);
    if (slice === undefined) return null;
    const hasSeen = consistency?.kind !== 'atLeast' || sees(slice.load.snapshot, consistency.transaction);
    return hasSeen ? slice : null;
  }
}
