import { randomUUID } from 'node:crypto';
import type { LoadedByRoot } from '../facts/database-fact-store.ts';
import type { LoadedTogether } from '../facts/load-together.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import { LoadedFacts } from '../facts/sql/loaded-facts.ts';
import type { Clock, FactQuestion } from '../ports.ts';
import { type AllowedAges, isWithin, mayServe, type Serving } from './allowed-ages.ts';
import type { BundleReads } from './bundle-reads.ts';
import type { CacheCounts } from './cache-counts.ts';
import type { Safeguard } from './fact-cache.ts';
import type { FactWatch } from './fact-watch.ts';
import type { Judge, SharedSlices } from './shared/shared-slices.ts';
import { ageOf, type Load, Slice } from './slice.ts';
import type { SliceStore } from './slice-store.ts';
import { parseSnapshot, reliable, seesAllOf } from './snapshot.ts';
import { keysOf } from './triple-reads.ts';

/** What leads to more records is not kept. */
const MOST_TAGS = 2_000;

export interface SliceKeeperOptions {
  readonly slices: SliceStore;
  readonly watch: FactWatch;
  readonly shared: SharedSlices | undefined;
  readonly clock: Clock;
  readonly counts: CacheCounts;
  readonly hasReplica: boolean;
  readonly without: ReadonlySet<Safeguard>;
}

/** How everything was when something began to be loaded. */
export interface Began {
  readonly at: number;
  readonly epoch: number;
  /** How many changes were known. */
  readonly since: number;
}

/** Keeps slices that may be kept: those that this process loaded, and those that it got from shared levels. */
export class SliceKeeper {
  readonly #options: SliceKeeperOptions;
  readonly #process = randomUUID();
  #loads = 0;

  constructor(options: SliceKeeperOptions) {
    this.#options = options;
  }

  begin(): Began {
    const { clock, watch } = this.#options;
    return { at: clock.monotonic(), epoch: watch.epoch, since: watch.history.position };
  }

  /** Whether nothing that was known then is void. */
  isCurrent({ epoch }: Pick<Began, 'epoch'>): boolean {
    const { watch } = this.#options;
    return epoch === watch.epoch && watch.hasBeaten;
  }

