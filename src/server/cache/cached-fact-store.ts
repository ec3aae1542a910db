import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { FactQuestion, FactSource, FactWish, ServedFacts } from '../ports.ts';
import { type AllowedAges, isWithin, mayServe } from './allowed-ages.ts';
import { BundleReads } from './bundle-reads.ts';
import { createCounts } from './cache-counts.ts';
import { describeCache } from './describe-cache.ts';
import type { CachedFactStore, CachedFactStoreOptions, Safeguard } from './fact-cache.ts';
import { FactWatch } from './fact-watch.ts';
import { type KeptFacts, keptFacts, loadedFacts } from './kept-facts.ts';
import { isSettled, pairSlices } from './pair-slices.ts';
import { PairedFacts } from './paired-facts.ts';
import { SharedSlices } from './shared/shared-slices.ts';
import { ageOf, type Slice } from './slice.ts';
import { SliceKeeper } from './slice-keeper.ts';
import { SliceStore } from './slice-store.ts';
import { sees } from './snapshot.ts';
import type { TripleReads } from './triple-reads.ts';
import { keysOf } from './triple-reads.ts';
import { whyNotKept } from './why-not.ts';

/** Whoever asks what was asked for already waits for that answer, unless that began more milliseconds ago. */
const LONGEST_JOIN = 250;
/** So many loads ahead of time may be under way. */
const MOST_REFRESHES = 4;

interface Flight {
  readonly beganAt: number;
  readonly facts: Promise<ServedFacts>;
}

/** A question whose facts may be kept, and what is known of its kind. */
interface Asked extends FactQuestion {
  readonly bundle: CheckedBundle;
  readonly reads: TripleReads;
  readonly ages: AllowedAges;
}

/**
 * Keeps facts in the process, between requests. A decision is always computed anew: so nothing live is ever kept, and no
 * comparison with the time gets old.
 *
 * What is kept is used only while it is certain that every change of half a second ago has been told of, it has not been
 * told that any of it changed, and layer 7 allows its age. What is not kept here may be in levels that instances share.
 */
