import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { encode } from '../../../dsl/types/encode.ts';
import type { Type } from '../../../dsl/types/types.ts';
import { emptyRecord, Reference, type Value } from '../../../dsl/types/values.ts';
import { sourceOf } from '../../compile/attribute-reader.ts';
import { isMissing } from '../../compile/compile-context.ts';
import { pathText } from '../../compile/path-text.ts';
import { changeableOf } from './changeable.ts';
import { best, combine, type EditSet } from './edit.ts';
import { editRecordOf } from './edit-question.ts';
import { exampleValues } from './example-values.ts';
import { isFixed, resolvePlace, showReference } from './resolve-place.ts';
import type { SearchContext } from './search-context.ts';

/** Of values that would do as well, so many are proposed. */
const MAXIMUM_PROPOSED = 4;

/** That a path has a value, or that it has none. */
export function abducePresence(
  expression: CheckedExpression,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const changeable = changeableOf(expression, context);
  if (changeable === undefined) return openWay(expression, context);
  const { path } = changeable;
  if (wanted) {
    return someValues(changeable.type, context)
      .slice(0, MAXIMUM_PROPOSED)
      .flatMap((value) => changeable.fill(value, `has ${path}`, `\`${path}\` is given`));
  }
  if (changeable.mayBeAbsent) {
    return changeable.become(undefined, `not has ${path}`, `\`${path}\` is left out`);
  }
  context.log.note({ why: 'no_value', condition: `not has ${path}`, text: `\`${path}\` cannot be left out` });
  return [];
}

/** Values of a type: references to what the question speaks of, then made up ones. */
export function someValues(type: Type, context: SearchContext): readonly Value[] {
  const { input, compiler } = context;
  const examples = exampleValues(type, input.now, compiler.schema);
  if (type.kind !== 'reference') return examples;
  return [...context.known().filter((one) => type.entities.includes(one.type)), ...examples];
}

/** What has to be there before a path leads anywhere: a value on the way, or a record. */
export function openWay(expression: CheckedExpression, context: SearchContext): readonly EditSet[] {
  const place = resolvePlace(expression.kind === 'identifier' ? expression.object : expression, context);
  if (!isFixed(place) || place.opens === undefined) return [];
  const { opens } = place;
  return opens.kind === 'record' ? createRecord(opens.of, context) : abducePresence(opens.of, true, context);
}

/** An operand that has no value gets one; as it is where it has. */
export function known(expression: CheckedExpression, context: SearchContext): readonly EditSet[] {
  const outcome = context.compiler.value(expression)(context.input);
  if (!isMissing(outcome)) return [[]];
  if (expression.kind === 'arithmetic') {
    return combine([known(expression.left, context), known(expression.right, context)], context.log);
  }
  if (expression.kind === 'negation') return known(expression.operand, context);
  if (expression.kind === 'call' && expression.builtin.evaluate !== undefined) {
    return combine(
      expression.arguments.map((argument) => known(argument, context)),
      context.log,
    );
  }
  if (expression.kind === 'collection') {
    return combine(
      expression.items.map((item) => known(item, context)),
      context.log,
    );
  }
  return abducePresence(expression, true, context);
}

/** `exists reference`: the store gets its record, or there is no reference to ask for. */
export function abduceExistence(
  operand: CheckedExpression,
  wanted: boolean,
  context: SearchContext,
): readonly EditSet[] {
  const { input, compiler, log } = context;
  const reference = compiler.value(operand)(input);
  const text = pathText(operand);
  if (!wanted) return abducePresence(operand, false, context);
  if (!(reference instanceof Reference)) {
    const changeable = changeableOf(operand, context);
    if (changeable === undefined) return openWay(operand, context);
    // What the question speaks of is likely to be there; what is made up gets its record when it is asked for again.
    return someValues(changeable.type, context)
      .slice(0, MAXIMUM_PROPOSED)
      .flatMap((value) => changeable.become(value, `exists ${text}`, `\`${text}\` is there`));
  }
  const entity = compiler.schema.entities.get(reference.type);
  if (entity?.storage !== 'supplied') {
    const record = input.record(reference);
    if (record === null)
      return best([...createRecord(reference, context), ...another(operand, reference, context)], log);
    log.note({
      why: 'no_record',
      condition: `exists ${text}`,
      text: `the record of \`${showReference(reference)}\` could not be loaded`,
    });
    return [];
  }
  log.note({
    why: 'no_record',
    condition: `exists ${text}`,
    text: `the request says nothing of \`${showReference(reference)}\``,
  });
  return [];
}

/** The path refers to something else that is there. */
function another(
  operand: CheckedExpression,
  dangling: Reference,
  context: SearchContext,
): readonly EditSet[] {
  const changeable = changeableOf(operand, context);
  if (changeable === undefined) return [];
  const text = pathText(operand);
  return someValues(changeable.type, context)
    .filter((one) => one instanceof Reference && one.key !== dangling.key && hasRecord(one, context))
    .slice(0, MAXIMUM_PROPOSED)
    .flatMap((value) =>
      changeable.become(value, `exists ${text}`, `\`${text}\` refers to something that is there`),
    );
}

function hasRecord(reference: Reference, { input }: SearchContext): boolean {
  const record = input.record(reference);
  return record !== null && record !== undefined;
}

/** The store gets a record with made up values for all that it must have. */
function createRecord(reference: Reference, { input, compiler }: SearchContext): readonly EditSet[] {
  const { schema } = compiler;
  const entity = schema.entities.get(reference.type);
  if (entity === undefined || entity.storage === 'supplied') return [];
  if (reference.key === input.newKey) return [];
  const values = emptyRecord();
  const attributes: Record<string, unknown> = {};
  for (const attribute of entity.attributes.values()) {
    if (attribute.closure !== undefined || sourceOf(entity, attribute) === 'supplied') continue;
    if (attribute.default !== undefined) values[attribute.name] = attribute.default;
    if (attribute.optional || attribute.default !== undefined) continue;
    const [value] = exampleValues(attribute.type, input.now, schema);
    if (value === undefined) return [];
    values[attribute.name] = value;
    attributes[attribute.spelling] = encode(value, attribute.type, schema);
  }
  const shown = showReference(reference);
  const { type, id } = reference;
  return [
    [
      {
        change: {
          path: null,
          condition: `exists ${shown}`,
          text: `there is a record of \`${shown}\``,
          by: 'data',
          advice: null,
          edit: { kind: 'record', entity: { type, id }, attributes },
        },
        place: `record ${reference.key}`,
        mark: 'made',
        apply: (question) => editRecordOf(question, reference, values),
      },
    ],
  ];
}
