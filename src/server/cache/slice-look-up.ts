import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { Clock, FactQuestion, FactSource, FactWish } from '../ports.ts';
import { type AllowedAges, mayServe, type Serving, serves } from './allowed-ages.ts';
import type { FactWatch } from './fact-watch.ts';
import { type KeptFacts, keptFacts } from './kept-facts.ts';
import { areTogether, isSettled, pairSlices } from './pair-slices.ts';
import type { SharedSlices } from './shared/shared-slices.ts';
import { ageOf, type Slice } from './slice.ts';
import type { SliceKeeper } from './slice-keeper.ts';
import type { SliceStore } from './slice-store.ts';
import { sees } from './snapshot.ts';
import { keysOf, type TripleReads } from './triple-reads.ts';
import type { WhyMissed } from './why-missed.ts';

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
  here(
    request: PreparedRequest,
    reads: TripleReads,
    ages: AllowedAges,
    wish: FactWish,
  ): KeptFacts | undefined {
    return this.#serve(request, reads, ages, wish, this.#kept(request, reads), 'l1-hit');
  }

  /** Why nothing that is kept here serves a question. */
  whyMissed({ request, reads, ages }: Asked): WhyMissed {
    const { slices, watch, clock } = this.#options;
    if (!watch.isTrusted) return 'untrusted';
    const wanted = keysOf(reads.roots, request);
    const kept = this.#kept(request, reads);
    const now = clock.monotonic();
    const reasons = new Set<WhyMissed>();
    for (const root of ['subject', 'resource'] as const) {
      const [key, slice] = [wanted[root], kept[root]];
      if (key !== undefined && slice === undefined) reasons.add(slices.whyGone(key)?.why ?? 'unknown');
      else if (slice !== undefined && !mayServe(ageOf(slice.load, now), ages)) reasons.add('too_old');
    }
    return FIRST.find((reason) => reasons.has(reason)) ?? 'unsettled';
  }

  /**
   * The same with slices of shared levels, which are kept here from then on; `unsettled` if there are some that are not proven to be
   * of one state.
   */
  async inShared(asked: Asked, wish: FactWish): Promise<KeptFacts | 'unsettled' | undefined> {
    const { watch, keeper, shared } = this.#options;
    const { request, reads, ages } = asked;
    if (shared === undefined || !shared.isOpen || ages.shared === 0 || !watch.isTrusted) return undefined;
    const began = keeper.begin();
    if (!keeper.isCurrent(began)) return undefined;
    const wanted = keysOf(reads.roots, request);
    const missing = this.#missing(wanted, this.#kept(request, reads), ages, wish);
    if (missing.length === 0 || this.#cannotServe(missing, wanted)) return undefined;
    const judge = keeper.judgeOf(ages, servingOf(wish));
    const found = await shared.find(missing, judge);
    if (found.size === 0 || !keeper.isCurrent(began)) return undefined;
    let source: FactSource = 'l1-hit';
    const kept = this.#kept(request, reads);
    const take = (root: 'subject' | 'resource'): Slice | undefined => {
      const one = found.get(wanted[root] ?? '');
      // While slower levels were asked a change may have been told of.
      if (one === undefined || judge.judge(one.slice) !== 'good') return kept[root];
      const from: FactSource = `${one.level}-hit`;
      if (from > source) source = from;
      return one.slice;
    };
    const both = { subject: take('subject'), resource: take('resource') };
    const facts = this.#serve(request, reads, ages, wish, both, source);
    // Only what serves: in the place of the rest comes what is loaded now, which is of one state.
    if (facts !== undefined)
      for (const root of ['subject', 'resource'] as const) {
        const slice = both[root];
        if (slice !== undefined && slice !== kept[root]) keeper.keepShared(slice, ages, wish.renew === true);
      }
    if (facts !== undefined) return facts;
    const isThere = (root: 'subject' | 'resource'): boolean =>
      wanted[root] === undefined || both[root] !== undefined;
    return isThere('subject') && isThere('resource') ? 'unsettled' : undefined;
  }

  /**
   * Whether nothing that could be found under the only key that is missing would serve beside what is kept: it was changed, and the newest
   * beat has not seen that. Whatever saw the change is settled by none that has come back.
   */
  #cannotServe(missing: readonly string[], { subject, resource }: ByRoot<string | undefined>): boolean {
    const { slices, watch } = this.#options;
    const [key, ...others] = missing;
    if (key === undefined || others.length > 0 || subject === undefined || resource === undefined)
      return false;
    const transaction = slices.whyGone(key)?.transaction;
    return transaction !== undefined && !sees(watch.proven.snapshot, transaction);
  }

  /** Facts of two slices of one state that may serve the question, if they are such. */
  #serve(
    request: PreparedRequest,
    { roots }: TripleReads,
    ages: AllowedAges,
    wish: FactWish,
    kept: ByRoot<Slice | undefined>,
    source: FactSource,
  ): KeptFacts | undefined {
    const { slices, watch, clock } = this.#options;
    const now = clock.monotonic();
    if (!watch.isTrustedAt(now)) return undefined;
    const { proven } = watch;
    const { subject, resource } = kept;
    // As a rule both are kept and settled; then no keys are needed.
    const areBothGood =
      subject !== undefined && resource !== undefined && areTogether(subject, resource, proven);
    const pair = areBothGood ? kept : pairSlices(keysOf(roots, request), kept, proven);
    if (pair === undefined) return undefined;
    if (subject?.companion !== undefined && isSettled(subject, proven)) slices.detach(subject);
    if (resource?.companion !== undefined && isSettled(resource, proven)) slices.detach(resource);
    const facts = keptFacts(pair, now, ages, source);
    if (!serves(facts.verdicts, servingOf(wish))) return undefined;
    const { consistency } = wish;
    if (consistency?.kind === 'atLeast') {
      const { transaction } = consistency;
      const seesIt = (slice: Slice | undefined): boolean =>
        slice === undefined || sees(slice.load.snapshot, transaction);
      if (!seesIt(pair.subject) || !seesIt(pair.resource)) return undefined;
    }
    return facts;
  }

  #kept(request: PreparedRequest, { roots: { subject, resource } }: TripleReads): ByRoot<Slice | undefined> {
    const { slices } = this.#options;
    return {
      subject: subject && slices.find(subject.prefix, request.subject.id),
      resource: resource && slices.find(resource.prefix, request.resource.id),
    };
  }

  /** The keys of slices that are not kept here, or would not serve beside a slice of another load. */
  #missing(
    wanted: ByRoot<string | undefined>,
    kept: ByRoot<Slice | undefined>,
    ages: AllowedAges,
    wish: FactWish,
  ): readonly string[] {
    const { watch, clock } = this.#options;
    const { consistency } = wish;
    const serving = servingOf(wish);
    const isUseful = (slice: Slice): boolean =>
      mayServe(ageOf(slice.load, clock.monotonic()), ages, serving) &&
      isSettled(slice, watch.proven) &&
      (consistency?.kind !== 'atLeast' || sees(slice.load.snapshot, consistency.transaction));
    return (['subject', 'resource'] as const).flatMap((root) => {
      const [key, slice] = [wanted[root], kept[root]];
      return key === undefined || (slice !== undefined && isUseful(slice)) ? [] : [key];
    });
  }
}

/** What was too old for its verdict is renewed by facts that no verdict of theirs makes too old. */
function servingOf({ renew }: FactWish): Serving {
  return renew === true ? 'any' : 'some';
}

/** Of two reasons the one that is named. */
const FIRST: readonly WhyMissed[] = ['changed', 'evicted', 'unknown', 'too_old'];
