import { type DecodeReport, note, type Path, refuse, within } from './decode-report.ts';
import { canonicalId } from './entity-id.ts';
import { isObject } from './is-object.ts';
import { parseDuration } from './parse-duration.ts';
import { parseIp, parseNetwork } from './parse-ip.ts';
import { parseTime } from './parse-time.ts';
import { parseUuid } from './parse-uuid.ts';
import { recordReader } from './records/read-record.ts';
import type { Schema } from './schema.ts';
import type { Type } from './types.ts';
import {
  type Key,
  keyOf,
  type Outcome,
  Reference,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from './values.ts';

/** Sets, lists and maps with more elements than this are ill-typed. */
export const MAXIMUM_ELEMENTS = 10_000;
/** Turns JSON into a value of one type. `null` and `undefined` are absence; what does not fit is UNKNOWN and reported. */
export type Decoder = (json: unknown, path: Path, report: DecodeReport) => Outcome;

const decoders = new WeakMap<Schema, WeakMap<Type, Decoder>>();

/** The decoder of a type, made once for each schema. */
export function decoderOf(type: Type, schema: Schema): Decoder {
  let known = decoders.get(schema);
  if (known === undefined) decoders.set(schema, (known = new WeakMap()));
  let decoder = known.get(type);
  if (decoder === undefined) known.set(type, (decoder = makeDecoder(type, schema)));
  return decoder;
}

function makeDecoder(type: Type, schema: Schema): Decoder {
  switch (type.kind) {
    case 'bool':
      return decodeBool;
    case 'int':
      return decodeInt;
    case 'float':
      return decodeFloat;
    case 'string':
      return decodeString;
    case 'uuid':
      return spelled(parseUuid);
    case 'ip':
      return spelled(parseIp);
    case 'cidr':
      return spelled(parseNetwork);
    case 'time':
      return spelled(parseTime);
    case 'duration':
      return spelled(parseDuration);
    case 'enum': {
      const names = schema.enums.get(type.name)?.bySpelling;
      return spelled((text) => names?.get(text));
    }
    case 'reference':
      return referenceDecoder(type.entities, schema);
    case 'set':
      return setDecoder(decoderOf(type.element, schema));
    case 'list':
      return listDecoder(decoderOf(type.element, schema));
    case 'map':
      return mapDecoder(type.key, type.value, schema);
    case 'record':
      return recordDecoder(type, schema);
    case 'risk':
      return () => UNKNOWN;
  }
}

// One function each, in place of one for all that calls what differs: these values are most of what is read.

function decodeBool(json: unknown, path: Path, report: DecodeReport): Outcome {
  return typeof json === 'boolean' ? json : absentOrRefused(json, path, report);
}

function decodeString(json: unknown, path: Path, report: DecodeReport): Outcome {
  return typeof json === 'string' ? json : absentOrRefused(json, path, report);
}

/** `+ 0` makes the negative zero that JSON can spell an ordinary one. */
function decodeInt(json: unknown, path: Path, report: DecodeReport): Outcome {
  return Number.isSafeInteger(json) ? (json as number) + 0 : absentOrRefused(json, path, report);
}

function decodeFloat(json: unknown, path: Path, report: DecodeReport): Outcome {
  return typeof json === 'number' && Number.isFinite(json) ? json + 0 : absentOrRefused(json, path, report);
}

function absentOrRefused(json: unknown, path: Path, report: DecodeReport): Outcome {
  return json === null || json === undefined ? undefined : refuse(report, path);
}

function spelled(parse: (text: string) => Value | undefined): Decoder {
  return (json, path, report) => {
    if (typeof json === 'string') return parse(json) ?? refuse(report, path);
    return absentOrRefused(json, path, report);
  };
}

/** An id, or `{type?, id, properties?}`; a union needs the type. */
function referenceDecoder(entities: readonly string[], schema: Schema): Decoder {
  const only = entities.length === 1 ? entities[0] : undefined;
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    const spelledOut = isObject(json) ? json : undefined;
    const type = spelledOut !== undefined && Object.hasOwn(spelledOut, 'type') ? spelledOut['type'] : only;
    const given =
      spelledOut === undefined ? json : Object.hasOwn(spelledOut, 'id') ? spelledOut['id'] : undefined;
    if (typeof type !== 'string' || !entities.includes(type)) return refuse(report, path);
    const id = canonicalId(schema.entities.get(type), given);
    if (id === undefined) return refuse(report, path);
    const reference = new Reference(type, id);
    if (spelledOut !== undefined && Object.hasOwn(spelledOut, 'properties')) {
      const properties = spelledOut['properties'];
      if (!isObject(properties)) note(report.illTyped, within(path, 'properties'));
      else if (report.onReference === undefined) note(report.ignored, within(path, 'properties'));
      else report.onReference(reference, properties, within(path, 'properties'));
    }
    return reference;
  };
}

