import type { CheckedExpression, ComparisonOperator } from '../../check/checked.ts';
import { MIRRORED, NEGATED } from '../../check/comparison-operators.ts';
import type { Schema } from '../../types/schema.ts';
import type { Type } from '../../types/types.ts';
import { type Key, keyOf, type Value, ValueSet } from '../../types/values.ts';
import type { CheckedStructure } from '../support/structure.ts';
import type { Atom } from './formula.ts';

/** Values that an atom lets one expression have. */
export type Range =
  | { readonly kind: 'among'; readonly keys: ReadonlySet<Key> }
  | { readonly kind: 'except'; readonly keys: ReadonlySet<Key> }
  | Interval;
/** Bounds that are not there are infinite. */
export interface Interval {
  readonly kind: 'interval';
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

/** What an atom says of one expression, compared with constants alone. */
export interface Constraint {
  /** The number of the expression. */
  readonly subject: number;
  readonly isWhole: boolean;
  readonly range: Range;
}

/** What an atom says of the values of one expression; undefined when it says anything else. */
export function constraintOf(
  atom: Atom,
  schema: Schema,
  structure: CheckedStructure,
): Constraint | undefined {
  const { node, negated } = atom;
  switch (node.kind) {
    case 'comparison': {
      const { left, operator, right } = node;
      if (right.kind === 'constant') return compared(left, operator, right.value, negated, schema, structure);
      if (left.kind !== 'constant') return undefined;
      return compared(right, MIRRORED[operator], left.value, negated, schema, structure);
    }
    case 'riskComparison': {
      if (node.threshold.kind !== 'constant' || typeof node.threshold.value !== 'number') return undefined;
      const range = numericRange(asMeant(node.operator, negated), node.threshold.value);
      // `risk` is an interval of whole numbers; what it is compared with decides for all of them or is unknown.
      return { subject: structure.numberOfText('risk'), isWhole: true, range };
    }
    case 'membership': {
      const { element, collection } = node;
      if (collection.kind !== 'constant') return undefined;
      const keys = keysOf(collection.value);
      if (keys === undefined) return undefined;
      return finish(element, { kind: negated ? 'except' : 'among', keys }, schema, structure);
    }
    default:
      return undefined;
  }
}

function compared(
  subject: CheckedExpression,
  written: ComparisonOperator,
  value: Value,
  negated: boolean,
  schema: Schema,
  structure: CheckedStructure,
): Constraint | undefined {
  const { type } = subject;
  const operator = asMeant(written, negated);
  if (operator === '==' || operator === '!=') {
    if (!hasKey(value)) return undefined;
    if (isNumeric(type) && typeof value === 'number')
      return finish(subject, numericRange(operator, value), schema, structure);
    const keys = new Set([keyOf(value)]);
    return finish(subject, { kind: operator === '==' ? 'among' : 'except', keys }, schema, structure);
  }
  if (isNumeric(type) && typeof value === 'number')
    return finish(subject, numericRange(operator, value), schema, structure);
  if (type.kind !== 'enum' || typeof value !== 'string') return undefined;
  const info = schema.enums.get(type.name);
  const rank = info?.rank.get(value);
  if (info === undefined || rank === undefined) return undefined;
  const range = numericRange(operator, rank);
  const keys = new Set<Key>(info.members.filter((_, index) => holds(index, range)));
  return finish(subject, { kind: 'among', keys }, schema, structure);
}

/** The operator that an atom means: its positive form is `==` or `<`, so that a node written `!=` is negated by itself. */
function asMeant(operator: ComparisonOperator, negated: boolean): ComparisonOperator {
  const isNegative = operator === '!=' || operator === '>=' || operator === '<=';
  return isNegative === negated ? operator : NEGATED[operator];
}

function finish(
  subject: CheckedExpression,
  range: Range,
  schema: Schema,
  structure: CheckedStructure,
): Constraint {
  const isWhole = subject.type.kind === 'int';
  const members = subject.type.kind === 'enum' ? schema.enums.get(subject.type.name)?.members : undefined;
  const number = structure.numberOf(subject);
  if (members === undefined) return { subject: number, isWhole, range };
  // A closed type: what is left out says as much as what is named.
  const keys = new Set<Key>(members.filter((member) => holds(member, range)));
  return { subject: number, isWhole, range: { kind: 'among', keys } };
}

function numericRange(operator: ComparisonOperator, value: number): Range {
  const all = { kind: 'interval', low: -Infinity, lowOpen: true, high: Infinity, highOpen: true } as const;
  switch (operator) {
    case '==':
      return { ...all, low: value, lowOpen: false, high: value, highOpen: false };
    case '!=':
      return { kind: 'except', keys: new Set([value]) };
    case '<':
    case '<=':
      return { ...all, high: value, highOpen: operator === '<' };
    default:
      return { ...all, low: value, lowOpen: operator === '>' };
  }
}

function isNumeric(type: Type): boolean {
  return ['int', 'float', 'time', 'duration'].includes(type.kind);
}

function hasKey(value: Value): boolean {
  return keysOf(value) === undefined && (typeof value !== 'object' || 'key' in value || 'text' in value);
}

/** The keys of a constant set or list; undefined of all else, and of one with unknown elements. */
function keysOf(value: Value): ReadonlySet<Key> | undefined {
  if (value instanceof ValueSet) return value.partial ? undefined : new Set(value.items.keys());
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly (Value | symbol)[];
  const keys = new Set<Key>();
  for (const item of items) {
    if (typeof item === 'symbol' || !hasKey(item)) return undefined;
    keys.add(keyOf(item));
  }
  return keys;
}

/** Whether a range holds a value. */
export function holds(key: Key, range: Range): boolean {
  if (range.kind === 'among') return range.keys.has(key);
  if (range.kind === 'except') return !range.keys.has(key);
  if (typeof key !== 'number') return false;
  const { low, lowOpen, high, highOpen } = range;
  return (lowOpen ? key > low : key >= low) && (highOpen ? key < high : key <= high);
}

/** True when every value of `inner` lies in `outer`; false also when that is not plain to see. */
export function isWithin(inner: Range, outer: Range): boolean {
  switch (inner.kind) {
    case 'among':
      return [...inner.keys].every((key) => holds(key, outer));
    case 'except':
      return outer.kind === 'except' && [...outer.keys].every((key) => inner.keys.has(key));
    case 'interval':
      if (outer.kind === 'except') return [...outer.keys].every((key) => !holds(key, inner));
      if (outer.kind === 'among') return inner.low === inner.high && outer.keys.has(inner.low);
      return (
        (inner.low > outer.low || (inner.low === outer.low && (inner.lowOpen || !outer.lowOpen))) &&
        (inner.high < outer.high || (inner.high === outer.high && (inner.highOpen || !outer.highOpen)))
      );
  }
}

/** True when no value lies in all of the ranges; false also when that is not plain to see. */
export function areDisjoint(ranges: readonly Range[], isWhole: boolean): boolean {
  const among = ranges.find((range) => range.kind === 'among');
  if (among !== undefined) return ![...among.keys].some((key) => ranges.every((range) => holds(key, range)));
  let low = -Infinity;
  let lowOpen = true;
  let high = Infinity;
  let highOpen = true;
  for (const range of ranges) {
    if (range.kind !== 'interval') continue;
    if (range.low > low || (range.low === low && range.lowOpen)) [low, lowOpen] = [range.low, range.lowOpen];
    if (range.high < high || (range.high === high && range.highOpen))
      [high, highOpen] = [range.high, range.highOpen];
  }
  if (isWhole) {
    if (Number.isFinite(low)) low = lowOpen ? Math.floor(low) + 1 : Math.ceil(low);
    if (Number.isFinite(high)) high = highOpen ? Math.ceil(high) - 1 : Math.floor(high);
    lowOpen = !Number.isFinite(low);
    highOpen = !Number.isFinite(high);
  }
  if (low > high) return true;
  if (low === high) return lowOpen || highOpen || !ranges.every((range) => holds(low, range));
  // A few whole numbers may all be taken out one by one.
  if (!isWhole || high - low > MAXIMUM_COUNTED) return false;
  for (let value = low; value <= high; value++)
    if (ranges.every((range) => holds(value, range))) return false;
  return true;
}

const MAXIMUM_COUNTED = 256;
