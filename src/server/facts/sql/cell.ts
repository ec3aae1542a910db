import { ROW_PARSERS } from '../../store/row-values.ts';
import type { ColumnType } from './describe-tables.ts';

/** The values of a row by position. */
export type Cells = Readonly<Record<number, unknown>>;

/** A value as the statement selects it, and what is left to do with it. */
export interface Cell {
  readonly sql: string;
  /** Reads the text as a column of its type would be read; undefined where the value is as it should be. */
  readonly reread: ((text: string) => unknown) | undefined;
}

/** Types whose values JSON would spell otherwise than a row, or less exactly: bigint, numeric, timestamptz, bytea, and arrays of them. */
const UNLIKE_JSON: readonly number[] = [20, 1700, 1184, 17, 1016, 1231, 1185, 1001];

/** A column, alone in a row or as a part of JSON; it is read the same either way. */
export function cellOf(sql: string, { type, element }: ColumnType, isJson: boolean): Cell {
  if (isJson && UNLIKE_JSON.includes(type)) return { sql: `(${sql})::text`, reread: ROW_PARSERS[type] };
  // An array of a type that this database defines itself would come as text.
  if (!isJson && element !== undefined && !(type in ROW_PARSERS))
    return { sql: `(${sql})::text[]`, reread: undefined };
  return { sql, reread: undefined };
}

/** Reads the cell at a position. */
export function readerAt(position: number, { reread }: Cell): (cells: Cells) => unknown {
  if (reread === undefined) return (cells) => cells[position];
  return (cells) => {
    const value = cells[position];
    return typeof value === 'string' ? reread(value) : value;
  };
}
