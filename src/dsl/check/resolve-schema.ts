import type { Attribute, EntityDeclaration, EnumDeclaration } from '../syntax/ast.ts';
import type { AttributeInfo, AttributeSource, EntityInfo, EnumInfo, Schema } from '../types/schema.ts';
import { ROLE_ENUM, type Type } from '../types/types.ts';
import { checkClosure } from './closures.ts';
import { type Findings, firstDeclared } from './findings.ts';
import { ValueReader } from './read-value.ts';
import type { TypeResolver } from './resolve-type.ts';
import { rowConditionOf } from './row-condition.ts';
import type { Symbols } from './symbols.ts';

/** Resolves enums and entities. Attributes without a valid type are left out: reading them is reported as poisoned, not unknown. */
export interface ResolvedSchema extends Schema {
  /** `ENTITY.ATTRIBUTE` of declared attributes whose type is not valid: uses of them are not reported again. */
  readonly poisoned: ReadonlySet<string>;
  /** The enums that have a member of a name, sorted. */
  enumsByMember(): ReadonlyMap<string, readonly string[]>;
}

export function resolveSchema(symbols: Symbols, types: TypeResolver, findings: Findings): ResolvedSchema {
  const enums = new Map<string, EnumInfo>();
  for (const declaration of symbols.enums.values())
    enums.set(declaration.name.text, resolveEnum(declaration, findings));
  enums.set(ROLE_ENUM, roleEnum([...symbols.roles.keys()]));
  const entities = new Map<string, EntityInfo>();
  const poisoned = new Set<string>();
  let byMember: Map<string, string[]> | undefined;
  const enumsByMember = (): ReadonlyMap<string, readonly string[]> => (byMember ??= groupByMember(enums));
  const schema = { enums, entities, poisoned, enumsByMember };
  const values = new ValueReader(schema, findings, undefined);
  // Two passes, since the default of an attribute may refer to an entity that is declared later.
  for (const declaration of symbols.entities.values()) {
    entities.set(declaration.name.text, {
      name: declaration.name.text,
      storage: storageOf(declaration),
      keyType: keyTypeOf(declaration, findings),
      attributes: new Map(),
      documentation: declaration.documentation,
      declaration,
    });
  }
  for (const info of entities.values()) {
    const attributes = resolveAttributes(info.declaration.attributes, types, values, findings, {
      of: info.name,
      storage: info.storage,
      poisoned,
    });
    entities.set(info.name, { ...info, attributes });
  }
  for (const info of entities.values()) checkClosure(info, schema, findings);
  return schema;
}

function groupByMember(enums: ReadonlyMap<string, EnumInfo>): Map<string, string[]> {
  const byMember = new Map<string, string[]>();
  for (const { name, members } of [...enums.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const member of members) {
      const names = byMember.get(member);
      if (names === undefined) byMember.set(member, [name]);
      else names.push(name);
    }
  }
  return byMember;
}

function resolveEnum(declaration: EnumDeclaration, findings: Findings): EnumInfo {
  const members: string[] = [];
  const rank = new Map<string, number>();
  const bySpelling = new Map<string, string>();
  const places = new Map<string, EnumDeclaration['members'][number]>();
  for (const member of declaration.members) {
    const name = member.name.text;
    const spelling = member.spelling?.value ?? name;
    const namesake = places.get(`name ${name}`);
    const first = namesake ?? places.get(`spelling ${spelling}`);
    if (first !== undefined) {
      const said = namesake === undefined ? { what: 'spelling', name: spelling } : { what: 'member', name };
      findings.report('duplicateDeclaration', member.span, said, firstDeclared(first.span));
      continue;
    }
    places.set(`name ${name}`, member);
    places.set(`spelling ${spelling}`, member);
    rank.set(name, members.length);
    members.push(name);
    bySpelling.set(spelling, name);
  }
  return {
    name: declaration.name.text,
    ordered: declaration.ordered,
    members,
    rank,
    bySpelling,
    declaration,
  };
}

function roleEnum(members: readonly string[]): EnumInfo {
  return {
    name: ROLE_ENUM,
    ordered: false,
    members,
    rank: new Map(members.map((name, index) => [name, index])),
    bySpelling: new Map(members.map((name) => [name, name])),
    declaration: undefined,
  };
}

function storageOf(declaration: EntityDeclaration): EntityInfo['storage'] {
  switch (declaration.storage.kind) {
    case 'tableStorage':
      return 'mapped';
    case 'storedStorage':
      return 'stored';
    case 'suppliedStorage':
      return 'supplied';
  }
}

function keyTypeOf(declaration: EntityDeclaration, findings: Findings): EntityInfo['keyType'] {
  const attribute = declaration.attributes.find(({ name }) => name.text === 'id');
  if (attribute === undefined) return 'string';
  const { type } = attribute;
  const key = type.kind === 'namedType' ? type.name.text : undefined;
  const plain =
    attribute.modifier === undefined && attribute.origin === undefined && attribute.value === undefined;
  if (plain && (key === 'string' || key === 'uuid' || key === 'int')) return key;
  findings.report('invalidAttribute', attribute.span, {
    name: 'id',
    reason: 'says how ids are spelt and nothing else',
    help: 'write `id: uuid`, `id: int` or `id: string`; the column of a table is named by `key`',
  });
  return 'string';
}

