import { isObject } from '../../src/dsl/types/is-object.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../src/dsl/types/schema.ts';
import type { Type } from '../../src/dsl/types/types.ts';
import { tableOf, textOf } from '../../src/server/facts/sql/describe-tables.ts';
import { isInStore } from '../../src/server/facts/sql/site.ts';
import type { Session } from '../../src/server/store/database.ts';
import { quoteIdentifier, quoteTable } from '../../src/server/store/quote-identifier.ts';

/** A record as a file of facts holds it. */
export interface KeptRecord {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The tables that a schema maps, made as plainly as they can be, and rows that say what records say. */
export class FactTables {
  readonly #schema: Schema;
  readonly #namespace: string | undefined;
  readonly #columnKind: 'typed' | 'json';
  /** By table, the names of columns with their types. */
  readonly #tables = new Map<string, Map<string, string>>();

  /**
   * Columns have the type that fits their attribute, or all hold JSON. `namespace` is the schema of the database that the
   * tables are made in; it must be first on the search path. Without it, they are there.
   */
  constructor(schema: Schema, columns: 'typed' | 'json', namespace?: string) {
    this.#schema = schema;
    this.#columnKind = columns;
    this.#namespace = namespace;
    for (const entity of schema.entities.values()) if (entity.storage === 'mapped') this.#declare(entity);
  }

  /** Whether the attribute is kept where only values of its type can be. */
  isTyped(entity: EntityInfo, { keptInStore, declaration }: AttributeInfo): boolean {
    if (entity.storage !== 'mapped' || keptInStore) return false;
    const origin = declaration?.origin;
    return this.#columnKind === 'typed' || origin?.kind === 'joinOrigin' || origin?.columns.length === 2;
  }

  /** Statements that make the tables anew. */
  script(): string {
    const lines = [
      `drop schema if exists ${this.#namespace} cascade; create schema ${this.#namespace}; set search_path = ${this.#namespace}`,
    ];
    for (const [table, columns] of this.#tables) {
      const parts = [...columns].map(([name, type]) => `${quoteIdentifier(name)} ${type}`);
      lines.push(`create table ${quoteTable(table)} (${parts.join(', ')})`);
    }
    return `${lines.join(';\n')};`;
  }

  /** Writes the records in place of all that were there. */
  async write(session: Session, records: readonly KeptRecord[]): Promise<void> {
    const rows = new Map<string, Record<string, unknown>[]>([...this.#tables.keys()].map((one) => [one, []]));
    const kept: Record<string, unknown>[] = [];
    const add = (table: string, row: Record<string, unknown>): void => void rows.get(table)?.push(row);
    for (const record of records) this.#rowsOf(record, add, kept);
    const clear = [...rows.keys()].map((table) => `delete from ${quoteTable(table)}`);
    const statements = [
      // The order does not matter.
      'set local session_replication_role = replica',
      ...clear,
      'delete from velro_state.entities',
      ...[...rows].map(([table, all]) => insertion(quoteTable(table), all, 'select *')),
      insertion('velro_state.entities', kept, '(type, id, attributes) select type, id, attributes'),
    ];
    await session.run(statements.filter((one) => one !== '').join(';\n'));
  }

  #declare(entity: EntityInfo): void {
    const { table, key } = tableOf(entity);
    const columns = this.#columns(table);
    columns.set(key, `${SQL_KEYS[entity.keyType]} primary key`);
    for (const attribute of entity.attributes.values()) {
      if (!isInStore(entity, attribute) || attribute.keptInStore) continue;
      const origin = attribute.declaration?.origin;
      if (origin?.kind === 'joinOrigin') {
        const joined = this.#columns(textOf(origin.table));
        const [owner, ...others] = origin.columns.map(textOf);
        joined.set(owner ?? '', SQL_KEYS[entity.keyType]);
        const types = attribute.type.kind === 'map' ? [attribute.type.key, attribute.type.value] : [];
        if (attribute.type.kind === 'set') types.push(attribute.type.element);
        for (const [index, name] of others.entries()) joined.set(name, this.#sqlType(types[index]));
        if (origin.condition?.kind === 'nameExpression')
          joined.set(origin.condition.name, 'boolean not null default true');
      } else if (origin !== undefined && origin.columns.length === 2) {
        const [type, id] = origin.columns.map(textOf);
        columns.set(type ?? '', 'text').set(id ?? '', 'text');
      } else
        columns.set(
          attribute.spelling,
          this.#columnKind === 'json' ? 'jsonb' : this.#sqlType(attribute.type),
        );
    }
  }

  #columns(table: string): Map<string, string> {
    let columns = this.#tables.get(table);
    if (columns === undefined) this.#tables.set(table, (columns = new Map()));
    return columns;
  }

  #sqlType(type: Type | undefined): string {
    switch (type?.kind) {
      case 'bool':
        return 'boolean';
      case 'int':
        return 'bigint';
      case 'float':
        return 'double precision';
      case 'uuid':
        return 'uuid';
      case 'ip':
        return 'inet';
      case 'cidr':
        return 'cidr';
      case 'time':
        return 'timestamptz';
      case 'duration':
        return 'interval';
      case 'reference': {
        const [only] = type.entities;
        return type.entities.length > 1 ? 'jsonb' : this.#keyOf(only ?? '');
      }
      case 'list':
      case 'set': {
        const inner = this.#sqlType(type.element);
        return inner === 'jsonb' ? inner : `${inner}[]`;
      }
      case 'map':
      case 'record':
        return 'jsonb';
      default:
        return 'text';
    }
  }

