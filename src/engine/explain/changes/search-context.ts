import type { CheckedBundle } from '../../../dsl/check/bundle.ts';
import type { Reference } from '../../../dsl/types/values.ts';
import type { Compiler } from '../../compile/compiler.ts';
import type { DecisionInput } from '../../compile/decision-input.ts';
import type { Question } from '../../decide/question.ts';
import type { TriplePlan } from '../../decide/triple-plan.ts';
import type { SearchLog } from './search-log.ts';

/** What a search for changes looks at: the compiled conditions, and the world in which they are to change. */
export interface SearchContext {
  readonly plan: TriplePlan;
  readonly question: Question;
  readonly input: DecisionInput;
  readonly compiler: Compiler;
  readonly bundle: CheckedBundle;
  readonly log: SearchLog;
  /** Keys of the entities that the request speaks of: it can say more of them. */
  readonly mentioned: () => ReadonlySet<string>;
  /** Entities that the request, the subject or the resource speaks of. */
  readonly known: () => readonly Reference[];
}
