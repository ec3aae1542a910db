import { type KeyObject, randomUUID } from 'node:crypto';
import type { Triple } from '../../dsl/check/bundle.ts';
import { NO_FACTS } from '../../engine/decide/facts.ts';
import type { AccessRequest, Circumstances, PreparedRequest, Verdict } from '../../engine/decide/types.ts';
import type { Explanation } from '../../engine/explain/types.ts';
import { createDecisionEntries } from '../audit/decision-entry.ts';
import { createValueHash } from '../audit/value-hash.ts';
import type { Verdicts } from '../cache/allowed-ages.ts';
import type { Consistency } from '../cache/consistency.ts';
import type { Decision } from '../http/schemas/access-schema.ts';
import { createModesOn } from '../live/modes-on.ts';
import type { ActiveBundle, Exhausted, FactSource, FactWish, Ports, ServedFacts } from '../ports.ts';
import type { About } from './about.ts';
import { answerOf, denialBy } from './answer.ts';
import { type BatchSemantic, createBatchDecisions } from './batch-decisions.ts';
import { EXPIRED, within } from './deadline.ts';

/** Why there is no answer. */
export type Unavailable = 'facts_unavailable' | 'audit_unavailable' | 'timed_out';

export type Outcome<T> =
  | { readonly ok: true; readonly answer: T; readonly source?: FactSource | undefined }
  | { readonly ok: false; readonly problem: Unavailable };

export interface ExplainedAnswer extends Decision {
  readonly explanation: Omit<Explanation, 'verdict'>;
}

/** Answers come at once wherever nothing has to be waited for. */
export type Soon<T> = T | Promise<T>;

export interface DecisionService {
  /** Decides, counts and records. */
  decide(request: AccessRequest, about: About, consistency?: Consistency): Soon<Outcome<Decision>>;
  /**
   * Decides one after the other, each as a decision of its own, with one bundle, one time and one look for facts. Gives
   * outcomes in order, up to the one that ends the batch. `undefined` stands for a question that cannot be asked: it is
   * no permit, and its outcome is `undefined`.
   */
  decideAll(
    requests: readonly (AccessRequest | undefined)[],
    semantic: BatchSemantic,
    about: About,
    consistency?: Consistency,
  ): Promise<readonly (Outcome<Decision> | undefined)[]>;
  /** Says what the decision would be and why; neither counted nor recorded. */
  explain(request: AccessRequest): Promise<Outcome<ExplainedAnswer>>;
  /** The denial of a question whose time ran out before it was read. */
  expire(about: About): Soon<Outcome<Decision>>;
}

/** Where policy sets no deadline, loading facts may take so many milliseconds. */
const LOADING_TIMEOUT = 10_000;
/** Making a record durable may take so many milliseconds. */
const AUDIT_TIMEOUT = 5_000;

/** The store could not be asked: of no record is known whether it is there. */
const UNKNOWN_FACTS: ServedFacts = { record: () => undefined };

/** `EXPIRED` where it came too late, undefined where it could not be loaded. */
export type Loaded<T> = T | typeof EXPIRED | undefined;
export type LoadedFacts = Loaded<ServedFacts>;

export interface DecisionServiceOptions {
  readonly auditSecret: KeyObject;
}

