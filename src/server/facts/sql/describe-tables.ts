import type { EntityInfo, Schema } from '../../../dsl/types/schema.ts';
import type { Database } from '../../store/database.ts';
import { quoteTable } from '../../store/quote-identifier.ts';
import { MappingError } from './mapping-error.ts';

/** What the database says of a column. */
export interface ColumnType {
  /** The number of its type; of a domain, of the type that it narrows. */
  readonly type: number;
  /** The number of the type of its elements, if it is an array. */
  readonly element: number | undefined;
  /** Whether it is never NULL. */
  readonly required: boolean;
}

/** The columns of the tables that a bundle maps, by the table's name in the policy. */
export class TableColumns {
  readonly #tables: ReadonlyMap<string, ReadonlyMap<string, ColumnType>>;
  readonly #unique: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(
    tables: ReadonlyMap<string, ReadonlyMap<string, ColumnType>>,
    unique: ReadonlyMap<string, ReadonlySet<string>>,
  ) {
    this.#tables = tables;
    this.#unique = unique;
  }

  /** Whether the database sees to it that no two rows have the same there. */
  isUnique(table: string, column: string): boolean {
    return this.#unique.get(table)?.has(column) === true;
  }

  /** Throws a `MappingError` when there is no such table or column. */
  column(table: string, column: string): ColumnType {
    const columns = this.#tables.get(table);
    if (columns === undefined) throw new MappingError('42P01', `there is no table ${table}`);
    const type = columns.get(column);
    if (type === undefined)
      throw new MappingError('42703', `there is no column ${column} in the table ${table}`);
    return type;
  }
}

const COLUMNS = `with recursive found(table_name, name, required, type, is_unique) as (
    select asked.name, a.attname::text, a.attnotnull, a.atttypid,
      exists (
        select from pg_catalog.pg_index i
        where i.indrelid = a.attrelid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null
          and i.indnkeyatts = 1 and i.indkey[0] = a.attnum
      ) and not exists (
        -- The index of a table knows nothing of the tables that inherit from it.
        select from pg_catalog.pg_inherits h join pg_catalog.pg_class c on c.oid = h.inhparent
        where h.inhparent = a.attrelid and c.relkind = 'r'
      )
    from unnest($1::text[], $2::text[]) asked(name, quoted)
    join pg_catalog.pg_attribute a
      on a.attrelid = to_regclass(asked.quoted) and a.attnum > 0 and not a.attisdropped
    union all
    select f.table_name, f.name, f.required, t.typbasetype, f.is_unique
    from found f join pg_catalog.pg_type t on t.oid = f.type where t.typtype = 'd'
  )
  select f.table_name, f.name, f.required, f.is_unique, f.type, case when t.typcategory = 'A' then t.typelem end as element
  from found f join pg_catalog.pg_type t on t.oid = f.type where t.typtype <> 'd'`;

interface ColumnRow {
  readonly [column: string]: unknown;
  readonly table_name: string;
  readonly name: string;
  readonly required: boolean;
  readonly is_unique: boolean;
  readonly type: number;
  readonly element: number | null;
}

/** Asks the database for the columns of every table that the schema maps. */
export async function describeTables(database: Database, schema: Schema): Promise<TableColumns> {
  const names = [...tablesOf(schema)];
  if (names.length === 0) return new TableColumns(new Map(), new Map());
  const { rows } = await database.query<ColumnRow>('read', {
    text: COLUMNS,
    values: [names, names.map(quoteTable)],
  });
  const tables = new Map<string, Map<string, ColumnType>>();
  const unique = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  for (const { table_name: table, name, required, is_unique: isUnique, type, element } of rows) {
    let columns = tables.get(table);
    if (columns === undefined) tables.set(table, (columns = new Map()));
    columns.set(name, { type, element: element ?? undefined, required });
    if (isUnique) unique.get(table)?.add(name);
  }
  return new TableColumns(tables, unique);
}

function tablesOf(schema: Schema): ReadonlySet<string> {
  const tables = new Set<string>();
  for (const entity of schema.entities.values()) {
    if (entity.storage !== 'mapped') continue;
    tables.add(tableOf(entity).table);
    for (const { declaration } of entity.attributes.values())
      if (declaration?.origin?.kind === 'joinOrigin') tables.add(textOf(declaration.origin.table));
  }
  return tables;
}

/** The table of a mapped entity and the column of its key, as the policy writes them. */
export function tableOf(entity: EntityInfo): { readonly table: string; readonly key: string } {
  const { storage } = entity.declaration;
  if (storage.kind !== 'tableStorage') throw new Error(`${entity.name} is not mapped`);
  return {
    table: textOf(storage.table),
    key: storage.key === undefined ? 'id' : textOf(storage.key),
  };
}

/** What a name, or a string that stands for one, says. */
export function textOf(
  name:
    | { readonly kind: 'name'; readonly text: string }
    | { readonly kind: 'stringLiteral'; readonly value: string },
): string {
  return name.kind === 'name' ? name.text : name.value;
}
