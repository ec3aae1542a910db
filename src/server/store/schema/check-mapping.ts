import { DATABASE_DIAGNOSTICS } from '../../../dsl/diagnostics/database.ts';
import {
  type Diagnostic,
  type Reporter,
  reporter,
  sortDiagnostics,
} from '../../../dsl/diagnostics/diagnostic.ts';
import { nearestName } from '../../../dsl/diagnostics/nearest-name.ts';
import type { Schema } from '../../../dsl/types/schema.ts';
import { STRING, showType, type Type } from '../../../dsl/types/types.ts';
import { type Askable, type Column, type Relation, readRelations, readTableNames } from './catalogue.ts';
import { adviceOn, adviceOnKey, canHold, canRefer } from './column-fit.ts';
import type { ColumnType } from './column-type.ts';
import {
  type MappedColumns,
  type MappedEntity,
  type MappedJoin,
  type MappedName,
  mappingOf,
  type TestedColumn,
} from './mapping.ts';

/**
 * Holds what a bundle says of tables against those that a database has. An error means that facts could not be loaded as
 * the bundle says, so that it must not be served from this database.
 */
export async function checkMapping(schema: Schema, database: Askable): Promise<readonly Diagnostic[]> {
  const mapping = mappingOf(schema);
  const tables = mapping.flatMap(({ table, joins }) => [table, ...joins.map((join) => join.table)]);
  const relations = await readRelations(
    database,
    tables.map(({ name }) => name),
  );
  const isComplete = tables.every(({ name }) => relations.get(name)?.kind !== undefined);
  const known = isComplete ? [] : await readTableNames(database);
  const check = new MappingCheck(schema, relations, known);
  for (const entity of mapping) check.entity(entity);
  return sortDiagnostics(check.found);
}

/** A relation and how the policy calls it. */
interface Found {
  readonly called: string;
  readonly relation: Relation;
}

/** Suggestions are looked for until so many names have been looked at: many missing names times many known ones have no end. */
const MOST_CANDIDATES = 500_000;

class MappingCheck {
  readonly found: Diagnostic[] = [];
  readonly #report: Reporter<typeof DATABASE_DIAGNOSTICS> = reporter(DATABASE_DIAGNOSTICS, this.found);
  readonly #schema: Schema;
  readonly #relations: ReadonlyMap<string, Relation>;
  readonly #known: readonly string[];
  #candidates = 0;

  constructor(schema: Schema, relations: ReadonlyMap<string, Relation>, known: readonly string[]) {
    this.#schema = schema;
    this.#relations = relations;
    this.#known = known;
  }

  entity(mapped: MappedEntity): void {
    const table = this.#table(mapped.table);
    if (table !== undefined) {
      this.#key(table, mapped);
      for (const one of mapped.attributes) this.#attribute(table, one);
    }
    for (const join of mapped.joins) this.#join(join, mapped);
  }

