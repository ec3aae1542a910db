import type { Refused } from '../live/emergency-service.ts';
import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';

const CODES: Readonly<Record<Refused['refusal'], ProblemCode>> = {
  audit_unavailable: 'audit_unavailable',
  invalid_subject: 'invalid_request',
  not_on: 'state_unavailable',
  not_open: 'override_not_open',
  state_unavailable: 'state_unavailable',
  too_many_overrides: 'too_many_overrides',
  unknown_mode: 'unknown_mode',
  unknown_override: 'unknown_override',
};

/** What an operator is told when a change was refused; `subjectPointer` is where the request names the subject. */
export function refusalProblem({ refusal, detail }: Refused, subjectPointer = ''): Problem {
  const errors = refusal === 'invalid_subject' ? [{ pointer: subjectPointer, message: detail }] : undefined;
  return new Problem(CODES[refusal], detail, errors === undefined ? {} : { errors });
}
