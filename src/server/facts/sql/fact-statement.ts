import { createHash } from 'node:crypto';
import type { CheckedBundle, Triple } from '../../../dsl/check/bundle.ts';
import type { Schema } from '../../../dsl/types/schema.ts';
import type { Reference } from '../../../dsl/types/values.ts';
import type { RecordNode, RecordTree } from '../../../engine/compile/record-tree.ts';
import type { PreparedRequest } from '../../../engine/decide/types.ts';
import type { Parameter, Row, Statement } from '../../store/database.ts';
import { Block, type ColumnUse, MOST_RECORDS, type RowsOfIds } from './block.ts';
import { closureRowsFrom } from './closure-rows.ts';
import { type TableColumns, tableOf } from './describe-tables.ts';
import { bindableId, columnClass, type KeyClass, PARAMETER_TYPE } from './id-spelling.ts';
import { LoadedFacts } from './loaded-facts.ts';
import { severalRows } from './mapping-error.ts';
import { type ParameterSource, Parameters } from './parameters.ts';
import { readRow } from './read-rows.ts';
import type { BlockPlan } from './record-plan.ts';
import type { SeedPoint } from './seed-points.ts';

/** What a statement is made from. */
export interface StatementOptions {
  readonly bundle: CheckedBundle;
  readonly triple: Triple;
  readonly tree: RecordTree;
  readonly tables: TableColumns;
  /** The points at which ids are known beforehand, of which the statement makes use. */
  readonly points: readonly SeedPoint[];
  /** Whether it answers one question, or any number of one kind. */
  readonly shape: 'one' | 'many';
  /** Whether it also says which state of the database it saw, from what kind of server, and which question a row is of. */
  readonly withSnapshot?: boolean;
}

/** One statement that loads all facts of a question of one kind, or of many such questions. */
export interface FactStatement {
  readonly text: string;
  readonly name: string;
  readonly parameters: readonly ParameterSource[];
  readonly columns: readonly ColumnUse[];
  /** The statement with the ids of these questions. */
  for(requests: readonly PreparedRequest[]): Statement;
  /** Adds what the rows say, and what was looked for and is not there. Throws a `MappingError` when a key is not unique. */
  read(rows: readonly Row[], requests: readonly PreparedRequest[], into: LoadedFacts): void;
  /**
   * The same of a statement with a snapshot, which makes use of no points: of each question what the subject leads to and
   * what the resource does. Questions with one subject, or one resource, share what is found of it.
   */
  readByRoot(rows: readonly Row[], requests: readonly PreparedRequest[]): readonly ByRoot<LoadedFacts>[];
}

/** Something of the subject, and of the resource. */
export interface ByRoot<T> {
  readonly subject: T;
  readonly resource: T;
}

