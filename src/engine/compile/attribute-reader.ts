import type { Closure } from '../../dsl/syntax/ast.ts';
import type { AttributeInfo, EntityInfo, Schema } from '../../dsl/types/schema.ts';
import { type Outcome, type Reference, UNKNOWN, ValueSet } from '../../dsl/types/values.ts';
import type { DecisionInput } from './decision-input.ts';
import { followClosure } from './follow-closure.ts';

const NOTHING_REACHED = new ValueSet(new Map());

/** Reads one attribute of an entity. */
export type AttributeReader = (input: DecisionInput, reference: Reference) => Outcome;

/** From where the engine takes an attribute: attributes of a supplied entity come from the request. */
export function sourceOf(entity: EntityInfo, attribute: AttributeInfo): AttributeInfo['source'] {
  return entity.storage === 'supplied' && attribute.source === 'store' ? 'supplied' : attribute.source;
}

/**
 * The reader of an attribute. Facts come from the record of the entity (unknown when there is none), supplied values
 * from the request and nowhere else. A resource that does not exist yet has what the request says of it.
 */
export function attributeReader(schema: Schema, entityName: string, name: string): AttributeReader {
  const entity = schema.entities.get(entityName);
  const attribute = entity?.attributes.get(name);
  // A type of a union that does not have the attribute has no value for it.
  if (entity === undefined || attribute === undefined) return () => undefined;
  if (attribute.closure !== undefined) return closureReader(schema, entity, attribute, attribute.closure);
  const otherwise: Outcome = attribute.default ?? (attribute.optional ? undefined : UNKNOWN);
  const supplied: AttributeReader = (input, reference) => {
    const outcome = input.supplied(reference)?.[name];
    return outcome === undefined ? otherwise : outcome;
  };
  const stored: AttributeReader = (input, reference) => {
    const record = input.record(reference);
    if (record === null || record === undefined) return UNKNOWN;
    const outcome = record.attributes[name];
    return outcome === undefined ? otherwise : outcome;
  };
  switch (sourceOf(entity, attribute)) {
    case 'supplied':
      if (entity.storage !== 'supplied') return supplied;
      // Of a supplied entity that the request only names, nothing is known.
      return (input, reference) => (input.isGiven(reference) ? supplied(input, reference) : UNKNOWN);
    case 'live':
      return stored;
    case 'store':
      return (input, reference) => {
        if (input.isNew(reference)) return supplied(input, reference);
        const record = input.record(reference);
        if (record === null || record === undefined) return UNKNOWN;
        const outcome = record.attributes[name];
        return outcome === undefined ? otherwise : outcome;
      };
    default:
      return (input, reference) => {
        const outcome = input.supplied(reference)?.[name];
        if (outcome !== undefined) return outcome;
        return input.isNew(reference) ? otherwise : stored(input, reference);
      };
  }
}

function closureReader(
  schema: Schema,
  entity: EntityInfo,
  attribute: AttributeInfo,
  closure: Closure,
): AttributeReader {
  const element = attribute.type.kind === 'set' ? attribute.type.element : attribute.type;
  const types = element.kind === 'reference' ? element.entities : [];
  const follow = new Map<string, AttributeReader>();
  for (const type of types) {
    if (schema.entities.get(type)?.attributes.has(closure.follow.text) === true) {
      follow.set(type, attributeReader(schema, type, closure.follow.text));
    }
  }
  const firstName = (closure.first ?? closure.follow).text;
  const first = attributeReader(schema, entity.name, firstName);
  const beginsPlainly = entity.attributes.get(firstName)?.closure === undefined;
  const steps = closure.first === undefined ? closure.depth - 1 : closure.depth;
  return (input, reference) => {
    // Most things have grown from nothing.
    if (beginsPlainly && first(input, reference) === undefined) return NOTHING_REACHED;
    return input.closure(attribute, reference, () =>
      followClosure(input, first(input, reference), follow, steps),
    );
  };
}
