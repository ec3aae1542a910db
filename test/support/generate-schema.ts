import { showType, type Type } from '../../src/dsl/types/types.ts';
import type { Chance } from './generate-chance.ts';
import { hasLiteral, type KeyType, literal } from './generate-literals.ts';
import { documentation, fixed, optional, type Tree } from './generate-tree.ts';

/** An attribute of an entity, of the context or of an action. */
export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  readonly tree: Tree;
}
export interface EntityModel {
  readonly name: string;
  readonly storage: 'mapped' | 'stored' | 'supplied';
  readonly fields: ReadonlyMap<string, Field>;
  readonly tree: Tree;
}
export interface ActionModel {
  readonly name: string;
  readonly resources: readonly string[];
  readonly subjects: readonly string[];
  readonly isNew: boolean;
  readonly attributes: readonly Field[];
  readonly context: readonly Field[];
  readonly tree: Tree;
}
export interface EnumModel {
  readonly name: string;
  readonly ordered: boolean;
  readonly members: readonly string[];
}
/** What the conditions of a bundle may speak of. */
export interface SchemaModel {
  readonly enums: ReadonlyMap<string, EnumModel>;
  /** Roles without a condition of their own: those that `subject.roles` may be asked for. */
  readonly plainRoles: readonly string[];
  /** How ids are spelt, by entity. */
  readonly keys: ReadonlyMap<string, KeyType>;
  readonly entities: ReadonlyMap<string, EntityModel>;
  readonly context: readonly Field[];
  readonly actions: readonly ActionModel[];
  readonly actionSets: ReadonlyMap<string, readonly string[]>;
  /** The declarations. */
  readonly trees: readonly Tree[];
}

export const reference = (...entities: string[]): Type => ({
  kind: 'reference',
  entities: entities.toSorted(),
});
const kind = (name: string): Type => ({ kind: name }) as Type;
const enumType = (name: string): Type => ({ kind: 'enum', name });
const setOf = (element: Type): Type => ({ kind: 'set', element });
const listOf = (element: Type): Type => ({ kind: 'list', element });
const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', key, value });
const recordOf = (fields: Record<string, Type>, optionals: readonly string[]): Type => ({
  kind: 'record',
  attributes: new Map(
    Object.entries(fields).map(([name, type]) => [name, { type, optional: optionals.includes(name) }]),
  ),
});

const LEVEL = enumType('level');
const PLACE = recordOf({ ip: kind('ip'), at: kind('time'), country: kind('string') }, ['country']);
const NESTED = recordOf(
  { place: PLACE, count: kind('int'), note: kind('string'), owner: reference('user') },
  ['place', 'note'],
);

/** One type for each name, so that entities which share a name share its type. */
const POOL: readonly (readonly [string, Type])[] = [
  ['flag', kind('bool')],
  ['hidden', kind('bool')],
  ['count', kind('int')],
  ['size', kind('int')],
  ['ratio', kind('float')],
  ['label', kind('string')],
  ['title', kind('string')],
  ['token', kind('uuid')],
  ['address', kind('ip')],
  ['network', kind('cidr')],
  ['made_at', kind('time')],
  ['until', kind('time')],
  ['span', kind('duration')],
  ['status', enumType('status')],
  ['level', LEVEL],
  ['tone', enumType('tone')],
  ['owner', reference('user')],
  ['team', reference('team')],
  ['folder', reference('folder')],
  ['holder', reference('user', 'team')],
  ['tags', setOf(kind('string'))],
  ['levels', setOf(LEVEL)],
  ['members', setOf(reference('user'))],
  ['teams', setOf(reference('team'))],
  ['networks', setOf(kind('cidr'))],
  ['marks', listOf(kind('int'))],
  ['answers', listOf(kind('bool'))],
  ['steps', listOf(LEVEL)],
  ['places', listOf(PLACE)],
  ['scores', mapOf(kind('string'), kind('int'))],
  ['ranks', mapOf(reference('team'), LEVEL)],
  ['dates', mapOf(reference('user'), kind('time'))],
  ['quotas', mapOf(LEVEL, kind('int'))],
  ['notes', mapOf(kind('int'), kind('string'))],
  ['last_seen', PLACE],
  ['detail', NESTED],
  // Words of the language are names like any other.
  ['list', kind('int')],
  ['any', kind('bool')],
  ['from', kind('string')],
];