/** Makes the statement; undefined where no fact is ever asked of the store. Throws a `MappingError`. */
export function makeFactStatement(options: StatementOptions): FactStatement | undefined {
  const { bundle, triple, tree, tables, points, shape, withSnapshot = false } = options;
  const parameters = new Parameters();
  let aliases = 0;
  const terms = {
    schema: bundle,
    tables,
    parameters,
    alias: () => `t${(aliases += 1)}`,
  };
  const block = new Block(terms, 0);
  const roots: string[] = [];
  const root = (kind: 'subject' | 'resource', node: RecordNode, isNew: boolean): void => {
    const keyClass = keyClassIn(bundle, node.entity, tables);
    if (keyClass === undefined) return;
    const type = PARAMETER_TYPE[keyClass];
    const parameter = parameters.bind({ kind, keyClass }, shape === 'one' ? type : `${type}[]`);
    roots.push(parameter);
    block.addRoot(node, kind, shape === 'one' ? parameter : `q.${kind}`, isNew);
  };
  root('subject', tree.subject, false);
  const ofSubject = { records: block.plan.records.length, nested: block.plan.nested.length };
  root('resource', tree.resource, triple.isNew);
  for (const { node, path, closure } of points) {
    const keyClass = keyClassIn(bundle, node.entity, tables);
    if (keyClass === undefined) continue;
    const ids = parameters.bind({ kind: 'seeds', node, keyClass }, `${PARAMETER_TYPE[keyClass]}[]`);
    const entity = bundle.entities.get(node.entity);
    const alias = terms.alias();
    const known = { sql: `${alias}.v`, from: `unnest(${ids}) as ${alias}(v)`, keyClass };
    const rows: RowsOfIds =
      closure === undefined || entity === undefined
        ? { select: `select unnest(${ids})`, keyClass: keyClass === 'other' ? 'text' : keyClass }
        : closureRowsFrom(known, closure, entity, terms);
    block.addRows(node, path, rows, shape === 'one' ? undefined : 'q.n = 1');
  }
  if (block.columns.length === 0) return undefined;
  const selected = block.columns.map((column, index) => `${column} as "${index}"`);
  if (withSnapshot) selected.push(...SNAPSHOT_COLUMNS);
  if (withSnapshot && shape === 'many') selected.push('q.n as "question"');
  const columns = selected.join(',\n  ');
  const questions = shape === 'one' ? '(select) as q' : manyQuestions(roots, tree, bundle);
  const text = `select\n  ${columns}\nfrom ${[questions, ...block.joins].join('\n')}`;
  const { records, nested } = block.plan;
  const byRoot = {
    subject: { records: records.slice(0, ofSubject.records), nested: nested.slice(0, ofSubject.nested) },
    resource: { records: records.slice(ofSubject.records), nested: nested.slice(ofSubject.nested) },
  };
  return new Made(options, text, parameters.sources, { all: block.plan, byRoot }, block.uses);
}

/** The state that was seen, as `pg_snapshot` says it, and whether a replica showed it. */
const SNAPSHOT_COLUMNS = ['pg_current_snapshot()::text as "snapshot"', 'pg_is_in_recovery() as "isReplica"'];

/** Questions as rows, numbered from 1. */
function manyQuestions(roots: readonly string[], { subject }: RecordTree, schema: Schema): string {
  if (roots.length === 0) return '(select 1 as n) as q';
  const isKept = schema.entities.get(subject.entity)?.storage !== 'supplied';
  const names = roots.length === 2 ? ['subject', 'resource'] : [isKept ? 'subject' : 'resource'];
  return `unnest(${roots.join(', ')}) with ordinality as q(${[...names, 'n'].join(', ')})`;
}

/** How keys of an entity are compared; undefined for one of which nothing is stored. */
export function keyClassIn(schema: Schema, name: string, tables: TableColumns): KeyClass | undefined {
  const entity = schema.entities.get(name);
  if (entity === undefined || entity.storage === 'supplied') return undefined;
  if (entity.storage === 'stored') return 'text';
  const { table, key } = tableOf(entity);
  return columnClass(tables.column(table, key));
}

class Made implements FactStatement {
  readonly text: string;
  readonly name: string;
  readonly parameters: readonly ParameterSource[];
  readonly columns: readonly ColumnUse[];
  readonly #options: StatementOptions;
  readonly #plans: { readonly all: BlockPlan; readonly byRoot: ByRoot<BlockPlan> };
  readonly #isMany: boolean;

