import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { canonicalId } from '../../dsl/types/entity-id.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import { type LoadedByRoot, purposeOf, viewOf } from '../facts/database-fact-store.ts';
import type { LoadedTogether } from '../facts/load-together.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import { LoadedFacts } from '../facts/sql/loaded-facts.ts';
import type { FactQuestion, FactWish, ServedFacts } from '../ports.ts';
import type { FactChange } from '../store/schema/fact-change.ts';
import { BundleReads } from './bundle-reads.ts';
import { createCounts } from './cache-counts.ts';
import { ChangeHistory } from './change-history.ts';
import { describeCache } from './describe-cache.ts';
import type { CachedFactStore, CachedFactStoreOptions, Safeguard } from './fact-cache.ts';
import { type KeptFacts, keptFacts, loadedFacts } from './kept-facts.ts';
import { areOfOneState, isSettled, pairSlices } from './pair-slices.ts';
import { PairedFacts } from './paired-facts.ts';
import { type BeatAnswer, Pulse, TRUST } from './pulse.ts';
import { type Load, Slice } from './slice.ts';
import { SliceStore } from './slice-store.ts';
import { asOfReplica, parseSnapshot, sees } from './snapshot.ts';
import type { AllowedAges, TripleReads } from './triple-reads.ts';
import { keysOf } from './triple-reads.ts';
import { whyNotKept } from './why-not.ts';

/** Changes that are remembered one by one. */
const MOST_CHANGES = 65_536;
/** Whoever asks what was asked for already waits for that answer, unless that began more milliseconds ago. */
const LONGEST_JOIN = 250;
/** So many loads ahead of time may be under way. */
const MOST_REFRESHES = 4;
/** What leads to more records is not kept. */
const MOST_TAGS = 2_000;

/** When a load began, under which epoch, and how many changes were known. */
interface Began {
  readonly at: number;
  readonly epoch: number;
  readonly since: number;
}

interface Flight {
  readonly beganAt: number;
  readonly facts: Promise<ServedFacts>;
}

/**
 * Keeps facts in the process, between requests. A decision is always computed anew: so nothing live is ever kept, and no
 * comparison with the time gets old.
 *
 * What is kept is used only while it is certain that every change of half a second ago has been told of, it has not been
 * told that any of it changed, and layer 7 allows its age.
 */
