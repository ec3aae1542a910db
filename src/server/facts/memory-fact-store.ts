import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { FactStore } from '../ports.ts';
import type { DecodedFacts } from './decode-facts.ts';

/** Facts in memory, decoded for each bundle that may ask. */
export interface MemoryFactStore extends FactStore {
  /** From now on, requests that this bundle answers read these facts. */
  adopt(bundle: CheckedBundle, facts: DecodedFacts): void;
}

export function createMemoryFactStore(): MemoryFactStore {
  // A request that began under the bundle before goes on with that bundle's facts.
  const decoded = new WeakMap<CheckedBundle, DecodedFacts>();
  let size = 0;
  const factsFor = (bundle: CheckedBundle): DecodedFacts => {
    const facts = decoded.get(bundle);
    if (facts === undefined) throw new Error('facts were asked for by a bundle that never adopted any');
    return facts;
  };
  return {
    adopt(bundle, facts) {
      decoded.set(bundle, facts);
      size = facts.size;
    },
    load: (_request, _triple, bundle) => factsFor(bundle),
    loadAll(questions, bundle) {
      const facts = factsFor(bundle);
      return questions.map(() => facts);
    },
    size: () => size,
  };
}
