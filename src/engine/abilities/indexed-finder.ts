import type { DecisionInput } from '../compile/decision-input.ts';
import type { RuleFinder } from './ability-set.ts';
import type { LoweredRule } from './lowered-rule.ts';

/** Rules of one question, found by the literals that their conditions name. */
export interface IndexedFinder extends RuleFinder {
  /** The rules that may hold for all that is known, by `order`: those that the literals rule out are left out. */
  candidates(input: DecisionInput): readonly LoweredRule[];
  /** Shows `look` those of them that may hold, in some order, until it has seen enough and returns false. */
  visit(input: DecisionInput, look: (rule: LoweredRule) => boolean): boolean;
  /** How many levels of literals are looked up; 0 for none. */
  readonly depth: number;
}
