import type { AttributeInfo, EntityInfo } from '../../../dsl/types/schema.ts';
import { RecordNode } from '../../../engine/compile/record-tree.ts';
import { quoteIdentifier } from '../../store/quote-identifier.ts';
import type { RowsOfIds } from './block.ts';
import { type IdExpression, type KeyClass, keyIs, spelledFor } from './id-spelling.ts';
import { attributeOf, type ReferenceSource, referencesOf, stepsToReferences } from './reference-source.ts';
import { Site, type StatementTerms } from './site.ts';

/** In one statement at most so many steps of closures are looked at before what was reached is told apart. */
const MOST_STEPS = 20_000;

/**
 * The ids of everything that a closure reaches from a record, and of what it would reach next, nearest first; undefined
 * where the store holds nothing that it follows.
 */
export function closureRows(
  site: Site,
  attribute: AttributeInfo,
  target: EntityInfo,
  terms: StatementTerms,
): RowsOfIds | undefined {
  const { closure } = attribute;
  if (closure === undefined) return undefined;
  const first = attributeOf(site.entity, (closure.first ?? closure.follow).text);
  const begin = referencesOf(site, walkOf(first, target), terms);
  return begin && followedRows(begin, attribute, target, terms);
}

/** The same from ids that are known when the statement runs. */
export function closureRowsFrom(
  ids: { readonly from: string; readonly sql: string; readonly keyClass: KeyClass },
  attribute: AttributeInfo,
  target: EntityInfo,
  terms: StatementTerms,
): RowsOfIds {
  const id = { sql: ids.sql, keyClass: ids.keyClass, guard: undefined };
  return followedRows({ kind: 'many', id, from: ids.from, where: undefined }, attribute, target, terms);
}

function followedRows(
  begin: ReferenceSource,
  { closure }: AttributeInfo,
  target: EntityInfo,
  terms: StatementTerms,
): RowsOfIds {
  const follow = attributeOf(target, closure?.follow.text ?? '');
  // Records are read at every step, and at the last to see whether it goes on.
  const levels = (closure?.depth ?? 0) + (closure?.first === undefined ? 0 : 1);
  const site = target.storage === 'supplied' ? undefined : new Site(target, terms);
  const next = site && referencesOf(site, walkOf(follow, target), terms);
  const keyClass = commonClass(site, begin, next);
  const idOf = (source: ReferenceSource): string => {
    const text = spelledFor(keyClass, source.id, target);
    return keyClass === 'text' ? `(${text})::text` : keyClass === 'int' ? `(${text})::int8` : text;
  };
  const beginning = selectFrom(begin, `${idOf(begin)} as v, 1 as level`, idOf(begin), []);
  const walk = terms.alias();
  if (site === undefined || next === undefined)
    return { select: `select distinct v from (${beginning}) as ${walk}`, keyClass };
  const here = { sql: `${walk}.v`, keyClass, guard: undefined };
  const isHere = site.where(keyIs(site.key, site.keyClass, here, target));
  const steps = selectFrom(
    next,
    `${idOf(next)}, ${walk}.level + 1`,
    idOf(next),
    [`${walk}.level < ${levels}`],
    [walk, `join ${site.source} on ${isHere}`, site.keptJoin ?? ''].join(' '),
  );
  const recursive = `with recursive ${walk}(v, level) as (${beginning} union ${steps})`;
  const found = terms.alias();
  return {
    select: `${recursive} select distinct v from (select v from ${walk} limit ${MOST_STEPS}) as ${found}`,
    keyClass,
  };
}

/** One record after the other, as single references lead from each to the next. */
export interface RecordChain {
  /** Stands for the table of the records, with those of its columns that were asked for. */
  readonly site: Site;
  /** What was looked up at each step. */
  readonly sought: IdExpression;
  /** `with recursive …`, once it is known which columns are asked for. */
  readonly recursive: () => string;
  /** The name of what it yields. */
  readonly rows: string;
}