export function createCachedFactStore(options: CachedFactStoreOptions): CachedFactStore {
  const { store, database, clock, answers, bounds, log, without = NONE } = options;
  const slices = new SliceStore(bounds);
  const history = new ChangeHistory(MOST_CHANGES);
  const counts = createCounts();
  const flights = new Map<string, Flight>();
  const hasReplica = database.status().replica !== undefined;
  let refreshes = 0;
  /** What is known of the bundle that answers now. */
  let current: BundleReads | undefined;
  /** Grows whenever everything that was kept, or is being loaded, is void. */
  let epoch = 0;
  /** Whether a beat has come back since: only then is known what may have been missed before. */
  let hasBeaten = false;

  const forget = (): void => {
    epoch += 1;
    slices.clear();
    flights.clear();
  };

  const canonical = (change: FactChange): FactChange => {
    const entity = change.type === undefined ? undefined : current?.bundle.entities.get(change.type);
    return { ...change, id: canonicalId(entity, change.id) };
  };

  const pulse = new Pulse({
    database,
    clock,
    tables: () => current?.tables ?? [],
    onChange(told) {
      if (without.has('invalidation')) return;
      counts.changes += 1;
      // Of what nobody can say what it is, everything is assumed.
      if (told === undefined) {
        if (!without.has('heartbeat')) hasBeaten = false;
        return forget();
      }
      const change = canonical(told);
      history.note(change);
      slices.change(change);
    },
    onGap() {
      if (without.has('heartbeat')) return;
      hasBeaten = false;
      forget();
    },
    onBeat: (answer) => checkBeat(answer),
  });

  const look = async (reads: BundleReads, catalogue: string): Promise<void> => {
    try {
      await reads.look(catalogue, database);
    } catch (err) {
      // It is tried again with every beat.
      if (!reads.hasFailed) log.warn({ err }, 'not found out which tables are watched; nothing is kept');
      reads.hasFailed = true;
    }
  };

  /** Whether everything is as it was when it was last looked at. */
  const checkBeat = ({ catalogue, next }: BeatAnswer): boolean => {
    if (!hasBeaten) {
      history.missed(next);
      hasBeaten = true;
    }
    const reads = current;
    if (reads === undefined) return true;
    if (reads.catalogue === catalogue) {
      reads.isConfirmed = true;
      return true;
    }
    // Another definition than before, or one of a bundle that is new: what was kept may have been changed unnoticed.
    forget();
    hasBeaten = false;
    void look(reads, catalogue);
    return false;
  };

  const adopt = (bundle: CheckedBundle): BundleReads | undefined => {
    if (current?.bundle === bundle) return current;
    // A request that began under the bundle before goes on with that, and with nothing that is kept.
    if (!answers(bundle)) return undefined;
    current = new BundleReads(bundle);
    // Ids are spelt as the bundle says, in what is remembered too; the next beat says from where on all is remembered.
    hasBeaten = false;
    forget();
    return current;
  };

  /** When the beat was sent that settles what was loaded before. */
  const provenAt = (): number => (without.has('heartbeat') ? Infinity : pulse.provenAt);
  const isTrusted = (behind = pulse.behind): boolean => without.has('heartbeat') || behind <= TRUST;

  /** Two kept slices of one state that may serve the question, if any. */
  const lookUp = (
    request: PreparedRequest,
    { roots }: TripleReads,
    ages: AllowedAges,
    wish: FactWish,
  ): KeptFacts | undefined => {
    if (!isTrusted()) return undefined;
    const wanted = keysOf(roots, request);
    const kept = {
      subject: wanted.subject === undefined ? undefined : slices.get(wanted.subject),
      resource: wanted.resource === undefined ? undefined : slices.get(wanted.resource),
    };
    const settledBefore = provenAt();
    const pair = pairSlices(wanted, kept, settledBefore);
    if (pair === undefined) return undefined;
    for (const slice of [kept.subject, kept.resource])
      if (slice?.companion !== undefined && isSettled(slice, settledBefore)) slices.detach(slice);
    return serve(pair, ages, wish);
  };

  /** The facts of slices of one state, unless they are too old for any verdict or did not see what the question demands. */
  const serve = (
    pair: ByRoot<Slice | undefined>,
    ages: AllowedAges,
    { consistency }: FactWish,
  ): KeptFacts | undefined => {
    const beganAt = Math.min(pair.subject?.load.beganAt ?? Infinity, pair.resource?.load.beganAt ?? Infinity);
    const age = clock.monotonic() - beganAt;
    if (age > Math.max(ages.permit, ages.deny)) return undefined;
    if (consistency?.kind === 'atLeast') {
      const { transaction } = consistency;
      const seesIt = (slice: Slice | undefined): boolean =>
        slice === undefined || sees(slice.load.snapshot, transaction);
      if (!seesIt(pair.subject) || !seesIt(pair.resource)) return undefined;
    }
    return keptFacts(pair, age);
  };

  /** Kept facts for all questions, if there are some for each and all of them are of one state. */
  const lookUpAll = (
    questions: readonly FactQuestion[],
    reads: BundleReads,
    wish: FactWish,
  ): readonly KeptFacts[] | undefined => {
    if (!isTrusted() || wish.renew === true || wish.consistency?.kind === 'fresh') return undefined;
    const served: { readonly of: TripleReads; readonly facts: KeptFacts }[] = [];
    const used = new Set<Slice>();
    for (const { request, triple } of questions) {
      const of = reads.of(triple);
      if (whyNotKept(of, request, reads) !== undefined) return undefined;
      const pair = slicesOf(keysOf(of.roots, request));
      if (pair === undefined) return undefined;
      const facts = serve(pair, of.ages as AllowedAges, wish);
      if (facts === undefined) return undefined;
      served.push({ of, facts });
      if (pair.subject !== undefined) used.add(pair.subject);
      if (pair.resource !== undefined) used.add(pair.resource);
    }
    if (!areOfOneState(used, provenAt())) return undefined;
    for (const [index, { of, facts }] of served.entries()) {
      const ages = of.ages as AllowedAges;
      if (facts.age > ages.refresh) refresh(questions[index] as FactQuestion, of, ages, reads);
    }
    return served.map(({ facts }) => facts);
  };

  /** The slices with these keys; undefined where one is not kept. */
  const slicesOf = (wanted: ByRoot<string | undefined>): ByRoot<Slice | undefined> | undefined => {
    const subject = wanted.subject === undefined ? undefined : slices.get(wanted.subject);
    const resource = wanted.resource === undefined ? undefined : slices.get(wanted.resource);
    const isWhole =
      (wanted.subject === undefined || subject !== undefined) &&
      (wanted.resource === undefined || resource !== undefined);
    return isWhole ? { subject, resource } : undefined;
  };

  /** Whether what was loaded may be kept, now that it is there. */
  const mayKeep = (slice: Slice, since: number, isPrimary: boolean): boolean => {
    if (slice.tags.length > MOST_TAGS || !slices.fits(slice)) return false;
    if (without.has('snapshots')) return true;
    return !history.mayHide(slice.tags, slice.types, { snapshot: slice.load.snapshot, since, isPrimary });
  };

  /** What slices are made with, of a statement that has just ended; undefined where nothing of it may be kept. */
  const loadOf = (
    { snapshot, isReplica }: Pick<LoadedByRoot, 'snapshot' | 'isReplica'>,
    began: Began,
  ): Load | undefined => {
    if (began.epoch !== epoch || !hasBeaten) return undefined;
    const said = parseSnapshot(snapshot);
    // Behind the pool that may ask a replica there may also be one that has just become a primary of its own.
    if (said === undefined || (!isReplica && hasReplica)) return undefined;
    return {
      snapshot: isReplica ? asOfReplica(said) : said,
      beganAt: began.at,
      endedAt: clock.monotonic(),
    };
  };

  const keep = (
    loaded: LoadedByRoot,
    began: Began,
    keys: ByRoot<string | undefined>,
    replaces: (slice: Slice) => boolean,
  ): void => {
    const load = loadOf(loaded, began);
    if (load === undefined) return;
    const isPrimary = !loaded.isReplica;
    const made = (key: string | undefined, facts: LoadedByRoot['facts']['subject']): Slice | undefined =>
      key === undefined ? undefined : new Slice(key, facts, load);
    const subject = made(keys.subject, loaded.facts.subject);
    const resource = made(keys.resource, loaded.facts.resource);
    const both = [subject, resource].filter((one) => one !== undefined);
    if (!both.every((slice) => mayKeep(slice, began.since, isPrimary))) {
      counts.notKept += 1;
      return;
    }
    const put = both.filter((slice) => {
      const before = slices.get(slice.key);
      if (before !== undefined && !replaces(before)) return false;
      slices.put(slice);
      return true;
    });
    // What is not settled yet serves with what it was loaded with.
    const [only] = put;
    const other = both.find((slice) => slice !== only);
    if (put.length === 1 && only !== undefined && other !== undefined) slices.attach(only, other);
  };

  /** Keeps what was loaded for many questions, each part by itself: all of it is of one load. */
  const keepAll = (
    loaded: LoadedTogether,
    began: Began,
    questions: readonly FactQuestion[],
    reads: BundleReads,
    renew: boolean,
  ): void => {
    const load = loadOf(loaded, began);
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
        const before = slices.get(key);
        if (before !== undefined && !renew && began.at - before.load.beganAt <= ages.replace) continue;
        const slice = new Slice(key, facts[root], load);
        if (mayKeep(slice, began.since, !loaded.isReplica)) slices.put(slice);
        else hasRefused = true;
      }
    }
    if (hasRefused) counts.notKept += 1;
  };

  /** Loads what all questions need, by one look, and keeps what may be kept of it. */
  const loadAll = async (
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    reads: BundleReads | undefined,
    wish: FactWish,
  ): Promise<readonly ServedFacts[]> => {
    const began = { at: clock.monotonic(), epoch, since: history.position };
    const isMiss = ({ request, triple }: FactQuestion): boolean =>
      reads !== undefined &&
      wish.consistency === undefined &&
      whyNotKept(reads.of(triple), request, reads) === undefined;
    const misses = questions.map(isMiss);
    const missed = misses.filter(Boolean).length;
    counts.misses += missed;
    counts.bypass += questions.length - missed;
    if (missed > 0) counts.loads += 1;
    if (wish.renew === true) counts.tooOld += 1;
    const loaded = await store.loadTogether(questions, bundle, purposeOf(wish));
    if (reads !== undefined && missed > 0) keepAll(loaded, began, questions, reads, wish.renew === true);
    return loaded.facts.map((facts, index) =>
      loadedFacts(viewOf(facts), misses[index] === true ? 'miss' : 'bypass'),
    );
  };

  /** Loads what the question needs, and keeps it if that is right. */
  const fly = (
    question: FactQuestion,
    reads: TripleReads,
    ages: AllowedAges,
    bundle: BundleReads,
    renew: boolean,
  ): Promise<ServedFacts> => {
    const { request, triple } = question;
    const key = `${triple.index}|${request.subject.key}|${request.resource.key}`;
    const at = clock.monotonic();
    const under = flights.get(key);
    if (under !== undefined && at - under.beganAt <= LONGEST_JOIN) return under.facts;
    const began: Began = { at, epoch, since: history.position };
    const load = async (): Promise<ServedFacts> => {
      counts.loads += 1;
      const loaded = await store.loadByRoot(question, bundle.bundle);
      if (loaded === undefined)
        return loadedFacts(await store.load(request, triple, bundle.bundle), 'bypass');
      const replaces = (before: Slice): boolean => renew || at - before.load.beganAt > ages.replace;
      keep(loaded, began, keysOf(reads.roots, request), replaces);
      return loadedFacts(new PairedFacts(loaded.facts.subject, loaded.facts.resource), 'miss');
    };
    const facts = load().finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    const flight: Flight = { beganAt: at, facts };
    flights.set(key, flight);
    return facts;
  };

  /** Loads ahead of time what will soon be too old. */
  const refresh = (
    question: FactQuestion,
    reads: TripleReads,
    ages: AllowedAges,
    bundle: BundleReads,
  ): void => {
    if (refreshes >= MOST_REFRESHES) return;
    refreshes += 1;
    counts.refreshes += 1;
    fly(question, reads, ages, bundle, false)
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
    counts.bypass += 1;
    return loadedFacts(await store.load(question.request, question.triple, bundle, wish), 'bypass');
  };

  return {
    load(request, triple, bundle, wish = NO_WISH) {
      const reads = adopt(bundle);
      const of = reads?.of(triple);
      const isFresh = wish.consistency?.kind === 'fresh';
      if (reads === undefined || of === undefined || isFresh || whyNotKept(of, request, reads) !== undefined)
        return bypass({ request, triple }, bundle, wish);
      const ages = of.ages as AllowedAges;
      if (wish.renew !== true) {
        const kept = lookUp(request, of, ages, wish);
        if (kept !== undefined) {
          counts.hits += 1;
          if (kept.age > ages.refresh) refresh({ request, triple }, of, ages, reads);
          return kept;
        }
      } else counts.tooOld += 1;
      if (wish.consistency !== undefined) return bypass({ request, triple }, bundle, wish);
      counts.misses += 1;
      return fly({ request, triple }, of, ages, reads, wish.renew === true);
    },
    loadAll(questions, bundle, wish = NO_WISH) {
      const reads = adopt(bundle);
      const kept = reads && lookUpAll(questions, reads, wish);
      if (kept === undefined) return loadAll(questions, bundle, reads, wish);
      counts.hits += kept.length;
      return kept;
    },
    size: () => undefined,
    async start(bundle) {
      adopt(bundle);
      await pulse.start();
    },
    status() {
      // Read once: a status that says both must not contradict itself.
      const { behind } = pulse;
      return {
        ...slices.status,
        isTrusted: isTrusted(behind),
        ...(Number.isFinite(behind) ? { behind: Math.round(behind) } : {}),
        gaps: pulse.gaps,
        watched: current?.isConfirmed === true ? [...current.watched].toSorted() : [],
        counts,
      };
    },
    describe(request, triple, bundle) {
      const reads = current?.bundle === bundle ? current : new BundleReads(bundle);
      const of = reads.of(triple);
      const keys = keysOf(of.roots, request);
      const tags = [keys.subject, keys.resource].flatMap((key) =>
        key === undefined ? [] : (slices.get(key)?.tags ?? []),
      );
      return describeCache(of, request, whyNotKept(of, request, reads), tags);
    },
    async stop() {
      forget();
      await pulse.stop();
    },
  };
}

const NONE: ReadonlySet<Safeguard> = new Set();
const NO_WISH: FactWish = {};
