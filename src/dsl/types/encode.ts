import { formatDuration } from './parse-duration.ts';
import { formatTime } from './parse-time.ts';
import type { Schema } from './schema.ts';
import type { Type } from './types.ts';
import {
  IpAddress,
  IpNetwork,
  type Outcome,
  type RecordValue,
  Reference,
  ValueMap,
  ValueSet,
} from './values.ts';

/**
 * A value as JSON, such that decoding it by the same type gives the value again if nothing in it is unknown; absent and
 * unknown are `null`, and of a partial set or map there is what is known.
 */
export function encode(value: Outcome, type: Type, schema: Schema): unknown {
  if (value === undefined || typeof value === 'symbol') return null;
  switch (type.kind) {
    case 'time':
      return typeof value === 'number' ? formatTime(value) : null;
    case 'duration':
      return typeof value === 'number' ? formatDuration(value) : null;
    case 'enum':
      return typeof value === 'string' ? spellingOf(value, type.name, schema) : null;
    case 'set':
      return value instanceof ValueSet
        ? [...value.items.values()].map((one) => encode(one, type.element, schema))
        : null;
    case 'list':
      return Array.isArray(value) ? value.map((one) => encode(one as Outcome, type.element, schema)) : null;
    case 'map':
      return value instanceof ValueMap ? encodeMap(value, type, schema) : null;
    case 'record':
      return encodeRecord(value as RecordValue, type, schema);
    case 'reference':
      if (!(value instanceof Reference)) return null;
      return type.entities.length === 1 ? value.id : { type: value.type, id: value.id };
    default:
      return value instanceof IpAddress || value instanceof IpNetwork ? value.text : value;
  }
}

function encodeMap(map: ValueMap, type: Extract<Type, { kind: 'map' }>, schema: Schema): unknown {
  const json = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of map.values) {
    const name = encode(map.keys.get(key), type.key, schema);
    // A reference to one of several types is an object, and `type:id` as a key.
    json[typeof name === 'string' ? name : String(key)] = encode(value, type.value, schema);
  }
  return json;
}

function encodeRecord(record: RecordValue, type: Extract<Type, { kind: 'record' }>, schema: Schema): unknown {
  const json: Record<string, unknown> = {};
  for (const [name, attribute] of type.attributes) {
    const value = record[name];
    if (value !== undefined) setField(json, name, encode(value, attribute.type, schema));
  }
  return json;
}

/** Sets a field of a JSON object, also one by the name that assigning would take for the object's prototype. */
export function setField(json: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(json, name, { value, enumerable: true, writable: true, configurable: true });
  } else json[name] = value;
}

function spellingOf(member: string, name: string, schema: Schema): string {
  for (const [spelling, one] of schema.enums.get(name)?.bySpelling ?? []) if (one === member) return spelling;
  return member;
}
