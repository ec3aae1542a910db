import type { AttributeInfo, EntityInfo } from '../../../dsl/types/schema.ts';
import type { Type } from '../../../dsl/types/types.ts';
import type { RecordWalk } from '../../../engine/compile/record-tree.ts';
import type { ValueStep } from '../../../engine/compile/value-steps.ts';
import { columnClass, type IdExpression, keyClassOf } from './id-spelling.ts';
import { jsonId, jsonKeyId, jsonPath } from './json-paths.ts';
import type { Site, StatementTerms } from './site.ts';

/** From where a statement takes the ids of the records that a walk leads to. */
export type ReferenceSource =
  | { readonly kind: 'one'; readonly id: IdExpression }
  /** What a FROM must list for them, and which of its rows count. */
  | {
      readonly kind: 'many';
      readonly id: IdExpression;
      readonly from: string;
      readonly where: string | undefined;
    };

/** The references of a stored attribute to records of an entity; undefined where the store holds none. */
export function referencesOf(
  site: Site,
  walk: Pick<RecordWalk, 'attribute' | 'steps' | 'to'>,
  terms: StatementTerms,
): ReferenceSource | undefined {
  return terms.parameters.tentatively(() => sourceOf(site, walk, terms));
}

function sourceOf(
  site: Site,
  { attribute, steps, to }: Pick<RecordWalk, 'attribute' | 'steps' | 'to'>,
  terms: StatementTerms,
): ReferenceSource | undefined {
  const info = site.entity.attributes.get(attribute);
  const value = info === undefined ? undefined : site.valueOf(info);
  if (info === undefined || value === undefined) return undefined;
  const isUnion = isUnionAt(info.type, steps);
  const json = { text: (text: string) => terms.parameters.text(text), alias: () => terms.alias() };
  const inJson = (
    sql: string,
    rest: readonly ValueStep[],
    before: { readonly from: string; readonly where?: string } | undefined,
  ): ReferenceSource => {
    const path = jsonPath(sql, rest, json);
    const read = path.isKey ? jsonKeyId : jsonId;
    const id = read(path.sql, to.entity, isUnion, json);
    if (before === undefined && path.from.length === 0) return { kind: 'one', id };
    const from = [...(before === undefined ? [] : [before.from]), ...path.from].join(', ');
    return { kind: 'many', id, from, where: before?.where };
  };
  switch (value.kind) {
    case 'json':
      return inJson(value.sql, steps, undefined);
    case 'union': {
      if (steps.length > 0) return undefined;
      const guard = `${value.type.sql}::text = ${terms.parameters.text(to.entity)}`;
      return { kind: 'one', id: plain(value.id.sql, columnClass(value.id.type), guard) };
    }
    case 'column': {
      const { sql, type } = value;
      const [first, ...rest] = steps;
      if (first === undefined)
        return type.element === undefined && !isUnion
          ? { kind: 'one', id: plain(sql, columnClass(type)) }
          : undefined;
      if (type.element === undefined || first.kind !== 'element') return undefined;
      const alias = terms.alias();
      const from = `unnest(${sql}) as ${alias}(v)`;
      if (type.element === JSONB) return inJson(`${alias}.v`, rest, { from });
      if (rest.length > 0 || isUnion) return undefined;
      return { kind: 'many', id: plain(`${alias}.v`, keyClassOf(type.element)), from, where: undefined };
    }
    case 'joined': {
      const { columns, from, where } = value.rows;
      const [first, ...rest] = steps;
      const column = first?.kind === 'value' ? columns[1] : columns[0];
      if (first === undefined || column === undefined) return undefined;
      if (column.type.type === JSONB) return inJson(column.sql, rest, { from, where });
      if (rest.length > 0) return undefined;
      if (first.kind === 'key' && isUnion)
        return { kind: 'many', id: jsonKeyId(`${column.sql}::text`, to.entity, true, json), from, where };
      return isUnion
        ? undefined
        : { kind: 'many', id: plain(column.sql, columnClass(column.type)), from, where };
    }
  }
}

const JSONB = 3802;

function plain(sql: string, keyClass: IdExpression['keyClass'], guard?: string): IdExpression {
  return { sql, keyClass, guard };
}

/** Whether the references that stand there may be to several types. */
export function isUnionAt(type: Type, steps: readonly ValueStep[]): boolean {
  let at: Type | undefined = type;
  for (const step of steps) at = at === undefined ? undefined : typeAfter(at, step);
  return at?.kind === 'reference' && at.entities.length > 1;
}

function typeAfter(type: Type, step: ValueStep): Type | undefined {
  switch (step.kind) {
    case 'element':
      return type.kind === 'set' || type.kind === 'list' ? type.element : undefined;
    case 'key':
      return type.kind === 'map' ? type.key : undefined;
    case 'value':
      return type.kind === 'map' ? type.value : undefined;
    case 'field':
      return type.kind === 'record' ? type.attributes.get(step.name)?.type : undefined;
  }
}

/** The attribute that a closure begins with, and the steps to the references in it. */
export function stepsToReferences({ type }: AttributeInfo): readonly ValueStep[] {
  return type.kind === 'set' || type.kind === 'list' ? [{ kind: 'element' }] : [];
}

/** An attribute of an entity that the checker found there. */
export function attributeOf(entity: EntityInfo, name: string): AttributeInfo {
  const attribute = entity.attributes.get(name);
  if (attribute === undefined) throw new Error(`${entity.name} has no attribute ${name}`);
  return attribute;
}
