import { canonicalId } from './entity-id.ts';
import { isObject } from './is-object.ts';
import { parseDuration } from './parse-duration.ts';
import { parseIp, parseNetwork } from './parse-ip.ts';
import { parseTime } from './parse-time.ts';
import { parseUuid } from './parse-uuid.ts';
import type { AttributeInfo, Schema } from './schema.ts';
import type { Type } from './types.ts';
import {
  emptyRecord,
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
} from './values.ts';

/** Sets, lists and maps with more elements than this are ill-typed. */
export const MAXIMUM_ELEMENTS = 10_000;
/** At most so many paths of each kind are reported. */
export const MAXIMUM_REPORTED = 50;

/** Where a value stands in what was sent; undefined where nobody wants to know yet, since most of it has nothing to report. */
export type Path = string | undefined;

/** What decoding noticed. It is filled while decoding and holds at most {@link MAXIMUM_REPORTED} paths of each kind. */
export interface DecodeReport {
  /** Paths of values that do not fit their type; each counts as unknown. */
  readonly illTyped: string[];
  /** Paths of attributes that are not declared. */
  readonly ignored: string[];
  /** Told of `{id, properties}`: a reference that brings properties along. Without it, properties are ignored and named. */
  readonly onReference?: (
    reference: Reference,
    properties: Readonly<Record<string, unknown>>,
    path: Path,
  ) => void;
}

/** A report of nothing yet. */
export function emptyReport(onReference?: DecodeReport['onReference']): DecodeReport {
  return { illTyped: [], ignored: [], ...(onReference && { onReference }) };
}

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

/** Attributes as they come in JSON, and whether they are taken at all. */
export interface DecodeAttributesOptions {
  /**
   * Attributes for which this is false are treated as if they were not declared, and not filled in. It is asked once
   * for each attribute and remembered, so it should be a function of the module, and hang on the attribute alone.
   */
  readonly takes?: Takes;
}

/**
 * A record of declared attributes, read by their spelling or else their name: required ones that are missing are UNKNOWN unless they have
 * a default, optional ones that are missing are not there, undeclared ones are ignored and reported.
 */
export function decodeAttributes(
  json: Readonly<Record<string, unknown>>,
  attributes: ReadonlyMap<string, AttributeInfo>,
  schema: Schema,
  path: Path,
  report: DecodeReport,
  options: DecodeAttributesOptions = {},
): RecordValue {
  return readAttributes(json, planOf(attributes, schema, options.takes ?? takesAll), path, report);
}

/** Reads records of the same attributes again and again. */
export type AttributesDecoder = (
  json: Readonly<Record<string, unknown>>,
  path: Path,
  report: DecodeReport,
) => RecordValue;

/** {@link decodeAttributes} of these attributes. */
export function attributesDecoder(
  attributes: ReadonlyMap<string, AttributeInfo>,
  schema: Schema,
): AttributesDecoder {
  const plan = planOf(attributes, schema, takesAll);
  return (json, path, report) => readAttributes(json, plan, path, report);
}

function readAttributes(
  json: Readonly<Record<string, unknown>>,
  { steps, spellings }: Plan,
  path: Path,
  report: DecodeReport,
): RecordValue {
  const record = emptyRecord();
  let used = 0;
  let byName: string[] | undefined;
  for (let index = 0; index < steps.length; index += 1) {
    const { name, spelling, alias, decoder, otherwise } = steps[index] as Step;
    let value: Outcome;
    if (Object.hasOwn(json, spelling)) {
      used++;
      value = decoder(json[spelling], within(path, spelling), report);
    } else if (alias !== undefined && Object.hasOwn(json, alias)) {
      used++;
      (byName ??= []).push(alias);
      value = decoder(json[alias], within(path, alias), report);
    }
    if (value === undefined) value = otherwise;
    if (value !== undefined) record[name] = value;
  }
  // Keys are only compared one by one where there are more than were used.
  const keys = Object.keys(json);
  if (keys.length > used) {
    for (const key of keys) {
      if (!spellings.has(key) && byName?.includes(key) !== true) note(report.ignored, within(path, key));
    }
  }
  return record;
}

