import type { Unavailable } from '../decide/decision-service.ts';
import { Problem } from './problem.ts';

const DETAILS: Readonly<Record<Unavailable, string>> = {
  audit_unavailable: 'the policy wants a durable record of this decision, and none could be stored',
  facts_unavailable: 'the decision hangs on facts that could not be loaded',
  timed_out: 'the facts took too long to load',
};

/** The 503 for a decision that cannot be given. It may be asked again. */
export function unavailable(problem: Unavailable): Problem {
  return new Problem(problem, DETAILS[problem], { headers: { 'Retry-After': '1' } });
}
