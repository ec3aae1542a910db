import type { Type } from '../../dsl/types/types.ts';
import {
  IpAddress,
  IpNetwork,
  keyOf,
  type Outcome,
  Reference,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from '../../dsl/types/values.ts';

/** Strong Kleene logic. */
export type Truth = boolean | Unknown;

export function not(a: Truth): Truth {
  return a === UNKNOWN ? UNKNOWN : !a;
}
export function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : true;
}
export function or(a: Truth, b: Truth): Truth {
  return not(and(not(a), not(b)));
}

/** Equality of two values of one type. */
export function equal(a: Value, b: Value): boolean {
  return keyOf(a) === keyOf(b);
}

/** What a set or list is known to hold, and whether it may hold more. An ill-typed element of a list is UNKNOWN. */
export interface Elements {
  readonly known: readonly Value[];
  readonly partial: boolean;
}

/** The elements of a set or list, the keys of a map. */
export function elementsOf(collection: Value): Elements {
  if (collection instanceof ValueSet)
    return { known: [...collection.items.values()], partial: collection.partial };
  if (collection instanceof ValueMap)
    return { known: [...collection.keys.values()], partial: collection.partial };
  const items = collection as readonly (Value | Unknown)[];
  const known = items.filter((item): item is Value => item !== UNKNOWN);
  return { known, partial: known.length < items.length };
}

export function contains(collection: Value, element: Value): Truth {
  if (collection instanceof IpNetwork) return inNetwork(element as IpAddress, collection);
  const { known, partial } = elementsOf(collection);
  if (known.some((one) => equal(one, element))) return true;
  return partial ? UNKNOWN : false;
}

/** Whether any element of `wanted` is in `collection`. */
export function containsAny(collection: Value, wanted: Value): Truth {
  const { known, partial } = elementsOf(wanted);
  return known.map((one) => contains(collection, one)).reduce(or, partial ? UNKNOWN : false);
}

/** Whether every element of `wanted` is in `collection`. */
export function containsAll(collection: Value, wanted: Value): Truth {
  const { known, partial } = elementsOf(wanted);
  return known.map((one) => contains(collection, one)).reduce(and, partial ? UNKNOWN : true);
}

/** Bit by bit: the first `prefix` bits of both addresses agree. */
function inNetwork(address: IpAddress, network: IpNetwork): boolean {
  if (address.family !== network.address.family) return false;
  const bits = (one: IpAddress): string =>
    one.words.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
  return bits(address).slice(0, network.prefix) === bits(network.address).slice(0, network.prefix);
}

export type Order = '<' | '<=' | '>' | '>=';

/** Numbers, times and durations by value, strings by code unit. */
export function ordered(operator: Order, a: number | string, b: number | string): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** Arithmetic that never yields what JSON could not hold. */
export function arithmetic(
  operator: '+' | '-' | '*',
  a: number,
  b: number,
  type: Type | undefined,
): Value | Unknown {
  const result = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
  const fits = type?.kind === 'float' ? Number.isFinite(result) : Number.isSafeInteger(result);
  return fits ? result : UNKNOWN;
}

/** The interval of risk against a number: what holds of all of it, or unknown. */
export function compareRisk(operator: string, low: number, high: number, to: number): Truth {
  switch (operator) {
    case '<':
      return high < to ? true : low >= to ? false : UNKNOWN;
    case '<=':
      return high <= to ? true : low > to ? false : UNKNOWN;
    case '>':
      return not(compareRisk('<=', low, high, to));
    case '>=':
      return not(compareRisk('<', low, high, to));
    case '==':
      return to < low || to > high ? false : low === high ? true : UNKNOWN;
    case '!=':
      return not(compareRisk('==', low, high, to));
    default:
      throw new Error(`risk cannot be the operand of ${operator}`);
  }
}

/** Whether a value is known through and through, as an argument of a builtin must be. */
export function isWhole(value: Outcome): boolean {
  if (value === UNKNOWN) return false;
  if (typeof value !== 'object') return true;
  if (value instanceof Reference || value instanceof IpAddress || value instanceof IpNetwork) return true;
  if (value instanceof ValueSet) return !value.partial;
  if (value instanceof ValueMap) return !value.partial;
  return Object.values(value).every((one: Outcome) => isWhole(one));
}
