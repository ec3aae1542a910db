import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { Reference } from '../../../dsl/types/values.ts';
import { sourceOf } from '../../compile/attribute-reader.ts';
import { isMissing } from '../../compile/compile-context.ts';
import type { Compiler } from '../../compile/compiler.ts';
import type { DecisionInput } from '../../compile/decision-input.ts';
import type { Change } from '../types.ts';
import type { EditPlace } from './edit-question.ts';

/** A place that somebody can change, and who. */
export interface ChangeablePlace extends EditPlace {
  readonly by: Change['by'];
}

/** Where the value of a path stands, or undefined when nobody can change it there: an id, a closure, a missing record. */
export function resolvePlace(
  expression: CheckedExpression,
  input: DecisionInput,
  compiler: Compiler,
): ChangeablePlace | undefined {
  switch (expression.kind) {
    case 'variable':
      if (expression.name !== 'context' && expression.name !== 'action') return undefined;
      return { root: { kind: expression.name }, steps: [], by: 'request' };
    case 'attribute': {
      const { object, name } = expression;
      if (object.type.kind === 'reference') return attributePlace(object, name, input, compiler);
      const place = resolvePlace(object, input, compiler);
      return place && { ...place, steps: [...place.steps, { kind: 'attribute', name }] };
    }
    case 'index': {
      const place = resolvePlace(expression.object, input, compiler);
      const key = compiler.value(expression.key)(input);
      if (place === undefined || isMissing(key)) return undefined;
      return { ...place, steps: [...place.steps, { kind: 'key', value: key }] };
    }
    default:
      return undefined;
  }
}

function attributePlace(
  object: CheckedExpression,
  name: string,
  input: DecisionInput,
  compiler: Compiler,
): ChangeablePlace | undefined {
  const reference = compiler.value(object)(input);
  if (!(reference instanceof Reference)) return undefined;
  const entity = compiler.schema.entities.get(reference.type);
  const attribute = entity?.attributes.get(name);
  if (entity === undefined || attribute === undefined || attribute.closure !== undefined) return undefined;
  const steps = [{ kind: 'attribute', name }] as const;
  const source = sourceOf(entity, attribute);
  const isNew = reference.key === input.newKey;
  if (source === 'supplied' || source === 'suppliedOrStored' || (isNew && source === 'store')) {
    return { root: { kind: 'supplied', reference }, steps, by: 'request' };
  }
  const record = input.record(reference);
  if (record === null || record === undefined) return undefined;
  return { root: { kind: 'fact', reference }, steps, by: source === 'live' ? 'time' : 'data' };
}
