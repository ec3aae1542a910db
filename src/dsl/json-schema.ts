import type { Type as TypeBox } from 'typebox';

type Builders = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>;

type Schema = Readonly<Record<string, unknown>>;

/** Marks what an object may lack; not enumerable, so that it is no part of the schema. */
const OPTIONAL = '~optional';

/** `required` is missing where nothing is, as JSON Schema wants it. */
function objectOf(properties: Readonly<Record<string, Schema>>, options?: Schema): Schema {
  const required = Object.keys(properties).filter(
    (name) => !Object.hasOwn(properties[name] as Schema, OPTIONAL),
  );
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, ...options };
}

function optional(schema: Schema): Schema {
  return Object.defineProperty({ ...schema }, OPTIONAL, { value: true });
}

/** Of keys that are any text; others are not needed. */
function recordOf(_key: Schema, value: Schema, options?: Schema): Schema {
  return { type: 'object', patternProperties: { '^.*$': value }, ...options };
}

/**
 * Schemas with the types of TypeBox and without its code: TypeBox is made of 200 files, whose loading took longer than
 * anything else that a start needed of a library. A test holds what these make against what TypeBox makes.
 */
export const Type = {
  Array: (items: Schema, options?: Schema) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Schema) => ({ type: 'boolean', ...options }),
  Integer: (options?: Schema) => ({ type: 'integer', ...options }),
  Literal: (value: unknown, options?: Schema) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: Schema) => ({ type: 'null', ...options }),
  Number: (options?: Schema) => ({ type: 'number', ...options }),
  Object: objectOf,
  Optional: optional,
  Record: recordOf,
  String: (options?: Schema) => ({ type: 'string', ...options }),
  Union: (anyOf: readonly Schema[], options?: Schema) => ({ anyOf, ...options }),
  Unknown: (options?: Schema) => ({ ...options }),
  Unsafe: (schema: Schema) => ({ ...schema }),
} as unknown as Builders;
