import type {
  CheckedArithmetic,
  CheckedAttribute,
  CheckedCall,
  CheckedExpression,
  CheckedIndex,
} from '../../../dsl/check/checked.ts';
import { keyOf, type Outcome, UNKNOWN, ValueMap } from '../../../dsl/types/values.ts';
import { slopeOf } from '../affine.ts';
import { sourceOf } from '../attribute-reader.ts';
import { mayBeInPart } from '../compile-call.ts';
import { type CompileContext, isPrimitive } from '../compile-context.ts';
import type { CodeWriter } from './code-writer.ts';

/** The text of a value: what is not common in conditions is left to the closure that computes it. */
export function writeValue(
  expression: CheckedExpression,
  writer: CodeWriter,
  context: CompileContext,
): string {
  if (writer.isGiven(expression)) return GIVEN;
  switch (expression.kind) {
    case 'constant':
      return writer.bind(expression.value);
    case 'variable':
      if (expression.name !== 'risk') return `input.${expression.name}`;
      break;
    case 'identifier':
      if (expression.object.kind === 'variable')
        return `${writeValue(expression.object, writer, context)}.id`;
      break;
    case 'attribute':
      if (expression.object.type.kind !== 'reference') return writeField(expression, writer, context);
      return writeFact(expression, writer, context) ?? byClosure(expression, writer, context);
    case 'index':
      return writeIndexed(expression, writer, context);
    case 'arithmetic':
      return writeArithmetic(expression, writer, context);
    case 'call':
      return writeCall(expression, writer, context) ?? byClosure(expression, writer, context);
    case 'local':
      return writer.local(expression.slot) ?? byClosure(expression, writer, context);
    default:
      break;
  }
  return byClosure(expression, writer, context);
}

/** The text of a value that is known wherever it is asked for, and costs nothing to ask for again; undefined of others. */
export function writeKnown(expression: CheckedExpression, writer: CodeWriter): string | undefined {
  if (writer.isGiven(expression)) return GIVEN;
  if (expression.kind === 'constant') return writer.bind(expression.value);
  if (expression.kind === 'variable' && expression.name !== 'risk') return `input.${expression.name}`;
  return undefined;
}

const GIVEN = 'given';

function byClosure(expression: CheckedExpression, writer: CodeWriter, context: CompileContext): string {
  return `${writer.bind(context.value(expression))}(input)`;
}

/** Undefined for a call that needs the world, moves with `now`, or takes what may be known in part. */
function writeCall(expression: CheckedCall, writer: CodeWriter, context: CompileContext): string | undefined {
  const { builtin, arguments: operands } = expression;
  const { evaluate, finding } = builtin;
  if (evaluate === undefined || operands.every(({ kind }) => kind === 'constant')) return undefined;
  if (operands.some((one) => slopeOf(one) !== 0 || mayBeInPart(one.type))) return undefined;
  const [only] = operands;
  if (finding !== undefined && only !== undefined && writer.isGiven(only))
    return `${writer.bind(finding.tell)}(${writer.foundOfGiven(finding.find)})`;
  const known: string[] = [];
  const areMissing: string[] = [];
  for (const operand of operands) {
    const plain = writeKnown(operand, writer);
    const into = plain ?? writer.temporary();
    known.push(into);
    if (plain === undefined)
      areMissing.push(`(${into} = ${writeValue(operand, writer, context)}, ${writer.isMissing(into)})`);
  }
  const value = `${writer.bind(evaluate)}([${known.join(', ')}], input.circumstances.world)`;
  return areMissing.length === 0
    ? value
    : `(${areMissing.join(' || ')} ? ${writer.bind(UNKNOWN)} : ${value})`;
}

/** An attribute of a record. */
function writeField(expression: CheckedAttribute, writer: CodeWriter, context: CompileContext): string {
  const { object, optional } = expression;
  const name = writer.bind(expression.name);
  const record = writer.temporary();
  const value = writer.temporary();
  const field = `(${value} = ${record}[${name}])`;
  const read = optional ? field : `(${field} === undefined ? ${writer.bind(UNKNOWN)} : ${value})`;
  const isThere = object.kind === 'variable' ? read : `(${writer.isMissing(record)} ? ${record} : ${read})`;
  return `(${record} = ${writeValue(object, writer, context)}, ${isThere})`;
}

/** An attribute that the store keeps of an entity of one type; undefined for others. A new resource is left to the closure. */
function writeFact(
  expression: CheckedAttribute,
  writer: CodeWriter,
  context: CompileContext,
): string | undefined {
  const { object, name } = expression;
  const otherwise = storedOtherwise(expression, context);
  if (otherwise === undefined) return undefined;
  const reference = writer.temporary();
  const record = writer.temporary();
  const value = writer.temporary();
  const unknown = writer.bind(UNKNOWN);
  const field = `(${value} = ${record}.attributes[${writer.bind(name)}])`;
  const absent = otherwise.value === undefined ? 'undefined' : writer.bind(otherwise.value);
  const read = `(input.isNew(${reference})
    ? ${byClosure(expression, writer, context)}
    : (${record} = input.record(${reference})) === null || ${record} === undefined
      ? ${unknown}
      : ${field} === undefined ? ${absent} : ${value})`;
  const isThere =
    object.kind === 'variable' ? read : `(${writer.isMissing(reference)} ? ${reference} : ${read})`;
  return `(${reference} = ${writeValue(object, writer, context)}, ${isThere})`;
}

/** What stands for the attribute where a record does not have it; undefined when it is not simply read from the store. */
function storedOtherwise(
  { object, name }: CheckedAttribute,
  { schema }: CompileContext,
): { readonly value: Outcome } | undefined {
  if (object.type.kind !== 'reference' || object.type.entities.length !== 1) return undefined;
  const entity = schema.entities.get(object.type.entities[0] ?? '');
  const attribute = entity?.attributes.get(name);
  if (entity === undefined || attribute === undefined || attribute.closure !== undefined) return undefined;
  if (sourceOf(entity, attribute) !== 'store') return undefined;
  return { value: attribute.default ?? (attribute.optional ? undefined : UNKNOWN) };
}

/** The value of a map. */
function writeIndexed({ object, key }: CheckedIndex, writer: CodeWriter, context: CompileContext): string {
  const map = writer.temporary();
  const at = writer.temporary();
  const value = writer.temporary();
  const unknown = writer.bind(UNKNOWN);
  const known = isPrimitive(key.type.kind) ? at : `${writer.bind(keyOf)}(${at})`;
  return `(${map} = ${writeValue(object, writer, context)}, ${writer.isMissing(map)}
    ? ${map}
    : (${at} = ${writeValue(key, writer, context)}, ${writer.isMissing(at)} || !(${map} instanceof ${writer.bind(ValueMap)})
      ? ${unknown}
      : (${value} = ${map}.values.get(${known})) === undefined && ${map}.partial ? ${unknown} : ${value}))`;
}

function writeArithmetic(
  { operator, left, right, type }: CheckedArithmetic,
  writer: CodeWriter,
  context: CompileContext,
): string {
  const a = writer.temporary();
  const b = writer.temporary();
  const result = writer.temporary();
  const unknown = writer.bind(UNKNOWN);
  const fits = writer.bind(type.kind === 'float' ? Number.isFinite : Number.isSafeInteger);
  return `(${a} = ${writeValue(left, writer, context)},
    ${b} = ${writeValue(right, writer, context)},
    ${writer.isMissing(a)} || ${writer.isMissing(b)}
      ? ${unknown}
      : (${result} = ${a} ${operator} ${b}, ${fits}(${result}) ? ${result} + 0 : ${unknown}))`;
}