export function createDecisionService(
  ports: Ports,
  { auditSecret }: DecisionServiceOptions,
): DecisionService {
  const { bundles, clock, emergency, facts, limits, losses, audit, world } = ports;
  const modesOn = createModesOn(emergency, losses);
  const entryOf = createDecisionEntries(createValueHash(auditSecret));

  /** What holds at this moment; no limit is asked yet. */
  const circumstancesOf = (
    bundle: ActiveBundle,
    request: PreparedRequest,
    now = clock.now(),
  ): Circumstances => ({
    world: { now, sources: world.sources },
    live: {
      modes: modesOn(bundle.engine.bundle),
      overrides: emergency.overridesFor(request.subject, now),
      exhausted: NOTHING,
      losses: losses.current(),
    },
  });

  /** The facts, `EXPIRED` when they came too late, undefined when they could not be loaded. */
  const loadFacts = <T extends ServedFacts | readonly ServedFacts[]>(
    load: () => Soon<T>,
    timeout: number,
  ): Soon<Loaded<T>> => {
    const failed = (): undefined => {
      losses.set('database', true);
    };
    const arrived = (loaded: T | typeof EXPIRED): T | typeof EXPIRED => {
      // Kept facts say nothing of how the database is.
      if (loaded !== EXPIRED && !wasKept(loaded)) losses.set('database', false);
      return loaded;
    };
    try {
      const loading = load();
      return loading instanceof Promise ? within(loading, timeout).then(arrived, failed) : arrived(loading);
    } catch {
      return failed();
    }
  };

  /** That a database is back is found out by asking it. */
  const withLoss = (wish: FactWish | undefined): FactWish | undefined =>
    losses.current().has('database') ? { ...wish, reload: true } : wish;

  /** Records the verdict, and answers with it once that is done as the policy wants it. */
  const finish = (
    verdict: Verdict,
    request: PreparedRequest | undefined,
    bundle: ActiveBundle,
    about: About,
    retryAfter?: number,
    source?: FactSource,
  ): Soon<Outcome<Decision>> => {
    const id = randomUUID();
    const entry = entryOf({ id, verdict, request, bundle, about, now: clock.now() });
    const storing = entry === undefined ? undefined : audit.write(entry);
    const answered: Outcome<Decision> = {
      ok: true,
      answer: answerOf(id, verdict, request, bundle, retryAfter),
      source,
    };
    if (storing === undefined) return answered;
    const refused: Outcome<Decision> = { ok: false, problem: 'audit_unavailable' };
    return within(storing, AUDIT_TIMEOUT).then(
      (stored) => (stored === EXPIRED ? refused : answered),
      () => refused,
    );
  };

  /** The denial of what nobody declared. */
  const denyUndeclared = (
    request: PreparedRequest,
    bundle: ActiveBundle,
    about: About,
    now?: number,
  ): Soon<Outcome<Decision>> => {
    const verdict = bundle.engine.decide(request, NO_FACTS, circumstancesOf(bundle, request, now));
    return finish(verdict, request, bundle, about);
  };

  /** Decides with what came of loading the facts. */
  const conclude = (
    loaded: LoadedFacts,
    request: PreparedRequest,
    triple: Triple,
    bundle: ActiveBundle,
    about: About,
    startedAt: number,
    now?: number,
    consistency?: Consistency,
  ): Soon<Outcome<Decision>> => {
    const { engine } = bundle;
    const deadline = engine.bundle.policies[triple.index]?.deadline;
    const isLate = (): boolean => deadline !== undefined && clock.monotonic() - startedAt > deadline;
    const known = loaded === EXPIRED || loaded === undefined ? UNKNOWN_FACTS : loaded;

    const circumstances = circumstancesOf(bundle, request, now);

    // Counted whatever becomes of it: a request that ends in a denial or a time-out was a request.
    // Where kept facts may turn out too old for the verdict, it is counted once that is known.
    const uses = engine.limitUses(request, known, circumstances);
    const { verdicts = ANY } = known;
    const isDoubtful = !verdicts.permit || !verdicts.deny;
    const exhausted = isDoubtful ? limits.peek(uses) : limits.take(uses);
    if (loaded === EXPIRED && deadline === undefined) return { ok: false, problem: 'timed_out' };
    if (loaded === EXPIRED || (isLate() && !isDoubtful))
      return finish(denialBy('deadline_exceeded'), request, bundle, about);

    const verdict = engine.decide(request, known, withExhausted(circumstances, exhausted));
    if (isDoubtful) {
      if (!mayGive(verdicts, verdict)) {
        const timeout = (deadline ?? LOADING_TIMEOUT) - (clock.monotonic() - startedAt);
        const wish: FactWish = { ...(consistency && { consistency }), renew: true };
        const renewed = loadFacts(() => facts.load(request, triple, engine.bundle, wish), timeout);
        const again = (later: LoadedFacts): Soon<Outcome<Decision>> =>
          conclude(later, request, triple, bundle, about, startedAt, undefined, consistency);
        return renewed instanceof Promise ? renewed.then(again) : again(renewed);
      }
      limits.take(uses);
    }
    const isOpen = verdict.code === 'facts_unavailable' || (loaded === undefined && verdict.permitted);
    if (isOpen && (verdict.permitted || !engine.bundle.losses.has('database'))) {
      return { ok: false, problem: 'facts_unavailable' };
    }
    if (isLate()) return finish(denialBy('deadline_exceeded'), request, bundle, about);
    return finish(verdict, request, bundle, about, retryAfterOf(verdict, exhausted), known.source);
  };

  return {
    decide(asked, about, consistency) {
      const startedAt = clock.monotonic();
      const bundle = bundles.current();
      const { engine } = bundle;
      const request = engine.prepare(asked);
      const { triple } = request;
      if (triple === undefined) return denyUndeclared(request, bundle, about);
      const timeout = engine.bundle.policies[triple.index]?.deadline ?? LOADING_TIMEOUT;
      const wish = withLoss(consistency && { consistency });
      const loading = loadFacts(() => facts.load(request, triple, engine.bundle, wish), timeout);
      const conclusion = (loaded: LoadedFacts): Soon<Outcome<Decision>> =>
        conclude(loaded, request, triple, bundle, about, startedAt, undefined, consistency);
      return loading instanceof Promise ? loading.then(conclusion) : conclusion(loading);
    },

    decideAll: createBatchDecisions(ports, {
      loadAll(questions, bundle, timeout, wish) {
        const load = (): Soon<readonly ServedFacts[]> =>
          facts.loadAll(questions, bundle.engine.bundle, withLoss(wish));
        return loadFacts(load, timeout ?? LOADING_TIMEOUT);
      },
      isTooOld(known, { request }, bundle, now) {
        const { verdicts = ANY } = known;
        if (verdicts.permit && verdicts.deny) return false;
        const circumstances = circumstancesOf(bundle, request, now);
        const exhausted = limits.peek(bundle.engine.limitUses(request, known, circumstances));
        const verdict = bundle.engine.decide(request, known, withExhausted(circumstances, exhausted));
        return !mayGive(verdicts, verdict);
      },
      denyUndeclared,
      conclude,
    }),

    async explain(asked) {
      const bundle = bundles.current();
      const { engine } = bundle;
      const request = engine.prepare(asked);
      let known = NO_FACTS;
      if (request.triple !== undefined) {
        const { triple } = request;
        // What is explained is how it is now.
        const load = (): Soon<ServedFacts> => facts.load(request, triple, engine.bundle, FRESH);
        const loaded = await loadFacts(load, LOADING_TIMEOUT);
        if (loaded === EXPIRED) return { ok: false, problem: 'timed_out' };
        if (loaded === undefined) return { ok: false, problem: 'facts_unavailable' };
        known = loaded;
      }
      const circumstances = circumstancesOf(bundle, request);
      const exhausted = limits.peek(engine.limitUses(request, known, circumstances));
      const explained = engine.explain(request, known, withExhausted(circumstances, exhausted));
      const { verdict, ...explanation } = explained;
      const answer = answerOf(randomUUID(), verdict, request, bundle, retryAfterOf(verdict, exhausted));
      const { triple } = request;
      const described = triple && ports.cache?.describe(request, triple, engine.bundle);
      const cache = described === undefined ? explanation.cache : { ...explanation.cache, facts: described };
      return { ok: true, answer: { ...answer, explanation: { ...explanation, cache } } };
    },

    expire: (about) => finish(denialBy('deadline_exceeded'), undefined, bundles.current(), about),
  };
}

