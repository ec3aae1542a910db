import {
  type Key,
  type Outcome,
  Reference,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueSet,
} from '../../dsl/types/values.ts';
import type { DecisionInput } from './decision-input.ts';

/** Reads the attribute that a closure follows, of an entity of one type. */
type Follow = (input: DecisionInput, reference: Reference) => Outcome;

/**
 * Everything that `start` holds and what is reached from there in at most `steps` steps more, each entity once. The set
 * is partial where a record on the way is missing, a value on the way is unknown, or the steps end before the graph
 * does. Unknown when `start` is; empty when it is absent.
 */
export function followClosure(
  input: DecisionInput,
  start: Outcome,
  follow: ReadonlyMap<string, Follow>,
  steps: number,
): ValueSet | Unknown {
  if (start === UNKNOWN) return UNKNOWN;
  const reached = new Map<Key, Value>();
  let partial = false;
  let frontier: Reference[] = [];

  const visit = (outcome: Outcome, into: Reference[]): void => {
    if (outcome === undefined) return;
    if (outcome === UNKNOWN) partial = true;
    else if (outcome instanceof Reference) {
      if (reached.has(outcome.key)) return;
      reached.set(outcome.key, outcome);
      into.push(outcome);
    } else if (outcome instanceof ValueSet) {
      if (outcome.partial) partial = true;
      for (const item of outcome.items.values()) visit(item, into);
    } else if (Array.isArray(outcome)) {
      for (const item of outcome as readonly Outcome[]) visit(item, into);
    }
  };

  visit(start, frontier);
  for (let step = 0; step < steps && frontier.length > 0; step += 1) {
    const next: Reference[] = [];
    for (const reference of frontier) visit(follow.get(reference.type)?.(input, reference), next);
    frontier = next;
  }
  // What lies one step beyond the depth is not part of the set; that it is there makes the set partial.
  for (const reference of frontier) {
    if (partial) break;
    if (leadsFurther(follow.get(reference.type)?.(input, reference), reached)) partial = true;
  }
  return new ValueSet(reached, partial);
}

function leadsFurther(outcome: Outcome, reached: ReadonlyMap<Key, Value>): boolean {
  if (outcome === undefined) return false;
  if (outcome === UNKNOWN) return true;
  if (outcome instanceof Reference) return !reached.has(outcome.key);
  if (outcome instanceof ValueSet)
    return outcome.partial || [...outcome.items.keys()].some((key) => !reached.has(key));
  if (Array.isArray(outcome))
    return (outcome as readonly Outcome[]).some((item) => leadsFurther(item, reached));
  return false;
}
