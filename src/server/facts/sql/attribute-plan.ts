import { decoderOf, keyDecoder, MAXIMUM_ELEMENTS } from '../../../dsl/types/decode.ts';
import type { DecodeReport } from '../../../dsl/types/decode-report.ts';
import type { AttributeInfo, Schema } from '../../../dsl/types/schema.ts';
import {
  type Key,
  keyOf,
  type Outcome,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from '../../../dsl/types/values.ts';
import type { Cells } from './cell.ts';

/** Nobody reads it, and it stops growing by itself. */
const NOTED: DecodeReport = { illTyped: [], ignored: [] };

/** Turns what a row says of an attribute into its value, as a file of facts would be read. */
export function valueReader(
  attribute: AttributeInfo,
  schema: Schema,
  raw: (cells: Cells) => unknown,
): (cells: Cells) => Outcome {
  const decode = decoderOf(attribute.type, schema);
  const otherwise = attribute.default ?? (attribute.optional ? undefined : UNKNOWN);
  return (cells) => {
    const outcome = decode(raw(cells), undefined, NOTED);
    return outcome === undefined ? otherwise : outcome;
  };
}

const NO_ROWS: readonly Cells[] = [];

function byFirst(a: Cells, b: Cells): number {
  const [one, other] = [a[0] as string, b[0] as string];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Rereads parts of a joined row: what JSON spells otherwise than a row. */
export type Reread = (part: unknown) => unknown;

/** The value of a set or map that comes from a joined table, from `[key, value]` or `[element]` of each row. */
export function joinedReader(
  { type }: AttributeInfo,
  schema: Schema,
  raw: (cells: Cells) => unknown,
  [rereadFirst, rereadSecond]: readonly [Reread, Reread],
): (cells: Cells) => Outcome {
  const rowsOf = (cells: Cells): readonly Cells[] => {
    const rows = raw(cells) as readonly Cells[] | null;
    if (rows === null) return NO_ROWS;
    // The database gives them in any order, and what is said of them is to be the same each time.
    return rows.length > 1 && rows.length <= MAXIMUM_ELEMENTS ? rows.toSorted(byFirst) : rows;
  };
  switch (type.kind) {
    case 'set': {
      const element = decoderOf(type.element, schema);
      return (cells) => {
        const rows = rowsOf(cells);
        if (rows.length > MAXIMUM_ELEMENTS) return UNKNOWN;
        const items = new Map<Key, Value>();
        let partial = false;
        for (const row of rows) {
          const value = element(rereadFirst(row[0]), undefined, NOTED);
          if (value === undefined || value === UNKNOWN) partial = true;
          else items.set(keyOf(value), value);
        }
        return new ValueSet(items, partial);
      };
    }
    case 'map': {
      const fromText = keyDecoder(type.key, schema);
      const fromOther = decoderOf(type.key, schema);
      const decode = decoderOf(type.value, schema);
      return (cells) => {
        const rows = rowsOf(cells);
        if (rows.length > MAXIMUM_ELEMENTS) return UNKNOWN;
        const keys = new Map<Key, Value>();
        const values = new Map<Key, Value | Unknown>();
        let partial = false;
        for (const row of rows) {
          const said = rereadFirst(row[0]);
          const key = (typeof said === 'string' ? fromText : fromOther)(said, undefined, NOTED);
          if (key === undefined || key === UNKNOWN) {
            partial = true;
            continue;
          }
          const value = decode(rereadSecond(row[1]), undefined, NOTED);
          if (value === undefined) continue;
          const id = keyOf(key);
          // Two rows with one key: neither value is the one that was meant.
          values.set(id, keys.has(id) ? UNKNOWN : value);
          keys.set(id, key);
        }
        return new ValueMap(keys, values, partial);
      };
    }
    default:
      return () => UNKNOWN;
  }
}