  #keyOf(name: string): string {
    const entity = this.#schema.entities.get(name);
    return entity === undefined || entity.storage !== 'mapped' ? 'text' : SQL_KEYS[entity.keyType];
  }

  #rowsOf(
    { type, id, attributes }: KeptRecord,
    add: (table: string, row: Record<string, unknown>) => void,
    into: Record<string, unknown>[],
  ): void {
    const entity = this.#schema.entities.get(type);
    if (entity === undefined || entity.storage === 'supplied') return;
    const kept: Record<string, unknown> = {};
    const row: Record<string, unknown> = {};
    for (const attribute of entity.attributes.values()) {
      if (!isInStore(entity, attribute)) continue;
      const value = said(attributes, attribute);
      if (entity.storage === 'stored' || attribute.keptInStore) {
        if (value !== undefined) kept[attribute.spelling] = value;
        continue;
      }
      const origin = attribute.declaration?.origin;
      if (origin?.kind === 'joinOrigin') {
        const rows = joinedRows(id, attribute, value, this.#namespace !== undefined);
        for (const joined of rows) add(textOf(origin.table), joined);
      } else if (origin !== undefined && origin.columns.length === 2) {
        const [typeColumn, idColumn] = origin.columns.map(textOf);
        const reference = isObject(value) ? value : {};
        row[typeColumn ?? ''] = reference['type'] ?? null;
        row[idColumn ?? ''] = reference['id'] ?? null;
      } else {
        const isDuration = this.#columnKind === 'typed' && /duration/.test(JSON.stringify(attribute.type));
        row[attribute.spelling] = isDuration ? inIntervals(value) : value;
      }
    }
    if (entity.storage === 'mapped') {
      const { table, key } = tableOf(entity);
      add(table, { [key]: id, ...row });
    }
    if (entity.storage === 'stored' || Object.keys(kept).length > 0)
      into.push({ type, id, attributes: kept });
  }
}

/** The rows of another table that hold a set or map, and one that does not count where rows are chosen. */
function joinedRows(
  id: string,
  { declaration, type }: AttributeInfo,
  value: unknown,
  withOthers: boolean,
): Record<string, unknown>[] {
  const origin = declaration?.origin;
  if (origin?.kind !== 'joinOrigin') return [];
  const [owner = '', first = '', second] = origin.columns.map(textOf);
  const pairs: (readonly [unknown, unknown])[] =
    type.kind === 'map'
      ? Object.entries(value ?? {})
      : ((value ?? []) as unknown[]).map((one) => [one, undefined]);
  const rows = pairs.map(([key, held]) => ({
    [owner]: id,
    [first]: key,
    ...(second === undefined ? {} : { [second]: held }),
  }));
  if (origin.condition?.kind !== 'nameExpression') return rows;
  const { name } = origin.condition;
  return [
    ...rows.map((row) => ({ ...row, [name]: true })),
    ...rows.slice(0, withOthers ? 1 : 0).map((row) => ({ ...row, [name]: false })),
  ];
}

function insertion(table: string, rows: readonly Record<string, unknown>[], named: string): string {
  if (rows.length === 0) return '';
  const json = JSON.stringify(rows).replaceAll("'", "''");
  return `insert into ${table} ${named} from jsonb_populate_recordset(null::${table}, '${json}')`;
}

/** Durations, also in lists, in ISO 8601. */
function inIntervals(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map(durationText)
    : value === undefined
      ? undefined
      : durationText(value);
}

const SQL_KEYS: Readonly<Record<EntityInfo['keyType'], string>> = {
  string: 'text',
  uuid: 'uuid',
  int: 'bigint',
};

function said(attributes: KeptRecord['attributes'], { name, spelling }: AttributeInfo): unknown {
  const value = Object.hasOwn(attributes, spelling) ? attributes[spelling] : attributes[name];
  return value === null ? undefined : value;
}

/** `15m` in ISO 8601. */
function durationText(value: unknown): string {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(String(value)) ?? [];
  if (amount === undefined) return String(value);
  const seconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }[unit as 'ms'];
  return `PT${Number(amount) * seconds}S`;
}
