import { DecisionInput } from '../compile/decision-input.ts';
import type { FactView } from './facts.ts';
import type { TriplePlan } from './triple-plan.ts';
import type { Circumstances, PreparedRequest } from './types.ts';

/** All that a verdict hangs on. */
export interface Question {
  readonly request: PreparedRequest;
  readonly facts: FactView;
  readonly circumstances: Circumstances;
}

/** What the compiled conditions of a plan are functions of; nothing has been found out yet. */
export function inputOf(plan: TriplePlan, { request, facts, circumstances }: Question): DecisionInput {
  return new DecisionInput(
    request,
    facts,
    circumstances,
    plan.subjectType,
    plan.triple.isNew,
    plan.assessRisk,
  );
}
