import type { RecordValue } from '../../dsl/types/values.ts';

/**
 * The facts that a decision may read: records of mapped and stored entities, values decoded by the schema. Derived
 * attributes (closures) are left out: the engine follows them over this view. `live` attributes are included.
 */
export interface FactView {
  /** The record; `null` when the store says that there is none; `undefined` when that could not be found out. */
  record(type: string, id: string): FactRecord | null | undefined;
}

/** A record that is there. An optional attribute that is absent is not in it; one that could not be read is UNKNOWN. */
export interface FactRecord {
  readonly attributes: RecordValue;
}

/** Knows of no record at all. */
export const NO_FACTS: FactView = { record: () => null };