const NOTHING: ReadonlySet<string> = new Set();
const FRESH: FactWish = { consistency: { kind: 'fresh' } };

/** Whether all of it was kept. */
function wasKept(loaded: ServedFacts | readonly ServedFacts[]): boolean {
  return 'record' in loaded
    ? loaded.verdicts !== undefined
    : loaded.every(({ verdicts }) => verdicts !== undefined);
}

/** What was not kept gives whichever verdict comes of it. */
const ANY: Verdicts = { permit: true, deny: true };

/** Whether facts are young enough for the verdict that they give. */
function mayGive({ permit, deny }: Verdicts, { permitted }: Verdict): boolean {
  return permitted ? permit : deny;
}

/** The same moment, with what the limits say. */
function withExhausted(circumstances: Circumstances, exhausted: Exhausted): Circumstances {
  if (exhausted.size === 0) return circumstances;
  return { ...circumstances, live: { ...circumstances.live, exhausted: new Set(exhausted.keys()) } };
}

/** Whole seconds until the limit that denied has something left. */
function retryAfterOf(verdict: Verdict, exhausted: Exhausted): number | undefined {
  if (verdict.code !== 'limit_exceeded' || verdict.cause === undefined) return undefined;
  const milliseconds = exhausted.get(verdict.cause.rule);
  return milliseconds === undefined ? undefined : Math.max(1, Math.ceil(milliseconds / 1_000));
}
