import {
  IpAddress,
  IpNetwork,
  type Outcome,
  type RecordValue,
  Reference,
  ValueMap,
  ValueSet,
} from '../../dsl/types/values.ts';

/** A step into a value: a field of a record, any element of a set or list, any key or any value of a map. */
export type ValueStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'element' }
  | { readonly kind: 'key' }
  | { readonly kind: 'value' };

/** What stands one step into a value; nothing where the value has no such parts. */
export function* stepsInto(value: Outcome, step: ValueStep): Generator<Outcome> {
  switch (step.kind) {
    case 'element':
      if (value instanceof ValueSet) yield* value.items.values();
      else if (Array.isArray(value)) yield* value as readonly Outcome[];
      return;
    case 'key':
      if (value instanceof ValueMap) yield* value.keys.values();
      return;
    case 'value':
      if (value instanceof ValueMap) yield* value.values.values();
      return;
    case 'field':
      if (isRecord(value)) yield value[step.name];
  }
}

/** The references to records of one entity that stand so many steps into a value. */
export function* referencesIn(
  value: Outcome,
  steps: readonly ValueStep[],
  entity: string,
): Generator<Reference> {
  const [step, ...rest] = steps;
  if (step === undefined) {
    if (value instanceof Reference && value.type === entity) yield value;
    return;
  }
  for (const part of stepsInto(value, step)) yield* referencesIn(part, rest, entity);
}

function isRecord(value: Outcome): value is RecordValue {
  return (
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Reference) &&
    !(value instanceof ValueSet) &&
    !(value instanceof ValueMap) &&
    !(value instanceof IpAddress) &&
    !(value instanceof IpNetwork)
  );
}
