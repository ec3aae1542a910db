import type {
  CheckedCollection,
  CheckedExpression,
  CheckedMembership,
  CheckedOverlap,
  CheckedQuantifier,
} from '../../dsl/check/checked.ts';
import {
  type Key,
  keyOf,
  type Outcome,
  UNKNOWN,
  type Unknown,
  type Value,
  ValueMap,
  ValueSet,
} from '../../dsl/types/values.ts';
import { slopeOf } from './affine.ts';
import { type CompileContext, isMissing, isPrimitive, type Polarities } from './compile-context.ts';
import { ConstantTexts } from './constant-texts.ts';
import type { DecisionInput, ValueOf } from './decision-input.ts';

/** A list or set whose items are computed: an unknown item leaves a set partial and stands in a list. */
export function compileCollection(expression: CheckedCollection, context: CompileContext): ValueOf {
  const items = expression.items.map((item) => context.value(item));
  if (expression.type.kind === 'list') {
    return (input) => items.map((item) => item(input) ?? UNKNOWN);
  }
  return (input) => {
    const found = new Map<Key, Value>();
    let partial = false;
    for (const item of items) {
      const outcome = item(input);
      if (isMissing(outcome)) partial = true;
      else found.set(keyOf(outcome), outcome);
    }
    return new ValueSet(found, partial);
  };
}

/** Whether a key is in a known collection: undefined when it is not among what is known of a partial one. */
export function holds(collection: Value, key: Key): boolean | undefined {
  if (collection instanceof ValueSet)
    return collection.items.has(key) || (collection.partial ? undefined : false);
  let unknown = false;
  for (const item of collection as readonly (Value | Unknown)[]) {
    if (item === UNKNOWN) unknown = true;
    else if (keyOf(item) === key) return true;
  }
  return unknown ? undefined : false;
}

/** `element in collection`. */
export function compileMembership(expression: CheckedMembership, context: CompileContext): Polarities {
  const element = context.value(expression.element);
  const moves = slopeOf(expression.element) !== 0 || slopeOf(expression.collection) !== 0;
  const primitive = isPrimitive(expression.element.type.kind);
  const keyOfElement = primitive ? (value: Value) => value as Key : keyOf;
  const constant = constantKeys(expression.collection);
  if (constant !== undefined && !moves) {
    return {
      certainly: (input) => {
        const outcome = element(input);
        return !isMissing(outcome) && constant.has(keyOfElement(outcome));
      },
      possibly: (input) => {
        const outcome = element(input);
        return isMissing(outcome) || constant.has(keyOfElement(outcome));
      },
    };
  }
  const collection = context.value(expression.collection);
  const judge = (input: DecisionInput): boolean | undefined => {
    const outcome = element(input);
    if (isMissing(outcome)) return undefined;
    const within = collection(input);
    if (isMissing(within)) return undefined;
    if (moves) input.flipsAt = Math.min(input.flipsAt, input.now + 1);
    return holds(within, keyOfElement(outcome));
  };
  return { certainly: (input) => judge(input) === true, possibly: (input) => judge(input) !== false };
}

/** What tells whether a key is among others. */
export interface Keys {
  has(key: Key): boolean;
}

/** The keys of a literal list or set. */
export function constantKeys(expression: CheckedExpression): Keys | undefined {
  const keys = literalKeys(expression);
  const areTexts = keys !== undefined && keys.size > 0 && [...keys].every((key) => typeof key === 'string');
  return areTexts ? new ConstantTexts(keys as ReadonlySet<string>) : keys;
}

function literalKeys(expression: CheckedExpression): ReadonlySet<Key> | undefined {
  if (expression.kind !== 'constant') return undefined;
  const { value } = expression;
  if (value instanceof ValueSet) return value.partial ? undefined : new Set(value.items.keys());
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly (Value | Unknown)[];
  if (items.includes(UNKNOWN)) return undefined;
  return new Set(items.map((item) => keyOf(item as Value)));
}

/** `left contains any right` and `left contains all right`: folds of `left contains x` over what right holds. */
export function compileOverlap(expression: CheckedOverlap, context: CompileContext): Polarities {
  const left = context.value(expression.left);
  const right = context.value(expression.right);
  const judge =
    expression.quantifier === 'any'
      ? (container: Value, elements: Value) => fold(container, elements, true)
      : (container: Value, elements: Value) => fold(container, elements, false);
  const outcome = (input: DecisionInput): boolean | undefined => {
    const container = left(input);
    if (isMissing(container)) return undefined;
    const elements = right(input);
    return isMissing(elements) ? undefined : judge(container, elements);
  };
  return { certainly: (input) => outcome(input) === true, possibly: (input) => outcome(input) !== false };
}

/** The fold of `container contains x`: of `or` when `deciding` is true, of `and` when it is false. */
function fold(container: Value, elements: Value, deciding: boolean): boolean | undefined {
  let unknown = elements instanceof ValueSet && elements.partial;
  const list =
    elements instanceof ValueSet ? elements.items.values() : (elements as readonly (Value | Unknown)[]);
  for (const item of list) {
    const one = item === UNKNOWN ? undefined : holds(container, keyOf(item));
    if (one === deciding) return deciding;
    if (one === undefined) unknown = true;
  }
  return unknown ? undefined : !deciding;
}

/** `any x in collection: (body)`, `every x in collection: (body)`: folds of `or` and `and`. */
export function compileQuantifier(expression: CheckedQuantifier, context: CompileContext): Polarities {
  const collection = context.value(expression.collection);
  const certainly = context.certainly(expression.body);
  const possibly = context.possibly(expression.body);
  const slot = expression.slot as 0 | 1 | 2;
  const some = (
    input: DecisionInput,
    body: (input: DecisionInput) => boolean,
    wanted: boolean,
  ): boolean | undefined => {
    const outcome = collection(input);
    if (isMissing(outcome)) return undefined;
    for (const item of elementsOf(outcome)) {
      input.locals[slot] = item;
      if (body(input) === wanted) return true;
    }
    return isPartial(outcome) ? undefined : false;
  };
  if (expression.quantifier === 'any') {
    return {
      certainly: (input) => some(input, certainly, true) === true,
      possibly: (input) => some(input, possibly, true) !== false,
    };
  }
  return {
    certainly: (input) => some(input, certainly, false) === false,
    possibly: (input) => some(input, possibly, false) !== true,
  };
}

/** What a quantifier goes through. */
export function elementsOf(collection: Value): Iterable<Outcome> {
  if (collection instanceof ValueSet) return collection.items.values();
  if (collection instanceof ValueMap) return collection.keys.values();
  return collection as readonly (Value | Unknown)[];
}

/** Whether a set or map may hold more than is known. A list's unknown elements stand in it themselves. */
export function isPartial(collection: Value): boolean {
  return (collection instanceof ValueSet || collection instanceof ValueMap) && collection.partial;
}
