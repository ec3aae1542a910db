import type { FactView } from '../../engine/decide/facts.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { ServedFacts } from '../ports.ts';
import { PairedFacts } from './paired-facts.ts';
import type { Slice } from './slice.ts';

/** Facts that were kept, of one state of the database. */
export class KeptFacts implements ServedFacts {
  readonly source = 'l1-hit';
  readonly age: number;
  readonly #facts: FactView;

  constructor({ subject, resource }: ByRoot<Slice | undefined>, age: number) {
    this.age = age;
    if (subject !== undefined && resource !== undefined)
      this.#facts = new PairedFacts({ subject: subject.facts, resource: resource.facts });
    else {
      const only = subject ?? resource;
      if (only === undefined) throw new Error('nothing was kept');
      this.#facts = only.facts;
    }
  }

  record(type: string, id: string): ReturnType<FactView['record']> {
    return this.#facts.record(type, id);
  }
}

/** Facts that were loaded for this question, or for another that was asked at the same time. */
export function loadedFacts(facts: FactView, source: 'miss' | 'bypass'): ServedFacts {
  return { source, record: (type, id) => facts.record(type, id) };
}
