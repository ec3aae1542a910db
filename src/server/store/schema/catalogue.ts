import type { Database } from '../database.ts';
import { splitTable } from '../quote-identifier.ts';
import { type ColumnType, columnType, type TypeRow } from './column-type.ts';

/** What can be asked; each question is a round trip. */
export type Askable = Pick<Database, 'query'>;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Whether this account may read it. */
  readonly readable: boolean;
  /** Its collation takes texts for equal that differ. */
  readonly folds: boolean;
}

export interface Index {
  /** In their order; an expression is null. */
  readonly columns: readonly (string | null)[];
  readonly unique: boolean;
  /** Covers only rows that fulfil a condition. */
  readonly partial: boolean;
}

/** What rows can be read from: a table, one in parts, a view, one that is kept, a table elsewhere. */
export type RelationKind = 'table' | 'partitioned' | 'view' | 'materialized view' | 'foreign table';

/** A table of the database as it is. */
export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Undefined for what has no rows to read, such as an index. */
  readonly kind: RelationKind | undefined;
  readonly columns: ReadonlyMap<string, Column>;
  readonly indexes: readonly Index[];
  /** Other tables inherit from it: their rows are its rows too, and its indexes know nothing of them. */
  readonly hasHeirs: boolean;
  /** It inherits from another table, or is a partition of it: its rows may be written by the name of that one. */
  readonly isHeir: boolean;
}

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
};

interface RelationRow {
  readonly [key: string]: unknown;
  readonly wanted: string;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly has_heirs: boolean;
  readonly is_heir: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: number;
    readonly nullable: boolean;
    readonly readable: boolean;
    readonly folds: boolean;
  }[];
  readonly indexes: readonly Index[];
}

// A name without a schema is what the search path finds first; a schema that may not be used is read all the same, to say so.
const RELATIONS = `
  select
    wanted.name as wanted,
    class.oid,
    space.nspname::text as schema,
    class.relname::text as name,
    class.relkind::text as kind,
    class.relkind = 'r' and exists (select from pg_inherits where inhparent = class.oid) as has_heirs,
    exists (select from pg_inherits where inhrelid = class.oid) as is_heir,
    coalesce((
      select json_agg(json_build_object(
        'name', attname,
        'type', atttypid::int8,
        'nullable', not attnotnull,
        'readable', has_schema_privilege(space.oid, 'usage')
          and has_column_privilege(class.oid, attnum, 'select'),
        'folds', coalesce((select not collisdeterministic from pg_collation where oid = attcollation), false)
      ) order by attnum)
      from pg_attribute
      where attrelid = class.oid and attnum > 0 and not attisdropped
    ), '[]') as columns,
    coalesce((
      select json_agg(json_build_object(
        'columns', (
          select json_agg(attname order by place)
          from unnest(indkey::int2[]) with ordinality as key(number, place)
          left join pg_attribute on attrelid = class.oid and attnum = key.number and key.number > 0
          where place <= indnkeyatts
        ),
        'unique', indisunique,
        'partial', indpred is not null
      ))
      from pg_index
      where indrelid = class.oid and indisvalid
    ), '[]') as indexes
  from unnest($1::text[], $2::text[], $3::text[]) as wanted(name, schema, "table")
  join pg_class class on class.relname = wanted."table"
  join pg_namespace space on space.oid = class.relnamespace
  where case
    when wanted.schema is null then pg_table_is_visible(class.oid)
    else space.nspname = wanted.schema
  end`;

const TYPES = `
  with recursive known(oid) as (
    select unnest($1::oid[])
    union
    select reached.oid
    from known
    join pg_type on pg_type.oid = known.oid
    cross join lateral (values (typbasetype), (typelem)) as reached(oid)
    where reached.oid <> 0
  )
  select
    type.oid,
    format_type(type.oid, null) as shown,
    case when nspname = 'pg_catalog' then typname::text end as builtin,
    typname::text as name,
    typtype::text as kind,
    typbasetype as base,
    typelem as element,
    typcategory::text as category,
    typnotnull as not_null,
    array(select enumlabel::text from pg_enum where enumtypid = type.oid order by enumsortorder) as labels
  from known
  join pg_type type on type.oid = known.oid
  join pg_namespace space on space.oid = typnamespace`;

/** The tables that these names mean, by name as it was given; in two round trips. What is not there is left out. */
export async function readRelations(
  database: Askable,
  names: readonly string[],
): Promise<ReadonlyMap<string, Relation>> {
  // No name of a database holds the character that ends a text of its own.
  const wanted = [...new Set(names)].filter((name) => !name.includes('\0'));
  if (wanted.length === 0) return new Map();
  const split = wanted.map(splitTable);
  const { rows } = await database.query<RelationRow>('admin', {
    text: RELATIONS,
    values: [wanted, split.map(({ schema }) => schema ?? null), split.map(({ table }) => table)],
  });
  const used = new Set(rows.flatMap(({ columns }) => columns.map(({ type }) => type)));
  const types = used.size === 0 ? [] : await readTypes(database, [...used]);
  const byOid = new Map(types.map((type) => [type.oid, type]));
  return new Map(rows.map((row) => [row.wanted, relationOf(row, byOid)]));
}

async function readTypes(database: Askable, oids: readonly number[]): Promise<readonly TypeRow[]> {
  const { rows } = await database.query<TypeRow & Readonly<Record<string, unknown>>>('admin', {
    text: TYPES,
    values: [oids],
  });
  return rows;
}

function relationOf(row: RelationRow, types: ReadonlyMap<number, TypeRow>): Relation {
  const columns = row.columns.map((column): Column => ({ ...column, type: columnType(column.type, types) }));
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    kind: KINDS[row.kind],
    columns: new Map(columns.map((column) => [column.name, column])),
    indexes: row.indexes,
    hasHeirs: row.has_heirs,
    isHeir: row.is_heir,
  };
}

/** At most so many names are looked through for the one that was meant. */
const MOST_NAMES = 10_000;

/** Names of tables and views as a policy would write them, for suggestions. */
export async function readTableNames(database: Askable): Promise<readonly string[]> {
  const { rows } = await database.query<{ readonly name: string }>('admin', {
    text: `
      select case when pg_table_is_visible(class.oid) then relname else nspname || '.' || relname end as name
      from pg_class class
      join pg_namespace space on space.oid = relnamespace
      where relkind in ('r', 'p', 'v', 'm', 'f')
        and nspname not in ('pg_catalog', 'information_schema', 'velro_state')
        and nspname not like 'pg\\_toast%' and nspname not like 'pg\\_temp%'
      order by 1
      limit ${MOST_NAMES}`,
  });
  return rows.map(({ name }) => name);
}
