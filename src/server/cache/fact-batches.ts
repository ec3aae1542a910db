import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { type DatabaseFactStore, purposeOf, viewOf } from '../facts/database-fact-store.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { FactQuestion, FactWish, ServedFacts } from '../ports.ts';
import { isWithin } from './allowed-ages.ts';
import type { BundleReads } from './bundle-reads.ts';
import type { CacheCounts } from './cache-counts.ts';
import type { FactWatch } from './fact-watch.ts';
import { type KeptFacts, loadedFacts } from './kept-facts.ts';
import { areOfOneState } from './pair-slices.ts';
import type { Slice } from './slice.ts';
import type { SliceKeeper } from './slice-keeper.ts';
import { keysOf } from './triple-reads.ts';
import { type KeptQuestion, keptQuestion } from './why-not.ts';

export interface FactBatchOptions {
  readonly store: DatabaseFactStore;
  readonly watch: FactWatch;
  readonly keeper: SliceKeeper;
  readonly counts: CacheCounts;
  /** The slices that are kept under these keys. */
  readonly keptOf: (wanted: ByRoot<string | undefined>) => ByRoot<Slice | undefined>;
  /** The facts of slices of one state, unless they are too old or did not see what is demanded. */
  readonly view: (
    pair: ByRoot<Slice | undefined>,
    asked: KeptQuestion,
    wish: FactWish,
  ) => KeptFacts | undefined;
  readonly refresh: (asked: KeptQuestion) => void;
}

/** Answers many questions by facts of one state: by kept ones, if these serve all of them, else by one look. */
export class FactBatches {
  readonly #options: FactBatchOptions;

  constructor(options: FactBatchOptions) {
    this.#options = options;
  }

  load(
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    wish: FactWish,
  ): readonly ServedFacts[] | Promise<readonly ServedFacts[]> {
    const { watch, counts } = this.#options;
    const reads = watch.adopt(bundle);
    const kept = reads && this.#lookUp(questions, reads, wish);
    if (kept === undefined) return this.#load(questions, bundle, reads, wish);
    counts.requests['l1-hit'] += kept.length;
    return kept;
  }

  /** Kept facts for all questions, if there are some for each and all of them are of one state. */
  #lookUp(
    questions: readonly FactQuestion[],
    reads: BundleReads,
    wish: FactWish,
  ): readonly KeptFacts[] | undefined {
    const { watch, keptOf, view, refresh } = this.#options;
    if (!watch.isTrusted || wish.renew === true || wish.consistency?.kind === 'fresh') return undefined;
    const served: { readonly asked: KeptQuestion; readonly facts: KeptFacts }[] = [];
    const used = new Set<Slice>();
    for (const question of questions) {
      const asked = keptQuestion(question, reads);
      if (asked === undefined) return undefined;
      const wanted = keysOf(asked.reads.roots, question.request);
      const pair = keptOf(wanted);
      for (const root of ['subject', 'resource'] as const)
        if (wanted[root] !== undefined && pair[root] === undefined) return undefined;
      const facts = view(pair, asked, wish);
      if (facts === undefined) return undefined;
      served.push({ asked, facts });
      if (pair.subject !== undefined) used.add(pair.subject);
      if (pair.resource !== undefined) used.add(pair.resource);
    }
    if (!areOfOneState(used, watch.settledBefore)) return undefined;
    for (const { asked, facts } of served) if (!isWithin(facts.age, asked.ages.refresh)) refresh(asked);
    return served.map(({ facts }) => facts);
  }

  /** Loads what all questions need, by one look, and keeps what may be kept of it. */
  async #load(
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    reads: BundleReads | undefined,
    wish: FactWish,
  ): Promise<readonly ServedFacts[]> {
    const { store, keeper, counts } = this.#options;
    const began = keeper.begin();
    const asked = questions.map((question) => reads && keptQuestion(question, reads));
    const sources = asked.map((one) =>
      one !== undefined && wish.consistency === undefined ? ('miss' as const) : ('bypass' as const),
    );
    for (const source of sources) counts.requests[source] += 1;
    const hasMissed = sources.includes('miss');
    if (hasMissed) counts.loads += 1;
    if (wish.renew === true) counts.tooOld += 1;
    const loaded = await store.loadTogether(questions, bundle, purposeOf(wish));
    if (reads !== undefined && hasMissed)
      keeper.keepTogether(loaded, began, questions, reads, wish.renew === true);
    return loaded.facts.map((facts, index) => loadedFacts(viewOf(facts), sources[index] ?? 'bypass'));
  }
}
