/**
 * Values at run time. The static type says what a value is, so most are plain: bool is boolean; int, float, time
 * (milliseconds since the epoch) and duration (milliseconds) are numbers; string, uuid (lower case) and enum members
 * (the name in the policy) are strings. The rest are the classes below.
 *
 * Two things stand where a value is not: `undefined` is **absent** (an optional attribute, or a map key, of a record
 * that is there), and {@link UNKNOWN} is **unknown** (missing though required, ill-typed, not loaded, failed).
 */
export type Value =
  | boolean
  | number
  | string
  | Reference
  | IpAddress
  | IpNetwork
  | ValueSet
  | ValueMap
  | readonly (Value | Unknown)[]
  | RecordValue;

/** Stands for what cannot be known. It never grants and never excuses. */
export const UNKNOWN: unique symbol = Symbol('unknown');
export type Unknown = typeof UNKNOWN;

/** What reading a place yields: a value, absent or unknown. */
export type Outcome = Value | undefined | Unknown;

/** A reference to an entity. Two are equal exactly when their keys are. */
export class Reference {
  readonly type: string;
  readonly id: string;
  #key: string | undefined;

  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
  }

  /** `type:id`; a type's name holds no colon, so keys never collide. */
  get key(): string {
    this.#key ??= `${this.type}:${this.id}`;
    return this.#key;
  }

  equals(other: Reference): boolean {
    return this === other || (this.id === other.id && this.type === other.type);
  }
}

/** An address in canonical spelling (an IPv4-mapped IPv6 address is the IPv4 one); `words` are one or four 32-bit words. */
export class IpAddress {
  readonly family: 4 | 6;
  readonly text: string;
  readonly words: readonly number[];

  constructor(family: 4 | 6, text: string, words: readonly number[]) {
    this.family = family;
    this.text = text;
    this.words = words;
  }
}

/** A network in canonical spelling: the address with all host bits zero, and the length of the prefix in bits. */
export class IpNetwork {
  readonly address: IpAddress;
  readonly prefix: number;
  readonly text: string;

  constructor(address: IpAddress, prefix: number) {
    this.address = address;
    this.prefix = prefix;
    this.text = `${address.text}/${prefix}`;
  }
}

/** What sets and maps are keyed by: see `keyOf`. */
export type Key = string | number | boolean;

/** A set. It is **partial** when there may be elements that are not known: then what it lacks is unknown, not false. */
export class ValueSet {
  readonly items: ReadonlyMap<Key, Value>;
  readonly partial: boolean;

  constructor(items: ReadonlyMap<Key, Value>, partial = false) {
    this.items = items;
    this.partial = partial;
  }
}

/** A map; an ill-typed value is UNKNOWN under its key. It is **partial** when a key could not be read. */
export class ValueMap {
  readonly keys: ReadonlyMap<Key, Value>;
  readonly values: ReadonlyMap<Key, Value | Unknown>;
  readonly partial: boolean;

  constructor(keys: ReadonlyMap<Key, Value>, values: ReadonlyMap<Key, Value | Unknown>, partial = false) {
    this.keys = keys;
    this.values = values;
    this.partial = partial;
  }
}

/** A record: an object that inherits nothing, an own property an attribute; absent ones are not there. */
export interface RecordValue {
  readonly [attribute: string]: Outcome;
}

/** The key of a value that can be compared for equality: sets hold one element a key. */
export function keyOf(value: Value): Key {
  if (typeof value !== 'object') return value;
  if (value instanceof Reference) return value.key;
  if (value instanceof IpAddress || value instanceof IpNetwork) return value.text;
  throw new TypeError('collections and records have no equality');
}

/** A set of these values. */
export function setOf(values: Iterable<Value>, partial = false): ValueSet {
  const items = new Map<Key, Value>();
  for (const value of values) items.set(keyOf(value), value);
  return new ValueSet(items, partial);
}

type MutableRecord = { [attribute: string]: Outcome };

const INHERITS_NOTHING: object = Object.freeze(Object.create(null));

/**
 * Makes records that inherit nothing. One made by `Object.create(null)` would be a dictionary, which takes three times as
 * long to fill; one made by a constructor shares its layout with the others of that constructor that are filled in the
 * same order, and has the room that these took.
 */
export function recordConstructor(): new () => MutableRecord {
  const NewRecord = function () {} as unknown as new () => MutableRecord;
  NewRecord.prototype = INHERITS_NOTHING;
  return NewRecord;
}

const AnyRecord = recordConstructor();

/** A record without attributes, ready to be filled. */
export function emptyRecord(): MutableRecord {
  return new AnyRecord();
}
