import type {
  CheckedAttribute,
  CheckedExpression,
  CheckedIdentifier,
  CheckedIndex,
  CheckedVariable,
} from '../../dsl/check/checked.ts';
import { assertNever } from '../../dsl/syntax/ast.ts';
import {
  keyOf,
  type Outcome,
  type RecordValue,
  type Reference,
  UNKNOWN,
  ValueMap,
} from '../../dsl/types/values.ts';
import { type AttributeReader, attributeReader } from './attribute-reader.ts';
import { type CompileContext, isMissing, isPrimitive } from './compile-context.ts';
import type { ValueOf } from './decision-input.ts';

/** `subject`, `action`, `resource`, `context`, `now`. `risk` has no value of its own: it can only be compared. */
export function compileVariable(expression: CheckedVariable): ValueOf {
  switch (expression.name) {
    case 'subject':
      return (input) => input.subject;
    case 'resource':
      return (input) => input.resource;
    case 'action':
      return (input) => input.action;
    case 'context':
      return (input) => input.context;
    case 'now':
      return (input) => input.now;
    case 'risk':
      return () => UNKNOWN;
    default:
      return assertNever(expression.name);
  }
}

/** `.id`. */
export function compileIdentifier(expression: CheckedIdentifier, context: CompileContext): ValueOf {
  if (expression.object.kind === 'variable') {
    return expression.object.name === 'subject' ? (input) => input.subject.id : (input) => input.resource.id;
  }
  const object = context.prefix(expression.object);
  return (input) => {
    const reference = object(input);
    return isMissing(reference) ? reference : (reference as Reference).id;
  };
}

/** `.name` of a record, or of the entity that a reference leads to. What is absent on the way is absent at the end. */
export function compileAttribute(expression: CheckedAttribute, context: CompileContext): ValueOf {
  const { name, optional } = expression;
  const { type } = expression.object;
  if (type.kind === 'reference') return compileWalk(expression.object, type.entities, name, context);
  if (expression.object.kind === 'variable' && expression.object.name === 'context') {
    return optional ? (input) => input.context[name] : (input) => requiredOf(input.context, name);
  }
  const object = context.prefix(expression.object);
  return (input) => {
    const record = object(input);
    if (isMissing(record)) return record;
    return optional ? (record as RecordValue)[name] : requiredOf(record as RecordValue, name);
  };
}

function requiredOf(record: RecordValue, name: string): Outcome {
  const outcome = record[name];
  return outcome === undefined ? UNKNOWN : outcome;
}

function compileWalk(
  target: CheckedExpression,
  entities: readonly string[],
  name: string,
  context: CompileContext,
): ValueOf {
  const [entity, ...others] = entities;
  if (entity !== undefined && others.length === 0) {
    const read = attributeReader(context.schema, entity, name);
    if (target.kind === 'variable') {
      return target.name === 'subject'
        ? (input) => read(input, input.subject)
        : (input) => read(input, input.resource);
    }
    const object = context.prefix(target);
    return (input) => {
      const reference = object(input);
      return isMissing(reference) ? reference : read(input, reference as Reference);
    };
  }
  const readers = new Map<string, AttributeReader>(
    entities.map((one) => [one, attributeReader(context.schema, one, name)]),
  );
  const object = context.prefix(target);
  return (input) => {
    const reference = object(input);
    if (isMissing(reference)) return reference;
    const read = readers.get((reference as Reference).type);
    return read === undefined ? UNKNOWN : read(input, reference as Reference);
  };
}

/** `map[key]`: a key that is not there is absent, unless the map may hold keys that could not be read. */
export function compileIndex(expression: CheckedIndex, context: CompileContext): ValueOf {
  const object = context.prefix(expression.object);
  const key = context.value(expression.key);
  const primitive = isPrimitive(expression.key.type.kind);
  return (input) => {
    const map = object(input);
    if (isMissing(map)) return map;
    const at = key(input);
    if (isMissing(at) || !(map instanceof ValueMap)) return UNKNOWN;
    const outcome = map.values.get(primitive ? (at as string) : keyOf(at));
    return outcome === undefined && map.partial ? UNKNOWN : outcome;
  };
}
