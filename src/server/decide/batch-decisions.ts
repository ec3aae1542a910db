import type { AccessRequest, PreparedRequest } from '../../engine/decide/types.ts';
import type { Decision } from '../http/schemas/access-schema.ts';
import type { ActiveBundle, FactQuestion, Ports } from '../ports.ts';
import { takeTurns } from '../take-turns.ts';
import type { About } from './about.ts';
import type { DecisionService, LoadedFacts, Outcome, Soon } from './decision-service.ts';

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
  ): Soon<LoadedFacts>;
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
  return async (asked, semantic, about) => {
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
    const loaded =
      questions.length === 0
        ? undefined
        : await single.loadAll(questions, bundle, longestDeadline(questions, bundle));
    const loading = clock.monotonic() - beforeLoading;

    const outcomes: Soon<Outcome<Decision> | undefined>[] = [];
    for (const request of requests) {
      const outcome =
        request === undefined
          ? undefined
          : request.triple === undefined
            ? single.denyUndeclared(request, bundle, about, now)
            : single.conclude(
                loaded,
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
