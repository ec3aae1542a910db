import type { Attribute, Closure } from '../../dsl/syntax/ast.ts';
import {
  type Outcome,
  Reference,
  setOf,
  UNKNOWN,
  type Unknown,
  type ValueSet,
} from '../../dsl/types/values.ts';
import { typeOf } from './declarations.ts';
import { defaultValue } from './default-value.ts';
import { elementsOf } from './operators.ts';
import type { Question, Typed } from './question.ts';

/** Reads an attribute of an entity; one that the entity's type does not have is absent. */
export function readAttribute(question: Question, reference: Reference, name: string): Typed {
  const { declarations } = question;
  const entity = declarations.entities.get(reference.type);
  const attribute = entity?.attributes.find((one) => one.name.text === name);
  if (attribute === undefined) return { outcome: undefined, type: undefined };
  const type = typeOf(attribute.type, declarations);
  if (attribute.value?.kind === 'closure')
    return { outcome: follow(question, reference, attribute.value), type };
  const outcome = fromItsSource(question, reference, attribute);
  if (outcome !== undefined) return { outcome, type };
  if (attribute.value !== undefined)
    return { outcome: defaultValue(attribute.value, type, declarations), type };
  // What is kept of the past may not be there yet.
  const mayBeAbsent = attribute.type.kind === 'optionalType' || attribute.modifier === 'live';
  return { outcome: mayBeAbsent ? undefined : UNKNOWN, type };
}

/** Whether the request speaks of this entity: it names the subject and the resource, and gives properties of others. */
export function isSupplied({ request }: Question, reference: Reference): boolean {
  const { key } = reference;
  return key === request.subject.key || key === request.resource.key || request.supplied.has(key);
}

/** The attribute's value where it is kept; `undefined` where there is none. */
function fromItsSource(question: Question, reference: Reference, attribute: Attribute): Outcome {
  const { declarations, facts, isNew, request } = question;
  const name = attribute.name.text;
  const isNewResource = isNew && reference.key === request.resource.key;
  const isOfRequest = declarations.entities.get(reference.type)?.storage.kind === 'suppliedStorage';
  const supplied = (): Outcome => request.supplied.get(reference.key)?.[name];
  const stored = (): Outcome => {
    const record = facts.record(reference.type, reference.id);
    return record === null || record === undefined ? UNKNOWN : record.attributes[name];
  };
  switch (attribute.modifier) {
    case 'live':
      return stored();
    case 'suppliedOrStored':
      return supplied() ?? (isNewResource ? undefined : stored());
    case 'stored':
      return isNewResource ? supplied() : stored();
    case 'supplied':
    case undefined:
      // Of a supplied entity that the request only names, nothing is known.
      if (isOfRequest) return isSupplied(question, reference) ? supplied() : UNKNOWN;
      return isNewResource || attribute.modifier === 'supplied' ? supplied() : stored();
  }
}

/**
 * Everything reached, level by level. The set is partial where a record on the way could not be read, and where the
 * level after the last would have brought something new.
 */
function follow(question: Question, start: Reference, closure: Closure): ValueSet | Unknown {
  // Without even a beginning there is no set, not one of which a part is known.
  const beginning = readAttribute(question, start, (closure.first ?? closure.follow).text);
  if (beginning.outcome === UNKNOWN) return UNKNOWN;
  const reached = new Map<string, Reference>();
  let partial = false;
  const visit = (from: readonly Reference[], attribute: string): Reference[] => {
    const fresh = new Map<string, Reference>();
    for (const one of from) {
      const { outcome } = readAttribute(question, one, attribute);
      const { known, partial: more } = referencesOf(outcome);
      if (more) partial = true;
      for (const next of known) if (!reached.has(next.key)) fresh.set(next.key, next);
    }
    return [...fresh.values()];
  };
  let level: Reference[] = [start];
  if (closure.first !== undefined) {
    level = visit(level, closure.first.text);
    for (const one of level) reached.set(one.key, one);
  }
  for (let step = 1; step <= closure.depth; step++) {
    level = visit(level, closure.follow.text);
    for (const one of level) reached.set(one.key, one);
  }
  if (visit(level, closure.follow.text).length > 0) partial = true;
  return setOf(reached.values(), partial);
}

function referencesOf(outcome: Outcome): { known: readonly Reference[]; partial: boolean } {
  if (outcome === undefined) return { known: [], partial: false };
  if (outcome === UNKNOWN) return { known: [], partial: true };
  if (outcome instanceof Reference) return { known: [outcome], partial: false };
  const { known, partial } = elementsOf(outcome);
  return { known: known as readonly Reference[], partial };
}
