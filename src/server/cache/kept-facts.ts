import type { FactView } from '../../engine/decide/facts.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { ServedFacts } from '../ports.ts';
import { PairedFacts } from './paired-facts.ts';
import type { Slice } from './slice.ts';

/** Facts that were kept, of one state of the database. */
export class KeptFacts extends PairedFacts implements ServedFacts {
  readonly source = 'l1-hit';
  readonly age: number;

  constructor(subject: Slice, resource: Slice, age: number) {
    super(subject.facts, resource.facts);
    this.age = age;
  }
}

/** The facts of two slices, or of the only one that there is. */
export function keptFacts({ subject, resource }: ByRoot<Slice | undefined>, age: number): KeptFacts {
  const one = subject ?? resource;
  if (one === undefined) throw new Error('nothing was kept');
  return new KeptFacts(one, resource ?? one, age);
}

/** Facts that were loaded for this question, or for another that was asked at the same time. */
export function loadedFacts(facts: FactView, source: 'miss' | 'bypass'): ServedFacts {
  return { source, record: (type, id) => facts.record(type, id) };
}