/** Whose attributes are resolved. `storage` is undefined for the context and for actions: both come with the request. */
export interface AttributeOwner {
  readonly of: string;
  readonly storage: EntityInfo['storage'] | undefined;
  readonly poisoned: Set<string>;
}

export function resolveAttributes(
  declared: readonly Attribute[],
  types: TypeResolver,
  values: ValueReader,
  findings: Findings,
  owner: AttributeOwner,
): Map<string, AttributeInfo> {
  const resolved = new Map<string, AttributeInfo>();
  const places = new Map<string, Attribute>();
  for (const attribute of declared) {
    const name = attribute.name.text;
    const first = places.get(name);
    if (first !== undefined) {
      const related = firstDeclared(first.name.span);
      findings.report('duplicateDeclaration', attribute.name.span, { what: 'attribute', name }, related);
      continue;
    }
    places.set(name, attribute);
    if (name === 'id' && owner.storage !== undefined) continue;
    const type = types.attribute(attribute.type);
    if (type === undefined) {
      owner.poisoned.add(`${owner.of}.${name}`);
      continue;
    }
    checkPlacement(attribute, type.type, findings, owner);
    const { value } = attribute;
    const closure = value?.kind === 'closure' ? value : undefined;
    const fallback =
      value !== undefined && value.kind !== 'closure' ? values.read(value, type.type) : undefined;
    resolved.set(name, {
      name,
      type: type.type,
      // With a default it is never absent; live evidence is absent until there is some.
      optional: (type.optional && fallback === undefined) || attribute.modifier === 'live',
      ...sourceOf(attribute, owner.storage),
      spelling: spellingOf(attribute),
      default: fallback,
      closure,
      documentation: attribute.documentation,
      declaration: attribute,
    });
  }
  return resolved;
}

function sourceOf(
  attribute: Attribute,
  storage: EntityInfo['storage'] | undefined,
): { source: AttributeSource; keptInStore: boolean } {
  switch (attribute.modifier) {
    case undefined:
      return {
        source: storage === 'mapped' || storage === 'stored' ? 'store' : 'supplied',
        keptInStore: false,
      };
    case 'supplied':
      return { source: 'supplied', keptInStore: false };
    case 'stored':
      return { source: 'store', keptInStore: storage !== 'stored' };
    case 'suppliedOrStored':
      return {
        source: 'suppliedOrStored',
        keptInStore: storage !== 'stored' && attribute.origin === undefined,
      };
    case 'live':
      return { source: 'live', keptInStore: false };
  }
}

function spellingOf(attribute: Attribute): string {
  if (attribute.origin?.kind !== 'columnOrigin' || attribute.origin.columns.length !== 1)
    return attribute.name.text;
  const [column] = attribute.origin.columns;
  return column === undefined ? attribute.name.text : column.kind === 'name' ? column.text : column.value;
}

/** Reports modifiers, origins and values where they say nothing. */
function checkPlacement(attribute: Attribute, type: Type, findings: Findings, owner: AttributeOwner): void {
  const refuse = (reason: string, help?: string): void =>
    findings.report('invalidAttribute', attribute.span, { name: attribute.name.text, reason, help });
  const { modifier, origin, value } = attribute;
  if (owner.storage === undefined) {
    if (modifier !== undefined && modifier !== 'supplied')
      refuse('comes with the request and from nowhere else');
    if (value?.kind === 'closure') refuse('is no part of an entity, so there is nothing to follow');
  }
  if (owner.storage === 'supplied' && (modifier === 'stored' || modifier === 'suppliedOrStored')) {
    refuse(
      'belongs to a supplied entity, of which nothing is stored',
      'declare the entity `stored`, with `supplied` attributes',
    );
  }
  if (value?.kind === 'closure') {
    if (origin !== undefined) refuse('is derived, so it has no origin');
    if (modifier !== undefined)
      refuse('is derived from other attributes and comes from where they come from');
  }
  if (modifier === 'live' && (origin !== undefined || value !== undefined)) {
    refuse('is kept by the risk engine, so it has neither origin nor default');
  }
  if (origin === undefined) return;
  const ofTable = owner.storage === 'mapped' && modifier !== 'stored' && modifier !== 'supplied';
  if (origin.kind === 'joinOrigin') {
    const columns = type.kind === 'map' ? 3 : 2;
    if (!ofTable) refuse('is not read from a table', 'only attributes of a mapped entity come from tables');
    else if (type.kind !== 'map' && type.kind !== 'set')
      refuse('comes from a joined table, so it must be a set or a map');
    else if (origin.columns.length !== columns) {
      refuse(
        `needs ${columns} columns of the joined table, found ${origin.columns.length}`,
        type.kind === 'map' ? 'name the owner, the key and the value' : 'name the owner and the element',
      );
    } else if (origin.condition !== undefined && rowConditionOf(origin.condition) === undefined) {
      refuse(
        'is read from rows that a condition chooses, which may only compare columns with literals and each other',
        'write column names, strings, numbers, `true`, `false`, comparisons, `in`, `has`, `not`, `and`, `or`, `implies`',
      );
    }
    return;
  }
  const wide = type.kind === 'reference' && type.entities.length > 1 && ofTable;
  if (wide && origin.columns.length !== 2) {
    refuse(
      'may refer to several types, so it needs two columns',
      'name the column of the type and that of the id',
    );
  } else if (!wide && origin.columns.length !== 1) {
    refuse(`comes from one column, found ${origin.columns.length}`);
  }
}