/** A closure that follows single references from a single one; undefined for any other. */
export function closureChain(
  from: Site,
  attribute: AttributeInfo,
  target: EntityInfo,
  terms: StatementTerms,
): RecordChain | undefined {
  return terms.parameters.tentatively(() => chainOf(from, attribute, target, terms));
}

function chainOf(
  from: Site,
  attribute: AttributeInfo,
  target: EntityInfo,
  terms: StatementTerms,
): RecordChain | undefined {
  const { closure } = attribute;
  if (closure === undefined || target.storage === 'supplied') return undefined;
  const follow = attributeOf(target, closure.follow.text);
  const first = attributeOf(from.entity, (closure.first ?? closure.follow).text);
  // What the engine keeps of a mapped entity stands in another table than the rest.
  if (follow.keptInStore && target.storage === 'mapped') return undefined;
  const rows = terms.alias();
  const site = new Site(target, terms, rows);
  const begin = referencesOf(from, walkOf(first, target), terms);
  const next = referencesOf(site, walkOf(follow, target), terms);
  if (begin?.kind !== 'one' || next?.kind !== 'one') return undefined;
  const keyClass = commonClass(site, begin, next);
  const levels = closure.depth + (closure.first === undefined ? 0 : 1);
  const here = new Site(target, terms);
  const step = (
    source: ReferenceSource,
    level: string,
    before: string,
    conditions: readonly string[],
  ): string => {
    const id = spelledFor(keyClass, source.id, target);
    const key = { sql: id, keyClass, guard: undefined };
    const join = `left join ${here.source} on ${here.where(keyIs(here.key, here.keyClass, key, target))}`;
    const columns = [...site.columns].map((name) => `${here.alias}.${quoteIdentifier(name)}`);
    const guards = source.id.guard === undefined ? [] : [source.id.guard];
    const where = [...conditions, ...guards, `${id} is not null`].join(' and ');
    return `select ${[level, id, ...columns].join(', ')} from ${before} ${join} where ${where}`;
  };
  return {
    site,
    rows,
    sought: { sql: `${rows}.${SOUGHT}`, keyClass, guard: undefined },
    recursive: () => {
      const names = [LEVEL, SOUGHT, ...[...site.columns].map(quoteIdentifier)].join(', ');
      const beginning = step(begin, '1', '(select) as nothing', []);
      const steps = step(next, `${rows}.${LEVEL} + 1`, rows, [`${rows}.${LEVEL} < ${levels}`]);
      return `with recursive ${rows}(${names}) as (${beginning} union all ${steps})`;
    },
  };
}

/** No columns of a table are called so. */
const LEVEL = '"velro level?"';
const SOUGHT = '"velro sought?"';

function walkOf(attribute: AttributeInfo, target: EntityInfo): Parameters<typeof referencesOf>[1] {
  return {
    attribute: attribute.name,
    steps: stepsToReferences(attribute),
    to: new RecordNode(target.name),
  };
}

/** Ids are compared as the key is where all of them are spelt so, else as text. */
function commonClass(
  site: Site | undefined,
  begin: ReferenceSource,
  next: ReferenceSource | undefined,
): KeyClass {
  const classes = [begin, next].map((one) => one?.id.keyClass ?? site?.keyClass);
  const keyClass = site?.keyClass;
  const isCommon = keyClass !== undefined && keyClass !== 'other' && classes.every((one) => one === keyClass);
  return isCommon ? keyClass : 'text';
}

function selectFrom(
  source: ReferenceSource,
  columns: string,
  id: string,
  conditions: readonly string[],
  before = '',
): string {
  const guards = [source.id.guard, source.kind === 'many' ? source.where : undefined];
  const where = [...conditions, ...guards.filter((one) => one !== undefined), `${id} is not null`];
  const many = source.kind === 'many' ? source.from : '';
  // Functions see what stands before them.
  const from = [before, many].filter((one) => one !== '').join(' cross join ');
  return `select ${columns}${from === '' ? '' : ` from ${from}`} where ${where.join(' and ')}`;
}
