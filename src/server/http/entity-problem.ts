import type { EntityRefused } from '../entities/entity-types.ts';
import { Problem } from './problem.ts';

/** What a caller is told of a write or a look that was refused. */
export function entityProblem({ refusal, detail, errors }: EntityRefused): Problem {
  return new Problem(refusal, detail, errors === undefined ? {} : { errors });
}
