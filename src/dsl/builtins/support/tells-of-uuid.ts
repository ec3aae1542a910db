import type { Outcome } from '../../types/values.ts';
import type { Builtin } from '../builtin.ts';
import { analyzeUuid, type UuidFacts } from './analyze-uuid.ts';

/** How a builtin is evaluated that says one thing of its argument as a UUID, of which nothing is found where it is none. */
export function tellsOfUuid(
  tell: (found: UuidFacts | undefined) => Outcome,
): Pick<Builtin, 'evaluate' | 'finding'> {
  return {
    evaluate: ([id]) => tell(analyzeUuid(id as string)),
    finding: { find: analyzeUuid, tell: tell as (found: unknown) => Outcome },
  };
}
