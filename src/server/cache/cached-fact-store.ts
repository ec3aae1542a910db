import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { Reference } from '../../dsl/types/values.ts';
import type { FactQuestion, FactWish, ServedFacts } from '../ports.ts';
import { type AllowedAges, isWithin } from './allowed-ages.ts';
import { BatchFacts } from './batch-facts.ts';
import { BundleReads } from './bundle-reads.ts';
import { createCounts } from './cache-counts.ts';
import { describeCache } from './describe-cache.ts';
import type { CachedFactStore, CachedFactStoreOptions, Safeguard } from './fact-cache.ts';
import { FactWatch } from './fact-watch.ts';
import { loadedFacts } from './kept-facts.ts';
import { isSettled } from './pair-slices.ts';
import { PairedFacts } from './paired-facts.ts';
import { SharedSlices } from './shared/shared-slices.ts';
import { SliceKeeper } from './slice-keeper.ts';
import { type Asked, SliceLookUp } from './slice-look-up.ts';
import { SliceStore } from './slice-store.ts';
import { keysOf } from './triple-reads.ts';
import type { WhyMissed } from './why-missed.ts';
import { whyNotKept } from './why-not.ts';

/** Whoever asks what was asked for already waits for that answer, unless that began more milliseconds ago. */
const LONGEST_JOIN = 250;
/** So many loads ahead of time may be under way. */
const MOST_REFRESHES = 4;

interface Flight {
  readonly beganAt: number;
  readonly fetched: Promise<Fetched>;
}

