import { canonicalId } from '../../../dsl/types/entity-id.ts';
import { emptyRecord, UNKNOWN } from '../../../dsl/types/values.ts';
import type { Cells } from './cell.ts';
import type { LoadedFacts } from './loaded-facts.ts';
import { severalRows } from './mapping-error.ts';
import type { BlockPlan, RecordPlan } from './record-plan.ts';

/** Adds the records of a row, and of the rows within it. Throws a `MappingError` when a key is not unique. */
export function readRow({ records, nested }: BlockPlan, cells: Cells, into: LoadedFacts): void {
  for (let index = 0; index < records.length; index += 1)
    readRecord(records[index] as RecordPlan, cells, into);
  for (const { cell, number, block } of nested) {
    const rows = cells[cell] as readonly Cells[] | null;
    if (rows === null || rows === undefined) continue;
    if (number !== undefined && new Set(rows.map((row) => row[number])).size < rows.length)
      throw severalRows();
    for (const row of rows) readRow(block, row, into);
  }
}

function readRecord(plan: RecordPlan, cells: Cells, into: LoadedFacts): void {
  const { entity, sought, mayDiffer } = plan;
  const key = plan.key(cells);
  const id = key === null ? undefined : canonicalId(entity, key);
  if (sought !== undefined && (mayDiffer || id === undefined)) {
    const wanted = sought(cells);
    const name = wanted === null ? undefined : canonicalId(entity, wanted);
    // What is spelt otherwise than the key is, is not that record.
    if (name !== undefined && name !== id) into.add(entity.name, name, null);
  }
  if (id === undefined) return;
  const known = into.known(entity.name, id);
  if (known !== null && known !== undefined) {
    for (const { name, read } of plan.attributes) known.attributes[name] = read(cells);
    known.unread = known.unread.filter((name) => plan.unread.includes(name));
    return;
  }
  const attributes = emptyRecord();
  for (const { name, read } of plan.attributes) {
    const value = read(cells);
    if (value !== undefined) attributes[name] = value;
  }
  for (const name of plan.unread) attributes[name] = UNKNOWN;
  into.add(entity.name, id, { attributes, unread: plan.unread });
}
