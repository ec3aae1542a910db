import type { EntityInfo } from '../../../dsl/types/schema.ts';
import { showType, type Type } from '../../../dsl/types/types.ts';
import type { Column } from './catalogue.ts';
import type { ColumnFamily, ColumnType } from './column-type.ts';

/** What arrives as text, and is read as the declared type is spelt. */
const TEXTS: readonly ColumnFamily[] = ['text', 'padded', 'folded', 'json'];

/** Which columns hold values of a type of the language; what else may stand in them is unknown where it stands there. */
const HOLDERS: Readonly<
  Record<Exclude<Type['kind'], 'set' | 'list' | 'reference'>, readonly ColumnFamily[]>
> = {
  bool: ['bool', 'json'],
  int: ['integer', 'numeric', 'json'],
  float: ['integer', 'numeric', 'float', 'json'],
  string: [...TEXTS, 'enum', 'uuid', 'inet', 'cidr', 'timestamptz', 'zoneless', 'interval', 'other'],
  uuid: [...TEXTS, 'uuid'],
  ip: [...TEXTS, 'inet'],
  cidr: [...TEXTS, 'cidr'],
  time: [...TEXTS, 'timestamptz'],
  duration: [...TEXTS, 'interval'],
  enum: [...TEXTS, 'enum'],
  map: ['json'],
  record: ['json'],
  risk: [],
};

/** Which columns hold the ids of entities: those that take for equal what is spelt in one way. */
const KEYS: Readonly<Record<EntityInfo['keyType'], readonly ColumnFamily[]>> = {
  string: ['text'],
  uuid: ['uuid', 'text'],
  int: ['integer'],
};

/** Which columns hold references to entities: in text they are spelt as the id is. */
const REFERENCES: Readonly<Record<EntityInfo['keyType'], readonly ColumnFamily[]>> = {
  string: ['text', 'uuid', 'integer', 'json'],
  uuid: ['uuid', 'text', 'json'],
  int: ['integer', 'text', 'json'],
};

/** Whether a column of this type can hold values of a type that is no collection of references, nor one. */
export function canHold(column: ColumnType, type: Type): boolean {
  switch (type.kind) {
    case 'set':
    case 'list':
      if (column.family === 'json') return true;
      return column.element !== undefined && canHold(column.element, type.element);
    case 'reference':
      // Which of several types is meant can be told by JSON alone.
      return type.entities.length > 1 && column.family === 'json';
    default:
      return HOLDERS[type.kind].includes(column.family);
  }
}

/** Whether a column of this type can hold references to an entity. */
export function canRefer(column: ColumnType, entity: EntityInfo | undefined): boolean {
  return entity !== undefined && REFERENCES[entity.keyType].includes(column.family);
}

/** What to do about a column that cannot hold a type, where that is not plain. */
export function adviceOn(column: ColumnType, type: Type): string | undefined {
  const inner = type.kind === 'set' || type.kind === 'list' ? type.element : type;
  const held = column.element ?? column;
  if (inner.kind === 'time' && held.family === 'zoneless')
    return 'an instant needs its zone: make it `timestamptz`, or map a view with `at time zone`';
  if (inner.kind === 'cidr' && held.family === 'inet')
    return 'an `inet` may be an address without a prefix: make it `cidr`, or declare an `ip`';
  if (inner.kind === 'ip' && held.family === 'cidr') return 'a network is no address: declare a `cidr`';
  if (inner.kind === 'int' && held.family === 'float') return 'declare a `float`';
  if ((type.kind === 'set' || type.kind === 'list') && column.element === undefined)
    return `use an array or \`jsonb\`, or read it from a joined table`;
  if (type.kind === 'map') return 'use `jsonb`, or read it from a joined table';
  if (type.kind === 'record') return 'use `jsonb`';
  if (type.kind === 'reference' && type.entities.length > 1)
    return `name the column of the type and that of the id: \`from owner_type, owner_id\``;
  return `declare what the column holds instead of \`${showType(type)}\`, or map a view that casts it`;
}

/**
 * What to do about a column of ids in which one record would have ids that differ, which limits, overrides and whatever is
 * kept of it would take for different records; undefined when it is fit.
 */
export function adviceOnKey({ type, folds }: Column, entity: EntityInfo): string | undefined {
  if (folds || type.family === 'folded' || type.family === 'padded')
    return 'it takes texts for equal that differ: make it `text` with an ordinary collation';
  if (KEYS[entity.keyType].includes(type.family)) return undefined;
  switch (type.family) {
    case 'uuid':
      return 'declare `id: uuid`';
    case 'integer':
      return 'declare `id: int`';
    case 'text':
      return 'declare `id: string`, or leave `id` out';
    default:
      return 'ids stand in a column of type `text`, `uuid`, `smallint`, `integer` or `bigint`';
  }
}