  #table({ name, span }: MappedName): Found | undefined {
    const relation = this.#relations.get(name);
    if (relation?.kind !== undefined) return { called: name, relation };
    this.#report('missingTable', span, { table: name, suggestion: this.#nearest(name, this.#known) });
    return undefined;
  }

  #column({ called, relation }: Found, { name, span }: MappedName, isKey = false): Column | undefined {
    const column = relation.columns.get(name);
    if (column === undefined) {
      const suggestion = this.#nearest(name, [...relation.columns.keys()]);
      this.#report('missingColumn', span, { table: called, column: name, suggestion, isKey });
      return undefined;
    }
    if (!column.readable) this.#report('unreadableColumn', span, { table: called, column: name });
    return column;
  }

  /** The name that was probably meant; undefined also once too many were looked at. */
  #nearest(name: string, known: readonly string[]): string | undefined {
    if (this.#candidates >= MOST_CANDIDATES) return undefined;
    this.#candidates += known.length;
    return nearestName(name, known);
  }

  #key(table: Found, { entity, key }: MappedEntity): void {
    const column = this.#column(table, key, true);
    if (column === undefined) return;
    const at = { table: table.called, column: key.name };
    const advice = adviceOnKey(column, entity);
    if (advice !== undefined)
      this.#report('unfitKey', key.span, { ...at, holds: column.type.name, entity: entity.name, advice });
    const { kind, indexes, hasHeirs } = table.relation;
    // Of what is no table, nobody knows.
    const isKnown = kind === 'table' || kind === 'partitioned';
    const isUnique = indexes.some(
      ({ unique, partial, columns }) => unique && !partial && columns.length === 1 && columns[0] === key.name,
    );
    if (isKnown && (hasHeirs || !isUnique))
      this.#report('keyNotUnique', key.span, { ...at, heirs: hasHeirs });
  }

  #attribute(table: Found, { attribute, columns }: MappedColumns): void {
    const { type, optional, name } = attribute;
    const [first, second] = columns;
    if (first === undefined) return;
    const place = this.#column(table, first);
    const isRequired = !optional && attribute.default === undefined;
    if (second === undefined) {
      if (place !== undefined) this.#holds(table, first, place, type);
      if (isRequired) this.#warnOfNull(table, place, first, name, false);
      return;
    }
    const id = this.#column(table, second);
    if (place !== undefined && !canHold(place.type, STRING)) this.#reportUnfit(table, first, place, STRING);
    if (id !== undefined && type.kind === 'reference')
      this.#refers(table, second, id, id.type, type.entities);
    if (isRequired)
      for (const [column, named] of [
        [place, first],
        [id, second],
      ] as const)
        this.#warnOfNull(table, column, named, name, false);
  }

  #join({ attribute, table: named, owner, columns, tested }: MappedJoin, { entity }: MappedEntity): void {
    const table = this.#table(named);
    if (table === undefined) return;
    const { type } = attribute;
    const ownerColumn = this.#column(table, owner);
    if (ownerColumn !== undefined) this.#refers(table, owner, ownerColumn, ownerColumn.type, [entity.name]);
    const types = type.kind === 'map' ? [type.key, type.value] : type.kind === 'set' ? [type.element] : [];
    for (const [index, one] of types.entries()) {
      const name = columns[index];
      const column = name && this.#column(table, name);
      if (name === undefined || column === undefined) continue;
      // Keys of several types are spelt `type:id`.
      const isWideKey =
        type.kind === 'map' && index === 0 && one.kind === 'reference' && one.entities.length > 1;
      this.#holds(table, name, column, isWideKey ? STRING : one);
      // A key without a value is not there; an element that is none leaves the set in doubt.
      if (index === 0) this.#warnOfNull(table, column, name, attribute.name, true);
    }
    for (const one of tested) this.#tests(table, one, attribute.name);
    if (ownerColumn !== undefined)
      this.#joinIndexes(table, owner, type.kind === 'map' ? columns[0] : undefined);
  }

  /** A column in a condition on rows: what it is compared with says what it must hold. */
  #tests(table: Found, named: TestedColumn, attribute: string): void {
    const column = this.#column(table, named);
    if (column === undefined) return;
    const isFit = named.as === undefined || (column.type.family !== 'json' && canHold(column.type, named.as));
    if (named.as !== undefined && !isFit) this.#reportUnfit(table, named, column, named.as);
    // Whether such a row counts is not known.
    if (!named.isPresence) this.#warnOfNull(table, column, named, attribute, true);
  }

  #joinIndexes({ called, relation }: Found, owner: MappedName, key: MappedName | undefined): void {
    const { kind, indexes } = relation;
    if (kind !== 'table' && kind !== 'partitioned') return;
    if (!indexes.some(({ columns }) => columns[0] === owner.name))
      this.#report('unindexedOwner', owner.span, { table: called, column: owner.name });
    if (key === undefined) return;
    const both = new Set([owner.name, key.name]);
    // One for some rows only is taken for one for those that `where` lets through.
    const isUnique = indexes.some(
      ({ unique, columns }) => unique && columns.every((column) => column !== null && both.has(column)),
    );
    if (!isUnique) this.#report('repeatedKey', key.span, { table: called, owner: owner.name, key: key.name });
  }

  #holds(table: Found, named: MappedName, column: Column, type: Type): void {
    const isMany = type.kind === 'set' || type.kind === 'list';
    const inner = isMany ? type.element : type;
    const held = isMany ? column.type.element : column.type;
    if (inner.kind === 'reference' && inner.entities.length === 1 && held !== undefined)
      this.#refers(table, named, column, held, inner.entities);
    else if (!canHold(column.type, type)) this.#reportUnfit(table, named, column, type);
    else if (inner.kind === 'enum' && held?.family === 'enum') this.#knowsLabels(named, held, inner.name);
  }

  #knowsLabels(named: MappedName, held: ColumnType, type: string): void {
    const known = this.#schema.enums.get(type)?.bySpelling;
    const labels = held.labels.filter((label) => known?.has(label) !== true);
    if (labels.length > 0)
      this.#report('unknownLabels', named.span, { column: named.name, holds: held.name, type, labels });
  }

  /** A column of ids of these entities. */
  #refers(
    table: Found,
    named: MappedName,
    column: Column,
    held: ColumnType,
    entities: readonly string[],
  ): void {
    const unfit = entities.find((name) => !canRefer(held, this.#schema.entities.get(name)));
    if (unfit !== undefined)
      this.#reportUnfit(table, named, column, { kind: 'reference', entities: [unfit] });
  }

  #reportUnfit({ called }: Found, named: MappedName, { type }: Column, wanted: Type): void {
    this.#report('unfitColumn', named.span, {
      table: called,
      column: named.name,
      holds: type.name,
      type: showType(wanted),
      advice: adviceOn(type, wanted),
    });
  }

  #warnOfNull(
    { called, relation }: Found,
    column: Column | undefined,
    named: MappedName,
    attribute: string,
    isElement: boolean,
  ): void {
    // The columns of a view may all be NULL, as far as the database knows.
    const isKnown = relation.kind !== 'view' && relation.kind !== 'materialized view';
    if (!isKnown || column === undefined || !column.nullable || column.type.refusesNull) return;
    this.#report('nullableColumn', named.span, { table: called, column: named.name, attribute, isElement });
  }
}