const CONTEXT_POOL: readonly (readonly [string, Type])[] = [
  ...POOL.filter(([name]) =>
    ['flag', 'count', 'label', 'address', 'level', 'made_at', 'span', 'detail', 'tags'].includes(name),
  ),
  ['device', reference('device')],
  ['session', recordOf({ started_at: kind('time'), strong: kind('bool'), agent: kind('string') }, ['agent'])],
  ['on_behalf_of', reference('user')],
];

/** A random schema; entities, enums and actions have fixed names, all else varies. */
export function generateSchema(
  chance: Chance,
  roles: readonly string[],
  plainRoles: readonly string[],
): SchemaModel {
  const enums = new Map<string, EnumModel>(
    [
      { name: 'status', ordered: false, members: ['draft', 'active', 'closed'] },
      { name: 'level', ordered: true, members: ['low', 'mid', 'high', 'top'] },
      { name: 'tone', ordered: chance.percent(50), members: ['high', 'calm', 'closed'] },
    ].map((one) => [one.name, one]),
  );
  const enumTrees = [...enums.values()].map((one) => {
    const isLong = chance.percent(25);
    const members = one.members.map((name) => {
      const isSpelt = name === 'closed' && one.name === 'status' && chance.percent(50);
      const member = isSpelt ? `${name} as "is-closed"` : name;
      return isLong ? `${documentation(chance, '  ')}  ${member}` : member;
    });
    const list = isLong ? `\n${members.join('\n')}\n` : ` ${members.join(', ')} `;
    const ordered = one.ordered ? ' ordered' : '';
    return optional(`${documentation(chance)}enum ${one.name}${ordered} {${list}}\n`);
  });
  const entities = new Map<string, EntityModel>();
  const names = ['user', 'service', 'team', 'group', 'folder', 'doc', 'device'];
  const keys = new Map(
    names.map((name) => [
      name,
      chance.weighted<KeyType>([
        [8, 'string'],
        [1, 'int'],
        [1, 'uuid'],
      ]),
    ]),
  );
  const literals = { enums, plainRoles, keys };
  const add = (
    name: string,
    storages: readonly EntityModel['storage'][],
    fieldsOf: (storage: EntityModel['storage']) => readonly Field[],
  ): void => {
    const storage = chance.pick(storages);
    const fields = fieldsOf(storage);
    const own = [
      ...fields,
      ...chance
        .some(POOL, chance.integer(2, 9))
        .filter(([one]) => !fields.some((other) => other.name === one))
        .map(([one, type]) => entityField(chance, { name: one, type }, { name, storage }, literals)),
    ];
    entities.set(name, {
      name,
      storage,
      fields: byName(own),
      tree: entityTree(chance, name, storage, keys.get(name) ?? 'string', own),
    });
  };
  const rolesField = { name: 'roles', type: setOf(enumType('role')), optional: false };
  const groupFields = chance.percent(60)
    ? [followed(chance, 'stored', 'groups', setOf(reference('group')), '')]
    : [];
  add('user', ['mapped', 'mapped', 'stored'], () => [
    { ...rolesField, tree: optional(`  roles: set<role>${chance.percent(30) ? ' = {}' : ''}\n`) },
    ...(roles.length === 0 ? [] : groupFields),
    ...(groupFields.length > 0 && roles.length > 0 && chance.percent(70)
      ? [closure('memberships', 'group', `groups then parents, depth ${chance.integer(1, 3)}`)]
      : []),
  ]);
  add('service', ['supplied', 'stored', 'mapped'], () => []);
  add('team', ['mapped', 'stored'], () => []);
  add('group', ['stored', 'supplied', 'mapped'], (storage) => [
    followed(chance, storage, 'parents', setOf(reference('group')), chance.percent(50) ? ' = {}' : ''),
  ]);
  add('folder', ['mapped', 'stored'], (storage) => [
    followed(chance, storage, 'parent', reference('folder'), '?'),
    ...(chance.percent(60) ? [closure('ancestors', 'folder', `parent, depth ${chance.integer(1, 3)}`)] : []),
  ]);
  add('doc', ['mapped', 'stored', 'supplied'], () => []);
  add('device', ['supplied'], () => []);
  const context = chance
    .some(CONTEXT_POOL, chance.integer(2, 7))
    .map(([name, type]) => requestField(chance, name, type, literals));
  const { actions, actionSets } = generateActions(chance, literals);
  const contextTree = optional(
    `${documentation(chance)}context {\n`,
    ...context.map((one) => one.tree),
    '}\n',
  );
  const setTrees = [...actionSets].map(([name, members]) =>
    optional(`${documentation(chance)}actions ${name} { ${members.join(', ')} }\n`),
  );
  const trees = [
    ...enumTrees,
    ...[...entities.values()].map((one) => one.tree),
    contextTree,
    ...actions.map((one) => one.tree),
    ...setTrees,
  ];
  return { enums, plainRoles, keys, entities, context, actions, actionSets, trees };
}