interface Fetched {
  readonly facts: ServedFacts;
  /** Why they had to be loaded, if they had. */
  readonly why: WhyMissed | undefined;
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
    onActivation: options.onActivation,
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
      slices.detachAll((slice) => isSettled(slice, watch.proven));
      const reads = watch.current;
      if (reads?.catalogue !== undefined) shared?.open(reads.bundle, reads.catalogue, identity);
    },
  });
  const hasReplica = database.status().replica !== undefined;
  const keeper = new SliceKeeper({ slices, watch, shared, clock, counts, hasReplica, without });

  const lookUp = new SliceLookUp({ slices, watch, keeper, shared, clock });

  /** Finds what the question needs in the shared levels or loads it, and keeps it if that is right. */
  const fly = (asked: Asked, wish: FactWish, isAhead = false): Promise<Fetched> => {
    const { request, triple, bundle, reads, ages } = asked;
    const kind = wish.reload === true ? 'reload' : 'find';
    const key = `${kind}|${triple.index}|${request.subject.key}|${request.resource.key}`;
    const beganAt = clock.monotonic();
    const under = flights.get(key);
    if (under !== undefined && beganAt - under.beganAt <= LONGEST_JOIN) return under.fetched;
    const load = async (): Promise<Fetched> => {
      let why = whyMissed(asked, wish);
      if (!isAhead && wish.reload !== true) {
        const found = await lookUp.inShared(asked, wish);
        if (found === 'unsettled') why = found;
        else if (found !== undefined) return { facts: found, why: undefined };
      }
      // For those who come next. What nobody asks for once more is settled by the beats of the interval: a beat costs about as
      // much as a load.
      if (why === 'unsettled') watch.hasten();
      const began = keeper.begin();
      counts.loads += 1;
      const loaded = await store.loadByRoot(asked, bundle);
      if (loaded === undefined) {
        const facts = loadedFacts(await store.load(request, triple, bundle), 'bypass');
        return { facts, why: undefined };
      }
      keeper.keepLoaded(loaded, began, keysOf(reads.roots, request), ages, isRenewal(wish));
      const { subject, resource } = loaded.facts;
      return { facts: loadedFacts(new PairedFacts(subject, resource), 'miss'), why };
    };
    const fetched = load().finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    const flight: Flight = { beganAt, fetched };
    flights.set(key, flight);
    return fetched;
  };

  /** Why kept facts do not serve, as far as this process knows. */
  const whyMissed = (asked: Asked, { renew, reload }: FactWish): WhyMissed => {
    if (reload === true) return 'lost';
    return renew === true ? 'too_old_for_verdict' : lookUp.whyMissed(asked);
  };

  /** Loads ahead of time what will soon be too old. */
  const refresh = (asked: Asked): void => {
    if (refreshes >= MOST_REFRESHES) return;
    refreshes += 1;
    counts.refreshes += 1;
    fly(asked, NO_WISH, true)
      .catch(() => {})
      .finally(() => {
        refreshes -= 1;
      });
  };

  const batches = new BatchFacts({
    slices,
    watch,
    keeper,
    store,
    clock,
    counts,
    refresh({ request, triple }, reads, ages) {
      if (watch.current !== undefined)
        refresh({ request, triple, bundle: watch.current.bundle, reads, ages });
    },
  });

  const bypass = async (
    question: FactQuestion,
    bundle: CheckedBundle,
    wish: FactWish,
  ): Promise<ServedFacts> => {
    return loadedFacts(await store.load(question.request, question.triple, bundle, wish), 'bypass');
  };

  /** What is not kept here. */
  const fetch = async (asked: Asked, wish: FactWish): Promise<ServedFacts> => {
    if (wish.consistency === undefined) {
      const { facts, why } = await fly(asked, wish);
      if (why !== undefined) counts.misses[why] += 1;
      return facts;
    }
    // Nobody else who asks wants the same state.
    const found = wish.reload === true ? undefined : await lookUp.inShared(asked, wish);
    return found === undefined || found === 'unsettled' ? bypass(asked, asked.bundle, wish) : found;
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
      const asked = (): Asked => ({ request, triple, bundle: reads.bundle, reads: of, ages });
      if (!isRenewal(wish)) {
        const kept = lookUp.here(request, of, ages, wish);
        if (kept !== undefined) {
          counts.requests['l1-hit'] += 1;
          if (!isWithin(kept.age, ages.refresh)) refresh(asked());
          return kept;
        }
      } else if (wish.renew === true) counts.tooOld += 1;
      return counted(fetch(asked(), wish));
    },
    loadAll(questions, bundle, wish = NO_WISH) {
      const reads = watch.adopt(bundle);
      return (
        (reads && batches.lookUp(questions, reads, wish)) ?? batches.load(questions, bundle, reads, wish)
      );
    },
    size: () => undefined,
    adopt: (bundle) => void watch.adopt(bundle),
    async warm({ request, triple }, bundle) {
      const reads = watch.adopt(bundle);
      const of = reads?.of(triple);
      if (of?.ages === undefined || reads === undefined || whyNotKept(of, request, reads) !== undefined)
        return 'not_kept';
      const asked: Asked = { request, triple, bundle: reads.bundle, reads: of, ages: of.ages };
      if (lookUp.here(request, of, of.ages, NO_WISH) !== undefined) return 'kept';
      const { facts } = await fly(asked, NO_WISH);
      counts.warmed += 1;
      const isGone = ({ type, id }: Reference, isStored: boolean): boolean =>
        isStored && facts.record(type, id) === null;
      const { subject, resource } = of.roots;
      return isGone(request.subject, subject !== undefined) ||
        isGone(request.resource, resource !== undefined)
        ? 'gone'
        : 'loaded';
    },
    async start(bundle) {
      watch.adopt(bundle);
      await watch.start();
    },
    status() {
      // Read once: a status that says both must not contradict itself.
      const { behind } = watch;
      return {
        ...slices.status,
        isTrusted: watch.trusts(behind),
        ...(Number.isFinite(behind) ? { behind: Math.round(behind) } : {}),
        gaps: watch.gaps,
        hastened: watch.hastened,
        changes: watch.changes,
        watched: watch.current?.isConfirmed === true ? [...watch.current.watched].toSorted() : [],
        counts,
        ...(shared && { shared: shared.status() }),
      };
    },
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

const NONE: ReadonlySet<Safeguard> = new Set();
const NO_WISH: FactWish = {};

/** Whether what is kept is of no use, so that what is loaded takes its place. */
function isRenewal({ renew, reload }: FactWish): boolean {
  return renew === true || reload === true;
}
