import type { AccessRequest, PreparedRequest } from '../../engine/decide/types.ts';
import type { Consistency } from '../cache/consistency.ts';
import type { Decision } from '../http/schemas/access-schema.ts';
import type { ActiveBundle, FactQuestion, FactWish, Ports, ServedFacts } from '../ports.ts';
import { takeTurns } from '../take-turns.ts';
import type { About } from './about.ts';
import { EXPIRED } from './deadline.ts';
import type { DecisionService, Loaded, LoadedFacts, Outcome, Soon } from './decision-service.ts';

/** Whether a batch ends before its end: never, with the first denial or error, or with the first permit. */
export const BATCH_SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type BatchSemantic = (typeof BATCH_SEMANTICS)[number];

/** What becomes of one question, whether it was asked alone or among others. */
export interface SingleDecision {
  /** `timeout` in milliseconds; undefined where no deadline says how long it may take. */
  loadAll(
    questions: readonly FactQuestion[],
    bundle: ActiveBundle,
    timeout: number | undefined,
    wish: FactWish | undefined,
  ): Soon<Loaded<readonly ServedFacts[]>>;
  /** Whether kept facts are older than layer 7 lets the verdict be that they give. */
  isTooOld(facts: ServedFacts, question: FactQuestion, bundle: ActiveBundle, now: number): boolean;
  denyUndeclared(
    request: PreparedRequest,
    bundle: ActiveBundle,
    about: About,
    now: number,
  ): Soon<Outcome<Decision>>;
  conclude(
    loaded: LoadedFacts,
    request: PreparedRequest,
    triple: FactQuestion['triple'],
    bundle: ActiveBundle,
    about: About,
    startedAt: number,
    now: number,
  ): Soon<Outcome<Decision>>;
}

/**
 * Decides batches. The deadline of an item covers what it would cover alone: the look for facts, which all share, and the
 * item's own decision, but not the decisions before it.
 */
export function createBatchDecisions(
  { bundles, clock }: Ports,
  single: SingleDecision,
): DecisionService['decideAll'] {
  /** The facts of all, of one state: where kept ones are too old for one of the verdicts, those of all are loaded. */
  const load = async (
    questions: readonly FactQuestion[],
    bundle: ActiveBundle,
    consistency: Consistency | undefined,
    now: number,
  ): Promise<Loaded<readonly ServedFacts[]>> => {
    const startedAt = clock.monotonic();
    const timeout = longestDeadline(questions, bundle);
    const wish = consistency && { consistency };
    const loaded = await single.loadAll(questions, bundle, timeout, wish);
    if (loaded === EXPIRED || loaded === undefined) return loaded;
    const rest = takeTurns();
    for (const [index, question] of questions.entries()) {
      if (single.isTooOld(loaded[index] as ServedFacts, question, bundle, now)) {
        const left = timeout === undefined ? undefined : timeout - (clock.monotonic() - startedAt);
        return single.loadAll(questions, bundle, left, { ...wish, renew: true });
      }
      await rest();
    }
    return loaded;
  };

  return async (asked, semantic, about, consistency) => {
    const now = clock.now();
    const bundle = bundles.current();
    // A batch may take as long as a thousand requests.
    const rest = takeTurns();

    const requests: (PreparedRequest | undefined)[] = [];
    for (const one of asked) {
      requests.push(prepare(one, bundle));
      await rest();
    }
    const questions = requests.flatMap((request) =>
      request?.triple === undefined ? [] : [{ request, triple: request.triple }],
    );
    const beforeLoading = clock.monotonic();
    const loaded = questions.length === 0 ? undefined : await load(questions, bundle, consistency, now);
    const loading = clock.monotonic() - beforeLoading;
    const each = loaded === undefined || loaded === EXPIRED ? undefined : loaded.values();
    const nextFacts = (): LoadedFacts =>
      loaded === undefined || loaded === EXPIRED ? loaded : each?.next().value;

    const outcomes: Soon<Outcome<Decision> | undefined>[] = [];
    for (const request of requests) {
      const outcome =
        request === undefined
          ? undefined
          : request.triple === undefined
            ? single.denyUndeclared(request, bundle, about, now)
            : single.conclude(
                nextFacts(),
                request,
                request.triple,
                bundle,
                about,
                clock.monotonic() - loading,
                now,
              );
      outcomes.push(outcome);
      // What follows hangs on what came of this one, its record included.
      if (semantic !== 'execute_all' && ends(semantic, await outcome)) break;
      await rest();
    }
    return Promise.all(outcomes.map(async (outcome) => outcome));
  };
}

function prepare(asked: AccessRequest | undefined, { engine }: ActiveBundle): PreparedRequest | undefined {
  return asked === undefined ? undefined : engine.prepare(asked);
}

/** How long the last of these may wait for its facts; whose own deadline is shorter is denied then. */
function longestDeadline(questions: readonly FactQuestion[], { engine }: ActiveBundle): number | undefined {
  let longest = 0;
  for (const { triple } of questions) {
    const deadline = engine.bundle.policies[triple.index]?.deadline;
    if (deadline === undefined) return undefined;
    longest = Math.max(longest, deadline);
  }
  return longest;
}

function ends(
  semantic: Exclude<BatchSemantic, 'execute_all'>,
  outcome: Outcome<Decision> | undefined,
): boolean {
  const isPermit = outcome?.ok === true && outcome.answer.decision;
  return isPermit === (semantic === 'permit_on_first_permit');
}
