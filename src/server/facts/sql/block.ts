import { MAXIMUM_ELEMENTS } from '../../../dsl/types/decode.ts';
import type { AttributeInfo, Schema } from '../../../dsl/types/schema.ts';
import type { RecordNode, RecordWalk } from '../../../engine/compile/record-tree.ts';
import { joinedReader, type Reread, valueReader } from './attribute-plan.ts';
import { type Cell, type Cells, cellOf, readerAt } from './cell.ts';
import { closureChain, closureRows } from './closure-rows.ts';
import type { ColumnType } from './describe-tables.ts';
import { columnClass, type IdExpression, type KeyClass, keyIs } from './id-spelling.ts';
import type { AttributePlan, BlockPlan, NestedPlan, RecordPlan } from './record-plan.ts';
import { attributeOf, isUnionAt, type ReferenceSource, referencesOf } from './reference-source.ts';
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
  /** Walks that were made together with the attribute that they begin at. */
  readonly #done = new Set<RecordWalk>();
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
    const id: IdExpression = { sql: `${alias}.v`, keyClass: rows.keyClass, guard: undefined };
    const site = new Site(entity, this.#terms);
    const isKey = keyIs(site.key, site.keyClass, id, entity);
    inner.joins.push(`left join ${site.source} on ${site.where(isKey)}`);
    inner.#addRecord(node, site, path, id, false);
    const limit = MOST_RECORDS[Math.min(depth, MOST_RECORDS.length) - 1] ?? 1;
    const from = `from (${rows.select} limit ${limit + 1}) as ${alias}(v) ${inner.joins.join(' ')}`;
    this.#nest(inner, jsonRows(inner.columns, from), path, only);
  }

  #nest(inner: Block, select: string, path: string, only?: string): void {
    const sql = only === undefined ? `(${select})` : `case when ${only} then (${select}) end`;
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
      else attributes.push({ name: attribute.name, read: this.#attribute(site, attribute, path, node) });
    }
    this.#records.push({
      entity,
      key,
      sought: sought && this.#sought(sought, path),
      mayDiffer: sought !== undefined && mayDiffer(sought.keyClass, site),
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
    const { to, attribute, isClosure } = walk;
    const entity = this.#entity(to);
    // Of what requests supply nothing is stored.
    if (this.#done.has(walk) || entity.storage === 'supplied') return;
    const way = wayOf(path, walk);
    if (isClosure) {
      const chain = closureChain(site, attributeOf(site.entity, attribute), entity, this.#terms);
      if (chain !== undefined) {
        const inner = new Block(this.#terms, this.#depth + 1);
        inner.#addRecord(to, chain.site, way, chain.sought, false);
        const from = `from ${chain.rows} ${inner.joins.join(' ')}`;
        this.#nest(inner, `${chain.recursive()} ${jsonRows(inner.columns, from)}`, way);
        return;
      }
      const rows = closureRows(site, attributeOf(site.entity, attribute), entity, this.#terms);
      if (rows !== undefined) this.addRows(to, way, rows);
      return;
    }
    const source = referencesOf(site, walk, this.#terms);
    if (source === undefined) return;
    if (source.kind === 'many') {
      this.addRows(to, way, rowsOf(source));
      return;
    }
    const target = new Site(entity, this.#terms);
    const isKey = keyIs(target.key, target.keyClass, source.id, entity);
    this.joins.push(`left join ${target.source} on ${target.where(isKey)}`);
    this.#addRecord(to, target, way, source.id, false);
  }

  /** The records that a column of joined rows refers to, beside it. */
  #addJoined(walk: RecordWalk, path: string, sql: string, keyClass: KeyClass): void {
    const entity = this.#entity(walk.to);
    if (entity.storage === 'supplied') return;
    const site = new Site(entity, this.#terms);
    const id: IdExpression = { sql, keyClass, guard: undefined };
    this.joins.push(`left join ${site.source} on ${site.where(keyIs(site.key, site.keyClass, id, entity))}`);
    this.#addRecord(walk.to, site, path, id, false);
  }

  #attribute(site: Site, attribute: AttributeInfo, path: string, node: RecordNode): AttributePlan['read'] {
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
        const alias = this.#terms.alias();
        const inner = new Block(this.#terms, this.#depth + 1);
        const parts = columns.map(({ type }, index) => cellOf(`${alias}.v${index}`, type, true));
        for (const part of parts) inner.#column(part, use);
        for (const walk of node.walks) {
          const index = joinedColumn(walk, attribute);
          const column = index === undefined ? undefined : columns[index];
          if (column === undefined || isJson(column.type)) continue;
          inner.#addJoined(walk, wayOf(path, walk), `${alias}.v${index}`, columnClass(column.type));
          this.#done.add(walk);
        }
        const select = `select ${columns.map(({ sql }, index) => `${sql} as v${index}`).join(', ')}`;
        const rows = `(${select} from ${from} where ${where} limit ${MAXIMUM_ELEMENTS + 1}) as ${alias}`;
        const { position, read } = this.#column(
          {
            sql: `(${jsonRows(inner.columns, [`from ${rows}`, ...inner.joins].join(' '))})`,
            reread: undefined,
          },
          use,
          inner.uses,
        );
        if (inner.#records.length > 0) this.#nested.push({ cell: position, block: inner.plan });
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
  return { sql, keyClass: keyClass === 'other' ? 'text' : keyClass, guard: undefined };
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

/** Whether a key that was found may be spelt otherwise than the id that led to it. */
function mayDiffer(from: KeyClass, { keyClass, entity }: Site): boolean {
  if (from !== keyClass || keyClass === 'other') return true;
  return keyClass === 'text' && entity.keyType !== 'string';
}

/** Which column of the joined rows of an attribute a walk begins at, if it begins at one as a whole. */
function joinedColumn(
  { attribute, steps, isClosure }: RecordWalk,
  { name, type }: AttributeInfo,
): 0 | 1 | undefined {
  const [step] = steps;
  if (attribute !== name || isClosure || step === undefined || steps.length > 1) return undefined;
  if (isUnionAt(type, steps)) return undefined;
  return step.kind === 'value' ? 1 : 0;
}

function isJson({ type }: ColumnType): boolean {
  return type === 114 || type === 3802;
}

function wayOf(path: string, { attribute, steps, isClosure }: RecordWalk): string {
  return `${path}.${attribute}${steps.map(showStep).join('')}${isClosure ? '[*]' : ''}`;
}

function showStep(step: RecordWalk['steps'][number]): string {
  return step.kind === 'field' ? `.${step.name}` : step.kind === 'value' ? '[…]' : '[*]';
}
