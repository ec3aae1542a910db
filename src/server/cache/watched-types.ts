import type { Schema } from '../../dsl/types/schema.ts';
import { quoteTable } from '../store/quote-identifier.ts';
import type { Askable } from '../store/schema/catalogue.ts';
import { mappingOf } from '../store/schema/mapping.ts';
import { readWatchState } from '../store/schema/watch-state.ts';

/** Where the engine keeps entities; its triggers come from the migrations. */
const ENTITIES = 'velro_state.entities';

/** The tables that hold the facts of a bundle, quoted for SQL and sorted. */
export function tablesOf(schema: Schema): readonly string[] {
  const names = mappingOf(schema).flatMap(({ table, joins }) => [
    table.name,
    ...joins.map((join) => join.table.name),
  ]);
  return [...new Set([...names.map(quoteTable), ENTITIES])].toSorted();
}

/** The entities of which every change is told, wherever the database holds something of them. */
export async function readWatchedTypes(schema: Schema, database: Askable): Promise<ReadonlySet<string>> {
  const [{ tables }, storeIsWatched, hidden] = await Promise.all([
    readWatchState(database, schema),
    isStoreWatched(database),
    readHidden(database, tablesOf(schema)),
  ]);
  const watched = new Set<string>();
  for (const { name, storage, attributes } of schema.entities.values()) {
    if (storage === 'supplied') continue;
    const keepsInStore =
      storage === 'stored' || [...attributes.values()].some(({ keptInStore }) => keptInStore);
    if (keepsInStore && (!storeIsWatched || hidden)) continue;
    if (storage === 'mapped') {
      const own = tables.filter(({ types }) => types.includes(name));
      if (hidden || own.length === 0 || own.some(({ state }) => state !== 'watched')) continue;
    }
    watched.add(name);
  }
  return watched;
}

async function isStoreWatched(database: Askable): Promise<boolean> {
  const { rows } = await database.query<{ readonly count: number }>('admin', {
    text: `
      select count(*)::int as count
      from pg_trigger join pg_proc on pg_proc.oid = tgfoid
      where tgrelid = to_regclass($1) and tgenabled = 'A' and proname = 'tell_of_entities'
        and tgname in ('velro_told_of_delete', 'velro_told_of_insert', 'velro_told_of_truncate', 'velro_told_of_update')`,
    values: [ENTITIES],
  });
  return rows[0]?.count === 4;
}

/** Whether which rows this account sees hangs on more than the rows: such policies may ask anything. */
async function readHidden(database: Askable, tables: readonly string[]): Promise<boolean> {
  const { rows } = await database.query<{ readonly hidden: boolean | null }>('admin', {
    text: 'select bool_or(row_security_active(to_regclass(name)::oid)) as hidden from unnest($1::text[]) name where to_regclass(name) is not null',
    values: [tables],
  });
  return rows[0]?.hidden === true;
}