function setDecoder(element: Decoder): Decoder {
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    if (!Array.isArray(json) || json.length > MAXIMUM_ELEMENTS) return refuse(report, path);
    const items = new Map<Key, Value>();
    let partial = false;
    for (let index = 0; index < json.length; index++) {
      const value = elementOf(element, json[index], path, index, report);
      if (value === UNKNOWN) partial = true;
      else items.set(keyOf(value), value);
    }
    return new ValueSet(items, partial);
  };
}

function listDecoder(element: Decoder): Decoder {
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    if (!Array.isArray(json) || json.length > MAXIMUM_ELEMENTS) return refuse(report, path);
    return json.map((one: unknown, index) => elementOf(element, one, path, index, report));
  };
}

function elementOf(
  element: Decoder,
  json: unknown,
  path: Path,
  index: number,
  report: DecodeReport,
): Value | Unknown {
  const at = path === undefined ? undefined : `${path}[${index}]`;
  const value = element(json, at, report);
  return value === undefined ? refuse(report, at) : value;
}

function mapDecoder(keyType: Type, valueType: Type, schema: Schema): Decoder {
  const key = keyDecoder(keyType, schema);
  const value = decoderOf(valueType, schema);
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    if (!isObject(json)) return refuse(report, path);
    const names = Object.keys(json);
    if (names.length > MAXIMUM_ELEMENTS) return refuse(report, path);
    const keys = new Map<Key, Value>();
    const values = new Map<Key, Value | Unknown>();
    let partial = false;
    for (const name of names) {
      const at = path === undefined ? undefined : `${path}[${JSON.stringify(name)}]`;
      const decodedKey = key(name, at, report);
      if (decodedKey === undefined || decodedKey === UNKNOWN) {
        partial = true;
        continue;
      }
      const decoded = value(json[name], at, report);
      // null is absence: such a key is not there.
      if (decoded === undefined) continue;
      const id = keyOf(decodedKey);
      // Two spellings of one key: neither value is the one that was meant.
      values.set(id, keys.has(id) ? refuse(report, at) : decoded);
      keys.set(id, decodedKey);
    }
    return new ValueMap(keys, values, partial);
  };
}

/** Keys of JSON objects are text, whatever the type of the map's keys. */
export function keyDecoder(type: Type, schema: Schema): Decoder {
  switch (type.kind) {
    case 'int':
      return spelled((text) =>
        /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined,
      );
    case 'bool':
      return spelled((text) => (text === 'true' ? true : text === 'false' ? false : undefined));
    case 'float':
      return spelled((text) => (isFloat(text) ? Number(text) + 0 : undefined));
    case 'reference': {
      if (type.entities.length === 1) return decoderOf(type, schema);
      // `type:id`, as a name of a type holds no colon.
      const decode = decoderOf(type, schema);
      return (json, path, report) => {
        const text = String(json);
        const colon = text.indexOf(':');
        if (colon === -1) return refuse(report, path);
        return decode({ type: text.slice(0, colon), id: text.slice(colon + 1) }, path, report);
      };
    }
    default:
      return decoderOf(type, schema);
  }
}

/** Whether the text is a number as JSON spells one, and finite. */
function isFloat(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}

function recordDecoder(type: Extract<Type, { kind: 'record' }>, schema: Schema): Decoder {
  const read = recordReader(
    [...type.attributes].map(([name, { type: of, optional }]) => ({
      name,
      spelling: name,
      alias: undefined,
      decoder: decoderOf(of, schema),
      otherwise: optional ? undefined : UNKNOWN,
    })),
  );
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    return isObject(json) ? read(json, path, report) : refuse(report, path);
  };
}