  /** Keeps what one statement loaded, in the place of what is older than it may be, or of anything. */
  keepLoaded(
    loaded: LoadedByRoot,
    began: Began,
    keys: ByRoot<string | undefined>,
    ages: AllowedAges,
    isRenewal: boolean,
  ): void {
    const { slices, counts, shared } = this.#options;
    const { snapshot, isReplica } = loaded;
    const load = this.#loadOf(loaded, began);
    if (load === undefined) return;
    const made = (key: string | undefined, facts: LoadedByRoot['facts']['subject']): Slice | undefined =>
      key === undefined ? undefined : new Slice(key, facts, load);
    const subject = made(keys.subject, loaded.facts.subject);
    const resource = made(keys.resource, loaded.facts.resource);
    const both = [subject, resource].filter((one) => one !== undefined);
    if (!both.every((slice) => this.#mayKeep(slice, began.since, !isReplica))) {
      counts.notKept += 1;
      return;
    }
    const replaced = both.filter((slice) => isRenewal || this.#givesWay(slice.key, ages, began.at));
    for (const slice of replaced) slices.put(slice);
    // What is not settled yet serves with what it was loaded with.
    const [only] = replaced;
    const other = both.find((slice) => slice !== only);
    if (replaced.length === 1 && only !== undefined && other !== undefined) slices.attach(only, other);
    // Both, since another instance can use them together at once, whatever has been proven there.
    shared?.put(both, { snapshot: snapshot as string, isReplica }, ages.shared);
  }

  /** Keeps what was loaded for many questions at once, each part by itself: all of it is of one load. */
  keepTogether(
    loaded: LoadedTogether,
    began: Began,
    questions: readonly FactQuestion[],
    reads: BundleReads,
    isRenewal: boolean,
  ): void {
    const { slices, counts, shared } = this.#options;
    const { snapshot, isReplica } = loaded;
    const load = this.#loadOf(loaded, began);
    if (load === undefined) return;
    const seen = new Set<string>();
    let hasRefused = false;
    for (const [index, { request, triple }] of questions.entries()) {
      const facts = loaded.facts[index];
      const { roots, ages } = reads.of(triple);
      if (facts === undefined || facts instanceof LoadedFacts || ages === undefined) continue;
      if (!reads.watches(roots.subject) || !reads.watches(roots.resource)) continue;
      const keys = keysOf(roots, request);
      for (const root of ['subject', 'resource'] as const) {
        const key = keys[root];
        if (key === undefined || seen.has(key)) continue;
        seen.add(key);
        if (!isRenewal && !this.#givesWay(key, ages, began.at)) continue;
        const slice = new Slice(key, facts[root], load);
        if (this.#mayKeep(slice, began.since, !isReplica)) {
          slices.put(slice);
          shared?.put([slice], { snapshot: snapshot as string, isReplica }, ages.shared);
        } else hasRefused = true;
      }
    }
    if (hasRefused) counts.notKept += 1;
  }

  /** What slices are made with, of what was loaded just now; undefined where nothing of it may be kept. */
  #loadOf(
    { snapshot, isReplica }: Pick<LoadedByRoot, 'snapshot' | 'isReplica'>,
    began: Began,
  ): Load | undefined {
    const { clock, hasReplica } = this.#options;
    if (!this.isCurrent(began)) return undefined;
    const said = parseSnapshot(snapshot);
    // Behind the pool that may ask a replica there may also be one that has just become a primary of its own.
    if (said === undefined || (!isReplica && hasReplica)) return undefined;
    return {
      id: `${this.#process} ${(this.#loads += 1)}`,
      snapshot: reliable(said, isReplica),
      beganAt: began.at,
      endedAt: clock.monotonic(),
      shownBefore: isReplica ? said.xmax : undefined,
      heldSince: began.at,
    };
  }

  /** Keeps a slice of a shared level that is good at this moment; a renewal in the place of anything. */
  keepShared(slice: Slice, ages: AllowedAges, isRenewal: boolean): void {
    const { slices, clock } = this.#options;
    if (isRenewal || this.#givesWay(slice.key, ages, clock.monotonic())) slices.put(slice);
  }

  /**
   * Says of slices of shared levels whether they may be used. Who loaded them may know less than this process, so they
   * are measured by what this one knows: of each change that it was told of, and that it may have missed, they must have
   * seen it. So neither what was loaded before a change nor what somebody writes again serves after it.
   *
   * A slice is **settled** when it is as the database was at the newest beat. If that beat saw all transactions that the
   * slice may have seen, the slice is of no later state, and it lacks nothing that was told of until now: notifications
   * come in the order of the commits, so whatever the beat saw had been told of when it came back. Otherwise a beat that
   * is sent from now on will have seen all that the slice saw, since that had ended by now.
   */
  judgeOf(ages: AllowedAges, serving: Serving): Judge {
    const { watch, clock, without } = this.#options;
    return {
      isSettled: (said, isReplica) => seesAllOf(watch.proven.snapshot, said, isReplica),
      judge: (slice) => {
        if (!mayServe(ageOf(slice.load, clock.monotonic()), ages, serving)) return 'old';
        if (without.has('shared-snapshots')) return 'good';
        return this.#mayKeep(slice, 0, false) ? 'good' : 'stale';
      },
    };
  }

  /** Whether a slice may be kept: it has its size, and lacks no change that is known. */
  #mayKeep(slice: Slice, since: number, isPrimary: boolean): boolean {
    const { slices, watch, without } = this.#options;
    if (slice.tags.length > MOST_TAGS || !slices.fits(slice)) return false;
    if (without.has('snapshots')) return true;
    const { snapshot } = slice.load;
    return !watch.history.mayHide(slice.tags, slice.types, { snapshot, since, isPrimary });
  }

  /** Whether what is kept under a key, if anything, is so old that it gives way. */
  #givesWay(key: string, { replace }: AllowedAges, now: number): boolean {
    const before = this.#options.slices.get(key);
    return before === undefined || !isWithin(ageOf(before.load, now), replace);
  }
}