function byName(fields: readonly Field[]): Map<string, Field> {
  return new Map(fields.map((one) => [one.name, one]));
}

function plainField(name: string, type: Type, isOptional: boolean, rest: string, before = ''): Field {
  const tree = optional(`${before}  ${name}: ${showType(type)}${isOptional ? '?' : ''}${rest}\n`);
  return { name, type, optional: isOptional, tree };
}

/** An attribute that closures follow, wherever it comes from. */
function followed(
  chance: Chance,
  storage: EntityModel['storage'],
  name: string,
  type: Type,
  rest: string,
): Field {
  const modifier = chance.weighted([
    [6, ''] as const,
    [1, 'supplied '] as const,
    // Of what requests supply nothing is stored.
    [storage === 'supplied' ? 0 : 1, 'supplied or stored '] as const,
  ]);
  const tree = optional(`  ${modifier}${name}: ${showType(type)}${rest}\n`);
  return { name, type, optional: rest === '?', tree };
}

function closure(name: string, entity: string, what: string): Field {
  return plainField(name, setOf(reference(entity)), false, ` = closure(${what})`);
}

type Literals = Pick<SchemaModel, 'enums' | 'plainRoles' | 'keys'>;

function entityField(
  chance: Chance,
  { name, type }: Pick<Field, 'name' | 'type'>,
  { name: entity, storage }: Pick<EntityModel, 'name' | 'storage'>,
  literals: Literals,
): Field {
  const modifier =
    storage === 'supplied'
      ? chance.weighted([[9, ''] as const, [1, 'live '] as const])
      : chance.weighted([
          [14, ''] as const,
          [2, 'supplied '] as const,
          [2, 'supplied or stored '] as const,
          [2, 'live '] as const,
          [2, 'stored '] as const,
        ]);
  const isOptional = chance.percent(35);
  // What is kept of the past may not be there yet.
  const mayBeAbsent = isOptional || modifier === 'live ';
  const fromTable = storage === 'mapped' && (modifier === '' || modifier === 'supplied or stored ');
  const origin = fromTable ? originOf(chance, entity, name, type) : '';
  const fallback =
    !isOptional && modifier !== 'live ' && chance.percent(20) ? defaultOf(chance, type, literals) : '';
  const written = `${modifier}${name}: ${showType(type)}${isOptional ? '?' : ''}${origin}${fallback}`;
  const tree = optional(`${documentation(chance, '  ')}  ${written}\n`);
  return { name, type, optional: mayBeAbsent, tree };
}

function originOf(chance: Chance, entity: string, name: string, type: Type): string {
  if (type.kind === 'reference' && type.entities.length > 1) return ` from ${name}_type, ${name}_id`;
  if (type.kind === 'reference') return ` from ${name}_id`;
  if (type.kind === 'map') {
    const table = chance.percent(30) ? `"${entity} ${name}"` : `${entity}_${name}`;
    return ` from ${table}(of_id, "key id", what)${chance.percent(30) ? ' where flag' : ''}`;
  }
  if (type.kind === 'set' && chance.percent(50)) return ` from ${entity}_${name}(of_id, what)`;
  return chance.percent(30) ? ` from "${name}Column"` : '';
}

function defaultOf(chance: Chance, type: Type, literals: Literals): string {
  switch (type.kind) {
    case 'set':
    case 'list': {
      const { element } = type;
      const items = hasLiteral(element, literals)
        ? Array.from({ length: chance.integer(0, 2) }, () => literal(chance, element, literals, 'typed'))
        : [];
      const text = [...new Set(items)].join(', ');
      return type.kind === 'set' ? ` = {${text}}` : ` = [${text}]`;
    }
    case 'map': {
      const { key, value } = type;
      const isLiteral = ['string', 'int', 'enum'].includes(key.kind) && hasLiteral(value, literals);
      if (!isLiteral || chance.percent(50)) return ' = {}';
      const keys = { string: ['"a"', '"b-1"'], int: ['1', '2'], enum: ['low', 'high'] }[key.kind as 'int'];
      const entries = chance
        .some(keys, chance.integer(1, 2))
        .map((one) => `${one}: ${literal(chance, value, literals, 'typed')}`);
      return ` = { ${entries.join(', ')} }`;
    }
    case 'record':
      return type === PLACE ? ' = { ip: "10.0.0.1", at: "2026-01-05T09:50:00Z" }' : '';
    case 'bool':
    case 'int':
    case 'float':
    case 'string':
    case 'duration':
    case 'enum':
      return ` = ${literal(chance, type, literals, 'typed')}`;
    default:
      return '';
  }
}