export function createCachedFactStore(options: CachedFactStoreOptions): CachedFactStore {
  const { store, database, clock, answers, bounds, log, without = NONE } = options;
  const slices = new SliceStore(bounds);
  const counts = createCounts();
  const flights = new Map<string, Flight>();
  const shared = options.shared && new SharedSlices({ ...options.shared, database, clock, log });
  let refreshes = 0;

  const watch: FactWatch = new FactWatch({
    database,
    clock,
    answers,
    log,
    without,
    asksIdentity: shared !== undefined,
    onChange(change) {
      shared?.drop(slices.change(change), change);
      if (shared === undefined) slices.change(change);
    },
    onForget() {
      slices.clear();
      flights.clear();
      shared?.close();
    },
    onProof(identity) {
      const reads = watch.current;
      if (reads?.catalogue !== undefined) shared?.open(reads.bundle, reads.catalogue, identity);
    },
  });
  const hasReplica = database.status().replica !== undefined;
  const keeper = new SliceKeeper({ slices, watch, shared, clock, counts, hasReplica, without });

  /** Facts of two slices of one state that may serve the question, if they are such. */
  const serve = (
    { ages }: Asked,
    wish: FactWish,
    wanted: ByRoot<string | undefined>,
    kept: ByRoot<Slice | undefined>,
    source: FactSource,
  ): KeptFacts | undefined => {
    if (!watch.isTrusted) return undefined;
    const { settledBefore } = watch;
    const pair = pairSlices(wanted, kept, settledBefore);
    if (pair === undefined) return undefined;
    for (const slice of [kept.subject, kept.resource])
      if (slice?.companion !== undefined && isSettled(slice, settledBefore)) slices.detach(slice);
    const facts = keptFacts(pair, clock.monotonic(), source);
    if (!mayServe(facts.age, ages)) return undefined;
    const { consistency } = wish;
    if (consistency?.kind === 'atLeast') {
      const { transaction } = consistency;
      const seesIt = (slice: Slice | undefined): boolean =>
        slice === undefined || sees(slice.load.snapshot, transaction);
      if (!seesIt(pair.subject) || !seesIt(pair.resource)) return undefined;
    }
    return facts;
  };

  const keptOf = ({ subject, resource }: ByRoot<string | undefined>): ByRoot<Slice | undefined> => ({
    subject: subject === undefined ? undefined : slices.get(subject),
    resource: resource === undefined ? undefined : slices.get(resource),
  });

  const lookUp = (asked: Asked, wish: FactWish): KeptFacts | undefined => {
    if (!watch.isTrusted) return undefined;
    const wanted = keysOf(asked.reads.roots, asked.request);
    return serve(asked, wish, wanted, keptOf(wanted), 'l1-hit');
  };

  /** The same with slices of shared levels, which are kept here from then on. */
  const lookUpShared = async (asked: Asked, wish: FactWish): Promise<KeptFacts | undefined> => {
    const { ages } = asked;
    if (shared === undefined || !shared.isOpen || ages.shared === 0 || !watch.isTrusted) return undefined;
    const began = keeper.begin();
    if (!keeper.isCurrent(began)) return undefined;
    const wanted = keysOf(asked.reads.roots, asked.request);
    const here = keptOf(wanted);
    const missing = missingOf(wanted, here, (slice) => isUseful(slice, ages, wish));
    if (missing.length === 0) return undefined;
    const found = await shared.find(missing, keeper.judgeOf(ages));
    if (found.size === 0 || !keeper.isCurrent(began)) return undefined;
    let source: FactSource = 'l1-hit';
    const kept = keptOf(wanted);
    const judging = keeper.judgeOf(ages);
    const take = (root: 'subject' | 'resource'): Slice | undefined => {
      const one = found.get(wanted[root] ?? '');
      // While slower levels were asked a change may have been told of.
      if (one === undefined || judging.judge(one.slice) !== 'good') return kept[root];
      const from: FactSource = `${one.level}-hit`;
      if (from > source) source = from;
      return one.slice;
    };
    const both = { subject: take('subject'), resource: take('resource') };
    const facts = serve(asked, wish, wanted, both, source);
    // Only what serves: in the place of the rest comes what is loaded now, which is of one state.
    if (facts !== undefined)
      for (const slice of [both.subject, both.resource])
        if (slice !== undefined && slice !== kept.subject && slice !== kept.resource)
          keeper.keepShared(slice, ages);
    return facts;
  };

  /** Whether a slice is of use if it is settled and the other one is as well. */
  const isUseful = (slice: Slice, ages: AllowedAges, { consistency }: FactWish): boolean =>
    mayServe(ageOf(slice.load, clock.monotonic()), ages) &&
    isSettled(slice, watch.settledBefore) &&
    (consistency?.kind !== 'atLeast' || sees(slice.load.snapshot, consistency.transaction));

  /** Finds what the question needs in the shared levels or loads it, and keeps it if that is right. */
  const fly = (asked: Asked, isRenewal: boolean, isAhead = false): Promise<ServedFacts> => {
    const { request, triple, bundle, reads, ages } = asked;
    const key = `${triple.index}|${request.subject.key}|${request.resource.key}`;
    const beganAt = clock.monotonic();
    const under = flights.get(key);
    if (under !== undefined && beganAt - under.beganAt <= LONGEST_JOIN) return under.facts;
    const load = async (): Promise<ServedFacts> => {
      if (!isRenewal && !isAhead) {
        const found = await lookUpShared(asked, NO_WISH);
        if (found !== undefined) return found;
      }
      const began = keeper.begin();
      counts.loads += 1;
      const loaded = await store.loadByRoot(asked, bundle);
      if (loaded === undefined) return loadedFacts(await store.load(request, triple, bundle), 'bypass');
      keeper.keepLoaded(loaded, began, keysOf(reads.roots, request), ages, isRenewal);
      return loadedFacts(new PairedFacts(loaded.facts.subject, loaded.facts.resource), 'miss');
    };
    const facts = load().finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    const flight: Flight = { beganAt, facts };
    flights.set(key, flight);
    return facts;
  };

  /** Loads ahead of time what will soon be too old. */
  const refresh = (asked: Asked): void => {
    if (refreshes >= MOST_REFRESHES) return;
    refreshes += 1;
    counts.refreshes += 1;
    fly(asked, false, true)
      .catch(() => {})
      .finally(() => {
        refreshes -= 1;
      });
  };

  const bypass = async (
    question: FactQuestion,
    bundle: CheckedBundle,
    wish: FactWish,
  ): Promise<ServedFacts> => {
    const facts =
      wish.consistency === undefined
        ? await store.load(question.request, question.triple, bundle)
        : await store.loadFromPrimary(question, bundle);
    return loadedFacts(facts, 'bypass');
  };

  /** What is not kept here. */
  const fetch = async (asked: Asked, wish: FactWish): Promise<ServedFacts> => {
    const facts =
      wish.consistency === undefined
        ? await fly(asked, wish.renew === true)
        : // Nobody else who asks wants the same state.
          ((wish.renew === true ? undefined : await lookUpShared(asked, wish)) ??
          (await bypass(asked, asked.bundle, wish)));
    return facts;
  };

  const counted = async (facts: Promise<ServedFacts>): Promise<ServedFacts> => {
    const served = await facts;
    counts.requests[served.source ?? 'bypass'] += 1;
    return served;
  };

  return {
    load(request, triple, bundle, wish = NO_WISH) {
      const reads = watch.adopt(bundle);
      const of = reads?.of(triple);
      const isFresh = wish.consistency?.kind === 'fresh';
      if (reads === undefined || of === undefined || isFresh || whyNotKept(of, request, reads) !== undefined)
        return counted(bypass({ request, triple }, bundle, wish));
      const ages = of.ages as AllowedAges;
      const asked: Asked = { request, triple, bundle: reads.bundle, reads: of, ages };
      if (wish.renew !== true) {
        const kept = lookUp(asked, wish);
        if (kept !== undefined) {
          counts.requests['l1-hit'] += 1;
          if (!isWithin(kept.age, ages.refresh)) refresh(asked);
          return kept;
        }
      } else counts.tooOld += 1;
      return counted(fetch(asked, wish));
    },
    loadAll: (questions, bundle) => store.loadAll(questions, bundle),
    size: () => undefined,
    async start(bundle) {
      watch.adopt(bundle);
      await watch.start();
    },
    status: () => ({
      ...slices.status,
      isTrusted: watch.isTrusted,
      ...(Number.isFinite(watch.behind) ? { behind: Math.round(watch.behind) } : {}),
      gaps: watch.gaps,
      changes: watch.changes,
      watched: watch.current?.isConfirmed === true ? [...watch.current.watched].toSorted() : [],
      counts,
      ...(shared && { shared: shared.status() }),
    }),
    describe(request, triple, bundle) {
      const reads = watch.current?.bundle === bundle ? watch.current : new BundleReads(bundle);
      const of = reads.of(triple);
      const keys = keysOf(of.roots, request);
      const tags = [keys.subject, keys.resource].flatMap((key) =>
        key === undefined ? [] : (slices.get(key)?.tags ?? []),
      );
      return describeCache(of, request, whyNotKept(of, request, reads), tags);
    },
    async stop() {
      watch.forget();
      await Promise.all([watch.stop(), shared?.stop()]);
    },
  };
}

/**
 * The keys of slices that are not kept here, or are of no use. Where one is not settled the other alone is no help, unless one load
 * made both.
 */
function missingOf(
  { subject, resource }: ByRoot<string | undefined>,
  here: ByRoot<Slice | undefined>,
  isUseful: (slice: Slice) => boolean,
): readonly string[] {
  const lacks = (slice: Slice | undefined): boolean => slice === undefined || !isUseful(slice);
  return [
    ...(subject !== undefined && lacks(here.subject) ? [subject] : []),
    ...(resource !== undefined && lacks(here.resource) ? [resource] : []),
  ];
}

const NONE: ReadonlySet<Safeguard> = new Set();
const NO_WISH: FactWish = {};
