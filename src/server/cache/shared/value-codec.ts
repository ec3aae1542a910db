import {
  emptyRecord,
  IpAddress,
  IpNetwork,
  type Key,
  keyOf,
  type Outcome,
  type RecordValue,
  Reference,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from '../../../dsl/types/values.ts';

/**
 * A value as JSON that says itself what it is, whatever its declared type: text, truth values and numbers are themselves,
 * unknown is null, and everything else is an array that begins with one of these. No object of JSON is used, so no name in
 * the data can be taken for something else.
 */
const ABSENT = 0;
const NUMBER = 1;
const REFERENCE = 2;
const ADDRESS = 3;
const NETWORK = 4;
const SET = 5;
const MAP = 6;
const LIST = 7;
const RECORD = 8;

/** What is nested deeper is refused; no declared type is. */
const DEEPEST = 64;

/** Thrown for what no value is encoded as. */
export class MalformedEntry extends Error {}

export function encodeValue(value: Outcome): unknown {
  if (value === undefined) return [ABSENT];
  if (value === UNKNOWN) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no word for these.
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : [NUMBER, Object.is(value, -0) ? '-0' : String(value)];
  if (value instanceof Reference) return [REFERENCE, value.type, value.id];
  if (value instanceof IpAddress) return [ADDRESS, value.family, value.text, ...value.words];
  if (value instanceof IpNetwork)
    return [NETWORK, value.prefix, value.address.family, value.address.text, ...value.address.words];
  if (value instanceof ValueSet) return [SET, value.partial, ...[...value.items.values()].map(encodeValue)];
  if (value instanceof ValueMap) {
    const parts = [...value.values].flatMap(([key, one]) => [
      encodeValue(value.keys.get(key)),
      encodeValue(one),
    ]);
    return [MAP, value.partial, ...parts];
  }
  if (isList(value)) return [LIST, ...value.map(encodeValue)];
  return [RECORD, ...Object.entries(value).flatMap(([name, one]) => [name, encodeValue(one)])];
}

/** The value again; throws a `MalformedEntry` for what `encodeValue` never gives. */
export function decodeValue(json: unknown, depth = 0): Outcome {
  if (json === null) return UNKNOWN;
  if (typeof json === 'string' || typeof json === 'boolean' || typeof json === 'number') return json;
  if (!Array.isArray(json) || depth > DEEPEST) throw new MalformedEntry('a value is none');
  const [tag, ...parts] = json as readonly unknown[];
  switch (tag) {
    case ABSENT:
      return undefined;
    case NUMBER:
      return numberOf(parts[0]);
    case REFERENCE:
      return new Reference(textOf(parts[0]), textOf(parts[1]));
    case ADDRESS:
      return addressOf(parts);
    case NETWORK:
      return new IpNetwork(addressOf(parts.slice(1)), wholeOf(parts[0]));
    case SET:
      return setFrom(parts, depth);
    case MAP:
      return mapFrom(parts, depth);
    case LIST:
      return parts.map((one) => valueOrUnknown(one, depth));
    case RECORD:
      return recordFrom(parts, depth);
    default:
      throw new MalformedEntry('a value is of no kind');
  }
}

export function textOf(json: unknown): string {
  if (typeof json !== 'string') throw new MalformedEntry('no text');
  return json;
}

export function wholeOf(json: unknown): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 0)
    throw new MalformedEntry('no whole number');
  return json;
}

function isList(value: object): value is readonly (Value | Unknown)[] {
  return Array.isArray(value);
}

function numberOf(json: unknown): number {
  switch (json) {
    case '-0':
      return -0;
    case 'NaN':
      return Number.NaN;
    case 'Infinity':
      return Infinity;
    case '-Infinity':
      return -Infinity;
    default:
      throw new MalformedEntry('no number');
  }
}

function addressOf([family, text, ...words]: readonly unknown[]): IpAddress {
  if (family !== 4 && family !== 6) throw new MalformedEntry('no address');
  if (words.length !== (family === 4 ? 1 : 4)) throw new MalformedEntry('no address');
  return new IpAddress(family, textOf(text), words.map(wholeOf));
}

function setFrom([partial, ...parts]: readonly unknown[], depth: number): ValueSet {
  const items = new Map<Key, Value>();
  for (const part of parts) {
    const item = comparable(part, depth);
    items.set(keyOf(item), item);
  }
  return new ValueSet(items, flagOf(partial));
}

function mapFrom([partial, ...parts]: readonly unknown[], depth: number): ValueMap {
  const keys = new Map<Key, Value>();
  const values = new Map<Key, Value | Unknown>();
  if (parts.length % 2 !== 0) throw new MalformedEntry('half a part of a map');
  for (let at = 0; at < parts.length; at += 2) {
    const name = comparable(parts[at], depth);
    const key = keyOf(name);
    keys.set(key, name);
    values.set(key, valueOrUnknown(parts[at + 1], depth));
  }
  return new ValueMap(keys, values, flagOf(partial));
}

function recordFrom(parts: readonly unknown[], depth: number): RecordValue {
  const record = emptyRecord();
  if (parts.length % 2 !== 0) throw new MalformedEntry('half an attribute');
  for (let at = 0; at < parts.length; at += 2)
    record[textOf(parts[at])] = decodeValue(parts[at + 1], depth + 1);
  return record;
}

function valueOrUnknown(json: unknown, depth: number): Value | Unknown {
  const value = decodeValue(json, depth + 1);
  if (value === undefined) throw new MalformedEntry('an element is absent');
  return value;
}

/** What can be an element of a set, or a key. */
function comparable(json: unknown, depth: number): Value {
  const value = valueOrUnknown(json, depth);
  if (value === UNKNOWN) throw new MalformedEntry('an element is unknown');
  const isPlain = typeof value !== 'object';
  if (!isPlain && !(value instanceof Reference || value instanceof IpAddress || value instanceof IpNetwork))
    throw new MalformedEntry('an element has no equality');
  return value;
}

function flagOf(json: unknown): boolean {
  if (typeof json !== 'boolean') throw new MalformedEntry('neither true nor false');
  return json;
}
