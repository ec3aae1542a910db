import type { Schema } from '../../../dsl/types/schema.ts';
import { type MappedEntity, mappingOf } from './mapping.ts';

/** Rows of a table that say something of records of a type: which column holds their ids, and which columns are read. */
export interface Watch {
  readonly type: string;
  readonly id: string;
  /** Sorted, the column of the ids among them; a change of any other column changes no fact. */
  readonly columns: readonly string[];
}

/** A table as the policy calls it, and what its rows say of which types. */
export interface WatchedTable {
  readonly table: string;
  readonly watches: readonly Watch[];
}

/** What has to be watched so that no fact of a bundle changes unnoticed, by table as the policy calls it. */
export function watchesOf(schema: Schema): readonly WatchedTable[] {
  const tables = new Map<string, Watch[]>();
  const add = (table: string, type: string, id: string, columns: Iterable<string>): void => {
    const watches = tables.get(table) ?? [];
    tables.set(table, watches);
    watches.push({ type, id, columns: [...new Set([id, ...columns])].toSorted() });
  };
  for (const mapped of mappingOf(schema)) {
    const { entity, table, key, joins } = mapped;
    add(table.name, entity.name, key.name, columnsRead(mapped));
    for (const join of joins) {
      const named = [...join.columns, ...join.tested].map(({ name }) => name);
      add(join.table.name, entity.name, join.owner.name, named);
    }
  }
  return [...tables].map(([table, watches]) => ({ table, watches }));
}

function columnsRead({ attributes }: MappedEntity): string[] {
  return attributes.flatMap(({ columns }) => columns.map(({ name }) => name));
}
