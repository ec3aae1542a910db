import { MAXIMUM_ELEMENTS } from '../../../dsl/types/decode.ts';
import type { AttributeInfo, Schema } from '../../../dsl/types/schema.ts';
import type { RecordNode, RecordWalk } from '../../../engine/compile/record-tree.ts';
import { joinedReader, type Reread, valueReader } from './attribute-plan.ts';
import { type Cell, type Cells, cellOf, readerAt } from './cell.ts';
import { closureRows } from './closure-rows.ts';
import type { ColumnType } from './describe-tables.ts';
import { type IdExpression, type KeyClass, keyIs } from './id-spelling.ts';
import type { AttributePlan, BlockPlan, NestedPlan, RecordPlan } from './record-plan.ts';
import { attributeOf, type ReferenceSource, referencesOf } from './reference-source.ts';
import { isInStore, Site, type StatementTerms } from './site.ts';

/** So many records are followed from a set, map or closure; within another so many, and within that so many. */
const MOST_RECORDS = [MAXIMUM_ELEMENTS, 1_000, 100];

export interface BlockTerms extends StatementTerms {
  readonly schema: Schema;
}

/** What a column of a statement is for, and what the rows within it hold. */
export interface ColumnUse {
  /** Such as `resource.owner` or `id of resource.project`. */
  readonly for: string[];
  readonly rows?: readonly ColumnUse[];
}

/** Rows in which each record stands at most once: a table, and those that single references lead to from there. */
export class Block {
  readonly columns: string[] = [];
  readonly uses: ColumnUse[] = [];
  readonly joins: string[] = [];
  readonly #records: RecordPlan[] = [];
  readonly #nested: NestedPlan[] = [];
  readonly #terms: BlockTerms;
  /** 0 for the rows of the statement; rows within rows are JSON. */
  readonly #depth: number;

  constructor(terms: BlockTerms, depth: number) {
    this.#terms = terms;
    this.#depth = depth;
  }

