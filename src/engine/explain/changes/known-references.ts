import { type Outcome, type RecordValue, Reference, ValueMap, ValueSet } from '../../../dsl/types/values.ts';
import type { DecisionInput } from '../../compile/decision-input.ts';
import type { PreparedRequest } from '../../decide/types.ts';

/** Of more references than these only the first are looked at. */
const MAXIMUM_KNOWN = 64;

/** Keys of the entities that a request names, to each of which it may add properties. */
export function mentionedIn(request: PreparedRequest): ReadonlySet<string> {
  const found = new Map<string, Reference>();
  new Collector(found, Number.POSITIVE_INFINITY, false).request(request);
  return new Set(found.keys());
}

/** What a request says of an entity stands where it names it: what it no longer names, it says nothing of. */
export function forgetUnmentioned(before: PreparedRequest, after: PreparedRequest): PreparedRequest {
  if (after.supplied.size === 0 || before === after) return after;
  const once = mentionedIn(before);
  const still = mentionedIn(after);
  const supplied = new Map(
    [...after.supplied].filter(([key]) => still.has(key) || (before.supplied.has(key) && !once.has(key))),
  );
  return supplied.size === after.supplied.size ? after : { ...after, supplied };
}

/** The entities that a question speaks of: those of the request, and those that its subject and resource refer to. */
export function knownTo(input: DecisionInput): readonly Reference[] {
  const found = new Map<string, Reference>();
  const collector = new Collector(found, MAXIMUM_KNOWN, true);
  collector.request(input.request);
  for (const reference of [input.subject, input.resource]) {
    const record = input.record(reference);
    if (record !== null && record !== undefined) collector.all(Object.values(record.attributes));
  }
  return [...found.values()];
}

class Collector {
  readonly #found: Map<string, Reference>;
  readonly #most: number;
  readonly #withKeys: boolean;

  constructor(found: Map<string, Reference>, most: number, withKeys: boolean) {
    this.#found = found;
    this.#most = most;
    this.#withKeys = withKeys;
  }

  request(request: PreparedRequest): void {
    this.all([request.subject, request.resource]);
    this.all(Object.values(request.context));
    this.all(Object.values(request.actionAttributes));
    // A map goes on to what is put into it while it is gone through: what is said of one entity may name the next.
    for (const key of this.#found.keys()) this.all(Object.values(request.supplied.get(key) ?? {}));
  }

  all(outcomes: Iterable<Outcome>): void {
    for (const outcome of outcomes) {
      if (this.#found.size >= this.#most) return;
      this.#one(outcome);
    }
  }

  #one(outcome: Outcome): void {
    if (typeof outcome !== 'object') return;
    if (outcome instanceof Reference) {
      if (!this.#found.has(outcome.key)) this.#found.set(outcome.key, outcome);
    } else if (outcome instanceof ValueSet) this.all(outcome.items.values());
    else if (outcome instanceof ValueMap) {
      // In JSON a key is a text, beside which nothing more can be said of what it names.
      if (this.#withKeys) this.all(outcome.keys.values());
      this.all(outcome.values.values());
    } else if (Array.isArray(outcome)) this.all(outcome as readonly Outcome[]);
    else if (Object.getPrototypeOf(outcome) === null) this.all(Object.values(outcome as RecordValue));
  }
}
