import type { EntityInfo } from '../../../dsl/types/schema.ts';
import type { Outcome } from '../../../dsl/types/values.ts';
import type { Cells } from './cell.ts';

/** How the rows of a statement become records. */
export interface BlockPlan {
  readonly records: readonly RecordPlan[];
  readonly nested: readonly NestedPlan[];
}

/** Rows within a row: what a set, a map or a closure leads to. */
export interface NestedPlan {
  readonly cell: number;
  /** Where each of the rows has its number, if records may be found under a key that others have too: then it comes again. */
  readonly number: number | undefined;
  readonly block: BlockPlan;
}

/** One record in a row. */
export interface RecordPlan {
  readonly entity: EntityInfo;
  /** Where its key is; null there says that no record was found. */
  readonly key: (cells: Cells) => unknown;
  /** The id that was looked up; null where none was. Undefined for the subject and the resource, whose ids are known. */
  readonly sought: ((cells: Cells) => unknown) | undefined;
  /** Whether a key that was found may be spelt otherwise than the id that was looked up. */
  readonly mayDiffer: boolean;
  readonly attributes: readonly AttributePlan[];
  /** Attributes that the store may hold and nobody reads here: not loaded, they are unknown and not absent. */
  readonly unread: readonly string[];
}

/** One attribute of a record. */
export interface AttributePlan {
  readonly name: string;
  readonly read: (cells: Cells) => Outcome;
}