  get plan(): BlockPlan {
    return { records: this.#records, nested: this.#nested };
  }

  /** The subject or the resource. One that does not exist yet is only asked for. */
  addRoot(node: RecordNode, path: string, id: string, isNew: boolean): void {
    const entity = this.#entity(node);
    if (entity.storage === 'supplied') return;
    const site = new Site(entity, this.#terms);
    const isKey = keyIs(site.key, site.keyClass, plainId(id, site.keyClass), entity);
    this.joins.push(`left join ${site.source} on ${site.where(isKey)}`);
    this.#addRecord(node, site, path, undefined, isNew);
  }

  /** Rows within each row: the records of a node whose ids `rows` yields as `v`. */
  addRows(node: RecordNode, path: string, rows: RowsOfIds, only?: string): void {
    const depth = this.#depth + 1;
    const entity = this.#entity(node);
    const inner = new Block(this.#terms, depth);
    const alias = this.#terms.alias();
    const id: IdExpression = { sql: `${alias}.v`, keyClass: rows.keyClass, guard: undefined, isPlain: false };
    if (entity.storage !== 'supplied') {
      const site = new Site(entity, this.#terms);
      const isKey = keyIs(site.key, site.keyClass, id, entity);
      inner.joins.push(`left join ${site.source} on ${site.where(isKey)}`);
      inner.#addRecord(node, site, path, id, false);
    }
    if (inner.columns.length === 0) return;
    const limit = MOST_RECORDS[Math.min(depth, MOST_RECORDS.length) - 1] ?? 1;
    const from = `from (${rows.select} limit ${limit + 1}) as ${alias}(v) ${inner.joins.join(' ')}`;
    const select = `(${jsonRows(inner.columns, from)})`;
    const sql = only === undefined ? select : `case when ${only} then ${select} end`;
    const cell = this.#column({ sql, reread: undefined }, path, inner.uses);
    this.#nested.push({ cell: cell.position, block: inner.plan });
  }

  #entity(node: RecordNode): ReturnType<Schema['entities']['get']> & object {
    const entity = this.#terms.schema.entities.get(node.entity);
    if (entity === undefined) throw new Error(`no entity ${node.entity} in the schema`);
    return entity;
  }

  #addRecord(
    node: RecordNode,
    site: Site,
    path: string,
    sought: IdExpression | undefined,
    isNew: boolean,
  ): void {
    const { entity } = site;
    const key = this.#read(site.key, site.keyType, `id of ${path}`);
    const attributes: AttributePlan[] = [];
    const unread: string[] = [];
    for (const attribute of entity.attributes.values()) {
      if (!isInStore(entity, attribute)) continue;
      if (isNew || !node.attributes.has(attribute.name)) unread.push(attribute.name);
      else attributes.push({ name: attribute.name, read: this.#attribute(site, attribute, path) });
    }
    this.#records.push({
      entity,
      key,
      sought: sought && this.#sought(sought, path),
      mayDiffer: sought !== undefined && !(sought.isPlain && sought.keyClass === site.keyClass),
      attributes,
      unread,
    });
    const at = this.joins.length;
    if (!isNew) for (const walk of node.walks) this.#walk(site, walk, path);
    // What attributes and walks asked of the engine's store comes before what hangs on it.
    if (site.keptJoin !== undefined) this.joins.splice(at, 0, site.keptJoin);
  }

  #sought({ sql, guard, keyClass }: IdExpression, path: string): (cells: Cells) => unknown {
    const id = keyClass === 'other' ? `${sql}::text` : sql;
    const wanted = guard === undefined ? id : `case when ${guard} then ${id} end`;
    return this.#read(wanted, CLASS_TYPES[keyClass], `what ${path} refers to`);
  }

  #walk(site: Site, walk: RecordWalk, path: string): void {
    const { to, attribute, steps, isClosure } = walk;
    const entity = this.#entity(to);
    const way = `${path}.${attribute}${steps.map(showStep).join('')}${isClosure ? '[*]' : ''}`;
    if (isClosure) {
      const rows = closureRows(site, attributeOf(site.entity, attribute), entity, this.#terms);
      if (rows !== undefined) this.addRows(to, way, rows);
      return;
    }
    const source = referencesOf(site, walk, this.#terms);
    if (source === undefined || entity.storage === 'supplied') return;
    if (source.kind === 'many') {
      this.addRows(to, way, rowsOf(source));
      return;
    }
    const target = new Site(entity, this.#terms);
    const isKey = keyIs(target.key, target.keyClass, source.id, entity);
    this.joins.push(`left join ${target.source} on ${target.where(isKey)}`);
    this.#addRecord(to, target, way, source.id, false);
  }

  #attribute(site: Site, attribute: AttributeInfo, path: string): AttributePlan['read'] {
    const { schema } = this.#terms;
    const use = `${path}.${attribute.name}`;
    const value = site.valueOf(attribute);
    if (value === undefined) throw new Error(`${attribute.name} is not in the store`);
    switch (value.kind) {
      case 'json':
        return valueReader(attribute, schema, this.#read(value.sql, CLASS_TYPES.json, use));
      case 'column':
        return valueReader(attribute, schema, this.#read(value.sql, value.type, use));
      case 'union': {
        const type = this.#read(`${value.type.sql}::text`, CLASS_TYPES.text, use);
        const id = this.#read(value.id.sql, value.id.type, use);
        return valueReader(attribute, schema, (cells) => {
          const said = { type: type(cells), id: id(cells) };
          return said.type === null && said.id === null ? null : said;
        });
      }
      case 'joined': {
        const { columns, from, where } = value.rows;
        const parts = columns.map((column) => cellOf(column.sql, column.type, true));
        const names = parts.map((_, index) => `c${index}`);
        const rows = `select ${parts.map(({ sql }, index) => `${sql} as c${index}`).join(', ')} from ${from} where ${where}`;
        const select = `(select json_agg(json_build_array(${names.join(', ')})) from (${rows} limit ${MAXIMUM_ELEMENTS + 1}) as ${this.#terms.alias()})`;
        const { read } = this.#column({ sql: select, reread: undefined }, use);
        return joinedReader(attribute, schema, read, [rereadOf(parts[0]), rereadOf(parts[1])]);
      }
    }
  }

  #read(sql: string, type: ColumnType, use: string): (cells: Cells) => unknown {
    return this.#column(cellOf(sql, type, this.#depth > 0), use).read;
  }

  /** Selects an expression, once. */
  #column(
    cell: Cell,
    use: string,
    rows?: readonly ColumnUse[],
  ): { readonly position: number; readonly read: (cells: Cells) => unknown } {
    let position = this.columns.indexOf(cell.sql);
    if (position === -1) {
      position = this.columns.push(cell.sql) - 1;
      this.uses.push({ for: [use], ...(rows && { rows }) });
    } else this.uses[position]?.for.push(use);
    return { position, read: readerAt(position, cell) };
  }
}

/** A SELECT that yields ids as its only column. */
export interface RowsOfIds {
  readonly select: string;
  readonly keyClass: KeyClass;
}

export function rowsOf(source: Extract<ReferenceSource, { kind: 'many' }>): RowsOfIds {
  const conditions = [source.where, source.id.guard].filter((one) => one !== undefined);
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const { sql, keyClass } = source.id;
  const id = keyClass === 'other' ? `${sql}::text` : sql;
  return {
    select: `select ${id} from ${source.from}${where}`,
    keyClass: keyClass === 'other' ? 'text' : keyClass,
  };
}

export function plainId(sql: string, keyClass: KeyClass): IdExpression {
  return { sql, keyClass: keyClass === 'other' ? 'text' : keyClass, guard: undefined, isPlain: true };
}

/** A function takes so many arguments. */
const MOST_ARGUMENTS = 100;

function jsonRows(columns: readonly string[], from: string): string {
  if (columns.length <= MOST_ARGUMENTS)
    return `select json_agg(json_build_array(${columns.join(', ')})) ${from}`;
  // An object by position is read in the same way.
  const named = columns.map((column, index) => `${column} as "${index}"`).join(', ');
  return `select json_agg(x) from (select ${named} ${from}) as x`;
}

const CLASS_TYPES: Readonly<Record<KeyClass | 'json', ColumnType>> = {
  uuid: { type: 2950, element: undefined, required: false },
  int: { type: 20, element: undefined, required: false },
  text: { type: 25, element: undefined, required: false },
  other: { type: 25, element: undefined, required: false },
  json: { type: 3802, element: undefined, required: false },
};

function rereadOf(cell: Cell | undefined): Reread {
  const reread = cell?.reread;
  return reread === undefined ? (part) => part : (part) => (typeof part === 'string' ? reread(part) : part);
}

function showStep(step: RecordWalk['steps'][number]): string {
  return step.kind === 'field' ? `.${step.name}` : step.kind === 'value' ? '[…]' : '[*]';
}
