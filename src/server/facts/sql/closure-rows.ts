import type { AttributeInfo, EntityInfo } from '../../../dsl/types/schema.ts';
import { RecordNode } from '../../../engine/compile/record-tree.ts';
import type { RowsOfIds } from './block.ts';
import { type KeyClass, keyIs, spelledFor } from './id-spelling.ts';
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
  const id = { sql: ids.sql, keyClass: ids.keyClass, guard: undefined, isPlain: true };
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
  const here = { sql: `${walk}.v`, keyClass, guard: undefined, isPlain: true };
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
