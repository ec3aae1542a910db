import type { FactView } from '../../engine/decide/facts.ts';
import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { FactSource, ServedFacts } from '../ports.ts';
import { type Age, type AllowedAges, type Verdicts, verdictsAt } from './allowed-ages.ts';
import { PairedFacts } from './paired-facts.ts';
import type { Slice } from './slice.ts';

/** Facts that were kept, of one state of the database. */
export class KeptFacts extends PairedFacts implements ServedFacts {
  readonly source: FactSource;
  readonly age: Age;
  readonly verdicts: Verdicts;

  constructor(subject: Slice, resource: Slice, age: Age, ages: AllowedAges, source: FactSource) {
    super(subject.facts, resource.facts);
    this.age = age;
    this.verdicts = verdictsAt(age, ages);
    this.source = source;
  }
}

/** The facts of two slices, or of the only one that there is, as old as the older. */
export function keptFacts(
  { subject, resource }: ByRoot<Slice | undefined>,
  now: number,
  ages: AllowedAges,
  source: FactSource,
): KeptFacts {
  const one = subject ?? resource;
  if (one === undefined) throw new Error('nothing was kept');
  const other = resource ?? one;
  const beganAt = Math.min(one.load.beganAt, other.load.beganAt);
  const heldSince = Math.min(one.load.heldSince, other.load.heldSince);
  return new KeptFacts(one, other, { age: now - beganAt, held: now - heldSince }, ages, source);
}

/** Facts that were loaded for this question, or for another that was asked at the same time. */
export function loadedFacts(facts: FactView, source: 'miss' | 'bypass'): ServedFacts {
  return { source, record: (type, id) => facts.record(type, id) };
}
