import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { Clock, FactQuestion, FactSource, FactWish } from '../ports.ts';
import { type AllowedAges, mayServe } from './allowed-ages.ts';
import type { FactWatch } from './fact-watch.ts';
import { type KeptFacts, keptFacts } from './kept-facts.ts';
import { isSettled, pairSlices } from './pair-slices.ts';
import type { SharedSlices } from './shared/shared-slices.ts';
import { ageOf, type Slice } from './slice.ts';
import type { SliceKeeper } from './slice-keeper.ts';
import type { SliceStore } from './slice-store.ts';
import { sees } from './snapshot.ts';
import { keysOf, type TripleReads } from './triple-reads.ts';

/** A question whose facts may be kept, and what is known of its kind. */
export interface Asked extends FactQuestion {
  readonly bundle: CheckedBundle;
  readonly reads: TripleReads;
  readonly ages: AllowedAges;
}

export interface SliceLookUpOptions {
  readonly slices: SliceStore;
  readonly watch: FactWatch;
  readonly keeper: SliceKeeper;
  readonly shared: SharedSlices | undefined;
  readonly clock: Clock;
}

/** Finds slices that may serve a question: those that are kept here, and those of levels that instances share. */
export class SliceLookUp {
  readonly #options: SliceLookUpOptions;

  constructor(options: SliceLookUpOptions) {
    this.#options = options;
  }

  /** Two slices of one state that are kept here, if any. */
  here(asked: Asked, wish: FactWish): KeptFacts | undefined {
    const wanted = keysOf(asked.reads.roots, asked.request);
    return this.#serve(asked, wish, wanted, this.#kept(wanted), 'l1-hit');
  }

  /** The same with slices of shared levels, which are kept here from then on. */
  async inShared(asked: Asked, wish: FactWish): Promise<KeptFacts | undefined> {
    const { watch, keeper, shared } = this.#options;
    const { ages } = asked;
    if (shared === undefined || !shared.isOpen || ages.shared === 0 || !watch.isTrusted) return undefined;
    const began = keeper.begin();
    if (!keeper.isCurrent(began)) return undefined;
    const wanted = keysOf(asked.reads.roots, asked.request);
    const missing = this.#missing(wanted, ages, wish);
    if (missing.length === 0) return undefined;
    const judge = keeper.judgeOf(ages);
    const found = await shared.find(missing, judge);
    if (found.size === 0 || !keeper.isCurrent(began)) return undefined;
    let source: FactSource = 'l1-hit';
    const kept = this.#kept(wanted);
    const take = (root: 'subject' | 'resource'): Slice | undefined => {
      const one = found.get(wanted[root] ?? '');
      // While slower levels were asked a change may have been told of.
      if (one === undefined || judge.judge(one.slice) !== 'good') return kept[root];
      const from: FactSource = `${one.level}-hit`;
      if (from > source) source = from;
      return one.slice;
    };
    const both = { subject: take('subject'), resource: take('resource') };
    const facts = this.#serve(asked, wish, wanted, both, source);
    // Only what serves: in the place of the rest comes what is loaded now, which is of one state.
    if (facts !== undefined)
      for (const root of ['subject', 'resource'] as const) {
        const slice = both[root];
        if (slice !== undefined && slice !== kept[root]) keeper.keepShared(slice, ages);
      }
    return facts;
  }

  /** Facts of two slices of one state that may serve the question, if they are such. */
  #serve(
    { ages }: Asked,
    { consistency }: FactWish,
    wanted: ByRoot<string | undefined>,
    kept: ByRoot<Slice | undefined>,
    source: FactSource,
  ): KeptFacts | undefined {
    const { slices, watch, clock } = this.#options;
    if (!watch.isTrusted) return undefined;
    const { proven } = watch;
    const pair = pairSlices(wanted, kept, proven);
    if (pair === undefined) return undefined;
    const release = (slice: Slice | undefined): void => {
      if (slice?.companion !== undefined && isSettled(slice, proven)) slices.detach(slice);
    };
    release(kept.subject);
    release(kept.resource);
    const facts = keptFacts(pair, clock.monotonic(), source);
    if (!mayServe(facts.age, ages)) return undefined;
    if (consistency?.kind === 'atLeast') {
      const { transaction } = consistency;
      const seesIt = (slice: Slice | undefined): boolean =>
        slice === undefined || sees(slice.load.snapshot, transaction);
      if (!seesIt(pair.subject) || !seesIt(pair.resource)) return undefined;
    }
    return facts;
  }

  #kept({ subject, resource }: ByRoot<string | undefined>): ByRoot<Slice | undefined> {
    const { slices } = this.#options;
    return {
      subject: subject === undefined ? undefined : slices.get(subject),
      resource: resource === undefined ? undefined : slices.get(resource),
    };
  }

  /** The keys of slices that are not kept here, or would not serve beside a slice of another load. */
  #missing(
    wanted: ByRoot<string | undefined>,
    ages: AllowedAges,
    { consistency }: FactWish,
  ): readonly string[] {
    const { watch, clock } = this.#options;
    const kept = this.#kept(wanted);
    const isUseful = (slice: Slice): boolean =>
      mayServe(ageOf(slice.load, clock.monotonic()), ages) &&
      isSettled(slice, watch.proven) &&
      (consistency?.kind !== 'atLeast' || sees(slice.load.snapshot, consistency.transaction));
    return (['subject', 'resource'] as const).flatMap((root) => {
      const [key, slice] = [wanted[root], kept[root]];
      return key === undefined || (slice !== undefined && isUseful(slice)) ? [] : [key];
    });
  }
}
