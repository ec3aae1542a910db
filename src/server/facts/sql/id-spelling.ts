import { parseUuid } from '../../../dsl/types/parse-uuid.ts';
import type { EntityInfo } from '../../../dsl/types/schema.ts';
import type { ColumnType } from './describe-tables.ts';

/** How the database compares ids that a column holds: `other` as text, without the help of an index. */
export type KeyClass = 'uuid' | 'int' | 'text' | 'other';

/** An expression of SQL that yields an id. */
export interface IdExpression {
  readonly sql: string;
  readonly keyClass: KeyClass;
  /** What must hold for it to be an id of the entity in question. */
  readonly guard: string | undefined;
}

const TEXT = 25;
const VARCHAR = 1043;
const UUID = 2950;
const INTEGERS = [20, 21, 23];

export function keyClassOf(type: number): KeyClass {
  if (type === UUID) return 'uuid';
  if (INTEGERS.includes(type)) return 'int';
  return type === TEXT || type === VARCHAR ? 'text' : 'other';
}

/** The class of a key column. */
export function columnClass({ type }: ColumnType): KeyClass {
  return keyClassOf(type);
}

/** The type of parameters that are compared with keys of a class. */
export const PARAMETER_TYPE: Readonly<Record<KeyClass, string>> = {
  uuid: 'uuid',
  int: 'int8',
  text: 'text',
  other: 'text',
};

/** The id as it is bound for a key of the class; null when no such key can be that id. */
export function bindableId(id: string, keyClass: KeyClass): string | null {
  switch (keyClass) {
    case 'uuid':
      return parseUuid(id) === undefined ? null : id;
    case 'int':
      return /^(?:0|-?[1-9]\d{0,17})$/.test(id) ? id : null;
    case 'text':
    case 'other':
      // The database holds no NUL, and no half of a character.
      return id.includes('\0') || !id.isWellFormed() ? null : id;
  }
}

/** The condition under which a key is the id. */
export function keyIs(key: string, keyClass: KeyClass, id: IdExpression, entity: EntityInfo): string {
  const left = keyClass === 'other' ? `${key}::text` : key;
  const equals = `${left} = ${spelledFor(keyClass, id, entity)}`;
  return id.guard === undefined ? equals : `${id.guard} and ${equals}`;
}

/** The id in the type of keys of a class; NULL where it cannot be one. */
export function spelledFor(
  keyClass: KeyClass,
  { sql, keyClass: from }: IdExpression,
  entity: EntityInfo,
): string {
  if (from === keyClass && keyClass !== 'other' && keyClass !== 'text') return sql;
  const text = from === 'text' ? sql : `${sql}::text`;
  switch (keyClass) {
    case 'uuid':
      return `case when ${text} ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then (${text})::uuid end`;
    case 'int':
      return `case when ${text} ~ '^-?[0-9]{1,18}$' then (${text})::int8 end`;
    case 'text':
    case 'other':
      return canonical(text, from, entity);
  }
}

/** An id as ids of the entity are spelt. */
function canonical(text: string, from: KeyClass, { keyType }: EntityInfo): string {
  switch (keyType) {
    case 'string':
      return text;
    case 'uuid':
      return from === 'uuid' ? text : `lower(${text})`;
    case 'int':
      return from === 'int'
        ? text
        : `case when ${text} ~ '^-?0*[0-9]{1,16}$' then (${text})::numeric::text else ${text} end`;
  }
}
