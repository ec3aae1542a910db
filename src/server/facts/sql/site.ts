import { rowConditionOf } from '../../../dsl/check/row-condition.ts';
import type { AttributeInfo, EntityInfo } from '../../../dsl/types/schema.ts';
import { quoteIdentifier, quoteTable } from '../../store/quote-identifier.ts';
import { type ColumnType, type TableColumns, tableOf, textOf } from './describe-tables.ts';
import { columnClass, type KeyClass, keyIs } from './id-spelling.ts';
import type { Parameters } from './parameters.ts';
import { rowConditionText } from './row-condition-text.ts';

/** What parts of a statement share. */
export interface StatementTerms {
  readonly tables: TableColumns;
  readonly parameters: Parameters;
  /** A name that no other table of the statement has. */
  alias(): string;
}

/** Where the value of an attribute stands in the database. */
export type StoredValue =
  /** An expression of type jsonb. */
  | { readonly kind: 'json'; readonly sql: string }
  | { readonly kind: 'column'; readonly sql: string; readonly type: ColumnType }
  | { readonly kind: 'union'; readonly type: StoredColumn; readonly id: StoredColumn }
  | { readonly kind: 'joined'; readonly rows: JoinedRows };

export interface StoredColumn {
  readonly sql: string;
  readonly type: ColumnType;
}

/** The rows of another table that belong to a record. */
export interface JoinedRows {
  /** The table, under a name of its own. */
  readonly from: string;
  readonly where: string;
  /** Key and value, or the element alone; NULL in a row of which is not known whether it counts. */
  readonly columns: readonly StoredColumn[];
}

const ENTITIES = 'velro_state.entities';

/** A record in a statement: the table that holds it, under a name of its own. */
export class Site {
  readonly entity: EntityInfo;
  readonly alias: string;
  /** The key, and how it is compared. */
  readonly key: string;
  readonly keyType: ColumnType;
  readonly keyClass: KeyClass;
  /** The columns that were asked for. */
  readonly columns: Set<string> = new Set();
  readonly #terms: StatementTerms;
  readonly #table: string;
  #kept: string | undefined;

  /** `alias` is given where something else stands for the table, with columns of the same names. */
  constructor(entity: EntityInfo, terms: StatementTerms, alias = terms.alias()) {
    this.entity = entity;
    this.#terms = terms;
    this.alias = alias;
    if (entity.storage === 'mapped') {
      const { table, key } = tableOf(entity);
      this.#table = quoteTable(table);
      this.keyType = terms.tables.column(table, key);
      this.key = this.#column(key);
    } else {
      this.#table = ENTITIES;
      this.keyType = { type: 25, element: undefined, required: true };
      this.key = this.#column('id');
    }
    this.keyClass = columnClass(this.keyType);
  }

  /** `table as alias`. */
  get source(): string {
    return `${this.#table} as ${this.alias}`;
  }

  /** The condition on the key, and for what the engine stores on the type. */
  where(isKey: string): string {
    if (this.entity.storage === 'mapped') return isKey;
    return `${this.alias}.type = ${this.#terms.parameters.text(this.entity.name)} and ${isKey}`;
  }

  /** The join of what the engine keeps of a mapped entity, if any attribute asked for it. */
  get keptJoin(): string | undefined {
    if (this.#kept === undefined) return undefined;
    const type = this.#terms.parameters.text(this.entity.name);
    return `left join ${ENTITIES} as ${this.#kept} on ${this.#kept}.type = ${type} and ${this.#kept}.id = ${this.key}::text`;
  }

  /** Where the attribute stands; undefined where the store does not hold it. */
  valueOf(attribute: AttributeInfo): StoredValue | undefined {
    if (!isInStore(this.entity, attribute)) return undefined;
    if (this.entity.storage === 'stored') return this.#inJson(this.#column('attributes'), attribute);
    if (attribute.keptInStore) {
      this.#kept ??= this.#terms.alias();
      return this.#inJson(`${this.#kept}.attributes`, attribute);
    }
    const { table } = tableOf(this.entity);
    const origin = attribute.declaration?.origin;
    if (origin?.kind === 'joinOrigin') return { kind: 'joined', rows: this.#joined(attribute) };
    const column = (name: string): StoredColumn => ({
      sql: this.#column(name),
      type: this.#terms.tables.column(table, name),
    });
    const [first, second] = origin?.columns ?? [];
    if (first !== undefined && second !== undefined)
      return { kind: 'union', type: column(textOf(first)), id: column(textOf(second)) };
    const only = column(attribute.spelling);
    if (only.type.type === JSON_TYPE) return { kind: 'json', sql: `${only.sql}::jsonb` };
    if (only.type.type === JSONB_TYPE) return { kind: 'json', sql: only.sql };
    return { kind: 'column', ...only };
  }

  #column(name: string): string {
    this.columns.add(name);
    return `${this.alias}.${quoteIdentifier(name)}`;
  }

  /** By its spelling, or else by its name where that spells no other attribute: as in a file of facts. */
  #inJson(attributes: string, { name, spelling }: AttributeInfo): StoredValue {
    const { parameters } = this.#terms;
    const value = `${attributes} -> ${parameters.text(spelling)}`;
    const isAlias =
      name !== spelling && ![...this.entity.attributes.values()].some((one) => one.spelling === name);
    if (!isAlias) return { kind: 'json', sql: `(${value})` };
    return { kind: 'json', sql: `coalesce(${value}, ${attributes} -> ${parameters.text(name)})` };
  }

  #joined({ declaration, name }: AttributeInfo): JoinedRows {
    const origin = declaration?.origin;
    if (origin?.kind !== 'joinOrigin') throw new Error(`${name} comes from no joined table`);
    const { tables, parameters } = this.#terms;
    const table = textOf(origin.table);
    const alias = this.#terms.alias();
    const column = (text: string): StoredColumn => ({
      sql: `${alias}.${quoteIdentifier(text)}`,
      type: tables.column(table, text),
    });
    const [owner, ...others] = origin.columns.map((one) => column(textOf(one)));
    if (owner === undefined) throw new Error(`${name} names no owner`);
    const key = { sql: this.key, keyClass: this.keyClass, guard: undefined };
    const isOwn = keyIs(owner.sql, columnClass(owner.type), key, this.entity);
    const from = `${quoteTable(table)} as ${alias}`;
    const written = origin.condition === undefined ? undefined : rowConditionOf(origin.condition);
    if (written === undefined) return { from, where: isOwn, columns: others };
    const { sql, mayBeNull } = rowConditionText(written, {
      alias,
      column: (text) => tables.column(table, text),
      bind: (value) => parameters.constant(value),
    });
    if (!mayBeNull) return { from, where: `${isOwn} and ${sql}`, columns: others };
    // A row of which is not known whether it counts leaves an element or key that is not known.
    return {
      from,
      where: `${isOwn} and ${sql} is not false`,
      columns: others.map((one) => ({ ...one, sql: `case when ${sql} then ${one.sql} end` })),
    };
  }
}

const JSON_TYPE = 114;
const JSONB_TYPE = 3802;

/** Whether the store may hold the attribute: what requests supply, and what is derived or seen, it does not. */
export function isInStore(entity: EntityInfo, { source, closure }: AttributeInfo): boolean {
  if (entity.storage === 'supplied' || closure !== undefined) return false;
  return source === 'store' || source === 'suppliedOrStored';
}