  constructor(
    options: StatementOptions,
    text: string,
    parameters: readonly ParameterSource[],
    plans: { readonly all: BlockPlan; readonly byRoot: ByRoot<BlockPlan> },
    columns: readonly ColumnUse[],
  ) {
    this.text = text;
    // The same text has the same name, also in the next bundle.
    this.name = `facts_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    this.parameters = parameters;
    this.columns = columns;
    this.#options = options;
    this.#plans = plans;
    this.#isMany = options.shape === 'many';
  }

  for(requests: readonly PreparedRequest[]): Statement {
    const { text, name, parameters } = this;
    return { text, name, values: parameters.map((source) => this.#value(source, requests)) };
  }

  read(rows: readonly Row[], requests: readonly PreparedRequest[], into: LoadedFacts): void {
    if (rows.length > Math.max(1, this.#isMany ? requests.length : 1)) throw severalRows();
    for (const row of rows) readRow(this.#plans.all, row, into);
    const { tree, points, bundle, tables } = this.#options;
    const isKept = (entity: string): boolean => bundle.entities.get(entity)?.storage !== 'supplied';
    const [subject, resource] = [isKept(tree.subject.entity), isKept(tree.resource.entity)];
    for (const request of requests) {
      if (subject) into.add(request.subject.type, request.subject.id, null);
      if (resource) into.add(request.resource.type, request.resource.id, null);
    }
    for (const point of points) {
      if (!isKept(point.node.entity)) continue;
      const seeds = [...seedsOf(point, requests)];
      // What was looked up is told row by row; the rows may end before all of the ids were.
      const isWhole = point.closure === undefined && seeds.length <= MOST_RECORDS[0];
      const keyClass = keyClassIn(bundle, point.node.entity, tables) ?? 'text';
      for (const { type, id } of seeds)
        if (isWhole || bindableId(id, keyClass) === null) into.add(type, id, null);
    }
  }

  readByRoot(rows: readonly Row[], requests: readonly PreparedRequest[]): readonly ByRoot<LoadedFacts>[] {
    const { tree, bundle } = this.#options;
    const { byRoot } = this.#plans;
    if (rows.length !== requests.length) throw severalRows();
    const byQuestion = this.#isMany ? new Map(rows.map((row) => [row['question'], row])) : undefined;
    const isKept = (entity: string): boolean => bundle.entities.get(entity)?.storage !== 'supplied';
    const reader = (root: 'subject' | 'resource'): ((row: Row, request: PreparedRequest) => LoadedFacts) => {
      const found = new Map<string, LoadedFacts>();
      const isStored = isKept(tree[root].entity);
      return (row, request) => {
        const { type, id } = request[root];
        let facts = found.get(id);
        // Only the first row that asks for an id was answered.
        if (facts === undefined) {
          facts = new LoadedFacts(bundle);
          readRow(byRoot[root], row, facts);
          if (isStored) facts.add(type, id, null);
          found.set(id, facts);
        }
        return facts;
      };
    };
    const subjectOf = reader('subject');
    const resourceOf = reader('resource');
    return requests.map((request, index) => {
      const row = byQuestion === undefined ? rows[index] : byQuestion.get(index + 1);
      if (row === undefined) throw severalRows();
      return { subject: subjectOf(row, request), resource: resourceOf(row, request) };
    });
  }

  #value(source: ParameterSource, requests: readonly PreparedRequest[]): Parameter {
    switch (source.kind) {
      case 'constant':
        return source.value;
      case 'subject':
      case 'resource': {
        const [first] = requests;
        if (!this.#isMany)
          return first === undefined ? null : bindableId(first[source.kind].id, source.keyClass);
        const seen = new Set<string>();
        return requests.map((request) => {
          const { id } = request[source.kind];
          // What was asked for in a row before is not asked for again.
          if (seen.has(id)) return null;
          seen.add(id);
          return bindableId(id, source.keyClass);
        });
      }
      case 'seeds': {
        const point = this.#options.points.find(({ node }) => node === source.node);
        if (point === undefined) return [];
        const ids = new Set<string>();
        for (const { id } of seedsOf(point, requests)) {
          const bindable = bindableId(id, source.keyClass);
          if (bindable !== null) ids.add(bindable);
        }
        return [...ids];
      }
    }
  }
}

/** The ids of a point that are known beforehand. */
export function* seedsOf(
  { node, named }: SeedPoint,
  requests: readonly PreparedRequest[],
): Generator<Reference> {
  yield* node.constants.values();
  for (const request of requests) yield* named(request);
}
