/** What a column holds, as far as it matters to the types of the language: by how its values are read and compared. */
export type ColumnFamily =
  | 'bool'
  /** `smallint`, `integer`, `bigint`. */
  | 'integer'
  | 'numeric'
  | 'float'
  | 'text'
  /** `character(n)`: filled up with blanks, which comparisons overlook. */
  | 'padded'
  /** Text whose comparisons overlook something, such as `citext`. */
  | 'folded'
  /** An enum of the database. */
  | 'enum'
  | 'uuid'
  | 'inet'
  | 'cidr'
  | 'timestamptz'
  /** A date or time that says nothing of its zone. */
  | 'zoneless'
  | 'interval'
  | 'json'
  | 'bytes'
  | 'array'
  | 'other';

export interface ColumnType {
  /** As the database shows it, such as `timestamp without time zone`; domains by their own name. */
  readonly name: string;
  readonly family: ColumnFamily;
  /** Of an array. */
  readonly element: ColumnType | undefined;
  /** Of an enum of the database. */
  readonly labels: readonly string[];
  /** A domain that refuses NULL. */
  readonly refusesNull: boolean;
}

/** A row of `pg_type`, with the labels of an enum. */
export interface TypeRow {
  readonly oid: number;
  readonly shown: string;
  /** Undefined for types that somebody defined. */
  readonly builtin: string | null;
  readonly name: string;
  readonly kind: string;
  readonly base: number;
  readonly element: number;
  readonly category: string;
  readonly not_null: boolean;
  readonly labels: readonly string[];
}

const FAMILIES: Readonly<Record<string, ColumnFamily>> = {
  bool: 'bool',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'numeric',
  float4: 'float',
  float8: 'float',
  text: 'text',
  varchar: 'text',
  name: 'text',
  bpchar: 'padded',
  uuid: 'uuid',
  inet: 'inet',
  cidr: 'cidr',
  timestamptz: 'timestamptz',
  timestamp: 'zoneless',
  date: 'zoneless',
  time: 'zoneless',
  timetz: 'zoneless',
  interval: 'interval',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytes',
};

/** The type with this number among the rows; domains are looked through to what they are made of. */
export function columnType(oid: number, rows: ReadonlyMap<number, TypeRow>): ColumnType {
  let row = rows.get(oid);
  const shown = row?.shown ?? `type ${oid}`;
  let refusesNull = false;
  while (row?.kind === 'd') {
    refusesNull ||= row.not_null;
    row = rows.get(row.base);
  }
  if (row === undefined) return { name: shown, family: 'other', element: undefined, labels: [], refusesNull };
  const isArray = row.category === 'A' && row.element !== 0;
  return {
    name: shown,
    family: isArray ? 'array' : familyOf(row),
    element: isArray ? columnType(row.element, rows) : undefined,
    labels: row.labels,
    refusesNull,
  };
}

function familyOf({ builtin, name, kind }: TypeRow): ColumnFamily {
  if (kind === 'e') return 'enum';
  if (builtin !== null) return FAMILIES[builtin] ?? 'other';
  return name === 'citext' ? 'folded' : 'other';
}