/** How one attribute is read. */
interface Step {
  readonly name: string;
  readonly spelling: string;
  /** The name in the policy, where it is another and spells no other attribute: it is read where the spelling is not there. */
  readonly alias: string | undefined;
  readonly decoder: Decoder;
  /** What an absent value leaves. */
  readonly otherwise: Outcome;
}
/** What to do for the attributes that are taken, worked out once: attributes are decoded for every request. */
interface Plan {
  readonly steps: readonly Step[];
  readonly spellings: ReadonlySet<string>;
}
type Takes = (attribute: AttributeInfo) => boolean;

const takesAll: Takes = () => true;
const plans = new WeakMap<Schema, WeakMap<ReadonlyMap<string, AttributeInfo>, WeakMap<Takes, Plan>>>();

function planOf(attributes: ReadonlyMap<string, AttributeInfo>, schema: Schema, takes: Takes): Plan {
  let ofSchema = plans.get(schema);
  if (ofSchema === undefined) plans.set(schema, (ofSchema = new WeakMap()));
  let ofAttributes = ofSchema.get(attributes);
  if (ofAttributes === undefined) ofSchema.set(attributes, (ofAttributes = new WeakMap()));
  let plan = ofAttributes.get(takes);
  if (plan === undefined) {
    const taken = [...attributes.values()].filter(takes);
    const spellings = new Set([...attributes.values()].map(({ spelling }) => spelling));
    const steps = taken.map(
      ({ name, spelling, type, default: value, optional }): Step => ({
        name,
        spelling,
        alias: spellings.has(name) ? undefined : name,
        decoder: decoderOf(type, schema),
        otherwise: value ?? (optional ? undefined : UNKNOWN),
      }),
    );
    plan = { steps, spellings: new Set(taken.map(({ spelling }) => spelling)) };
    ofAttributes.set(takes, plan);
  }
  return plan;
}

function makeDecoder(type: Type, schema: Schema): Decoder {
  switch (type.kind) {
    case 'bool':
      return scalar((json) => (typeof json === 'boolean' ? json : UNKNOWN));
    case 'int':
      // `+ 0` makes the negative zero that JSON can spell an ordinary one.
      return scalar((json) => (Number.isSafeInteger(json) ? (json as number) + 0 : UNKNOWN));
    case 'float':
      return scalar((json) => (typeof json === 'number' && Number.isFinite(json) ? json + 0 : UNKNOWN));
    case 'string':
      return scalar((json) => (typeof json === 'string' ? json : UNKNOWN));
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

/** A decoder of one JSON value, with absence and reporting taken care of. */
function scalar(read: (json: unknown) => Value | Unknown): Decoder {
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    const value = read(json);
    if (value === UNKNOWN) note(report.illTyped, path);
    return value;
  };
}

function spelled(parse: (text: string) => Value | undefined): Decoder {
  return (json, path, report) => {
    if (typeof json === 'string') return parse(json) ?? refuse(report, path);
    return json === null || json === undefined ? undefined : refuse(report, path);
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
  const attributes = [...type.attributes].map(([name, { type: of, optional }]) => ({
    name,
    optional,
    decoder: decoderOf(of, schema),
  }));
  return (json, path, report) => {
    if (json === null || json === undefined) return undefined;
    if (!isObject(json)) return refuse(report, path);
    const record = emptyRecord();
    let used = 0;
    for (let index = 0; index < attributes.length; index += 1) {
      const { name, optional, decoder } = attributes[index] as (typeof attributes)[number];
      let value: Outcome;
      if (Object.hasOwn(json, name)) {
        used++;
        value = decoder(json[name], within(path, name), report);
      }
      if (value === undefined && !optional) value = UNKNOWN;
      if (value !== undefined) record[name] = value;
    }
    const keys = Object.keys(json);
    if (keys.length > used) {
      for (const key of keys) if (!type.attributes.has(key)) note(report.ignored, within(path, key));
    }
    return record;
  };
}

/** The path of a part, spelled only where the whole's is. */
function within(path: Path, name: string): Path {
  return path === undefined ? undefined : `${path}.${name}`;
}

function refuse(report: DecodeReport, path: Path): Unknown {
  note(report.illTyped, path);
  return UNKNOWN;
}

function note(into: string[], path: Path = ''): void {
  if (into.length < MAXIMUM_REPORTED) into.push(path.length > 256 ? `${path.slice(0, 256)}…` : path);
}