function requestField(chance: Chance, name: string, type: Type, literals: Literals): Field {
  const isOptional = chance.percent(40);
  const fallback = !isOptional && chance.percent(20) ? defaultOf(chance, type, literals) : '';
  return plainField(name, type, isOptional, fallback, documentation(chance, '  '));
}

function generateActions(chance: Chance, literals: Literals): Pick<SchemaModel, 'actions' | 'actionSets'> {
  const actions: ActionModel[] = [];
  const add = (names: string[], resources: string[], subjects: string[], isNew = false): void => {
    const spelt = names.map((name) => (chance.percent(15) ? `${name} as "${name}:now"` : name));
    const fields = (percent: number, pool: readonly string[]): Field[] =>
      chance.percent(percent)
        ? chance
            .some(
              POOL.filter(([one]) => pool.includes(one)),
              2,
            )
            .map(([one, type]) => requestField(chance, one, type, literals))
        : [];
    const attributes = fields(40, ['flag', 'level', 'count', 'owner']);
    const context = attributes.length > 0 ? fields(50, ['title', 'until', 'team', 'places']) : [];
    const body =
      attributes.length === 0
        ? []
        : [
            ' {\n',
            ...attributes.map((one) => one.tree),
            ...(context.length === 0
              ? []
              : [optional('  context {\n', ...context.map((one) => one.tree), '  }\n')]),
            '}',
          ];
    const declare = (on: readonly string[], own: readonly (string | Tree)[]): Tree =>
      optional(
        documentation(chance),
        `action ${spelt.join(', ')} on ${on.join(', ')} by ${subjects.join(', ')}${isNew ? ' new' : ''}`,
        ...own,
        '\n',
      );
    // What is said of an action in two places adds up.
    const isSplit =
      body.length === 0 &&
      resources.length > 1 &&
      !spelt.some((one) => one.includes(' as ')) &&
      chance.percent(40);
    const trees = isSplit ? resources.map((one) => declare([one], [])) : [declare(resources, body)];
    for (const [index, name] of names.entries()) {
      const tree = index === 0 ? fixed(...trees) : fixed();
      actions.push({ name, resources, subjects, isNew, attributes, context, tree });
    }
  };
  const both = ['user', 'service'];
  add(chance.percent(25) ? ['read', 'open'] : ['read'], ['doc', 'folder'], both);
  add(['list'], chance.percent(50) ? ['doc', 'folder'] : ['doc'], chance.percent(50) ? both : ['user']);
  add(['update'], chance.percent(50) ? ['doc', 'team'] : ['doc'], chance.percent(50) ? both : ['user']);
  if (chance.percent(70)) add(['create'], chance.percent(50) ? ['doc', 'folder'] : ['doc'], ['user'], true);
  const names = actions.map((one) => one.name);
  const actionSets = new Map<string, readonly string[]>();
  if (chance.percent(60)) actionSets.set('looks', ['read', 'list']);
  if (chance.percent(40))
    actionSets.set(
      'writes',
      names.filter((one) => one !== 'read'),
    );
  // Sets may stand in sets.
  if (actionSets.has('looks') && chance.percent(40)) actionSets.set('most', ['looks', 'update']);
  return { actions, actionSets };
}

function entityTree(
  chance: Chance,
  name: string,
  storage: EntityModel['storage'],
  keyType: KeyType,
  fields: readonly Field[],
): Tree {
  const where = {
    mapped: `from table ${chance.percent(20) ? `"${name} table"` : `${name}s`}${chance.weighted([
      [8, ''] as const,
      [1, ' key key_id'] as const,
      [1, ' key "key id"'] as const,
    ])}`,
    stored: 'stored',
    supplied: 'supplied',
  }[storage];
  const key = keyType !== 'string' || chance.percent(10) ? [optional(`  id: ${keyType}\n`)] : [];
  return optional(
    `${documentation(chance)}entity ${name} ${where} {\n`,
    ...key,
    ...fields.map((one) => one.tree),
    '}\n',
  );
}
