import type { CheckedComparison, CheckedExpression, CheckedMembership } from '../../../dsl/check/checked.ts';
import { keyOf, UNKNOWN } from '../../../dsl/types/values.ts';
import { flipOf, slopeOf } from '../affine.ts';
import { constantKeys, holds } from '../compile-collections.ts';
import { type CompileContext, isPrimitive } from '../compile-context.ts';
import { rememberedPath } from '../single-value.ts';
import type { CodeWriter } from './code-writer.ts';
import { sizeOf } from './size-of.ts';
import { writeValue } from './write-value.ts';

/** Which of the two formulas of a condition is asked. */
export type Polarity = 'certainly' | 'possibly';

/** The text of one formula of a condition, the whole of which is left to its closure where there is no room for it. */
export function writeCondition(
  expression: CheckedExpression,
  polarity: Polarity,
  writer: CodeWriter,
  context: CompileContext,
): string {
  return writer.takes(sizeOf(expression))
    ? new ConditionWriter(writer, context).write(expression, polarity)
    : `${writer.bind(context[polarity](expression))}(input)`;
}

/** Says the same as the compiler's closures: what differs is who calls whom. */
class ConditionWriter {
  readonly #writer: CodeWriter;
  readonly #context: CompileContext;

  constructor(writer: CodeWriter, context: CompileContext) {
    this.#writer = writer;
    this.#context = context;
  }

  write(expression: CheckedExpression, polarity: Polarity): string {
    // What is remembered by a value is the closure's.
    if (rememberedPath(expression) !== undefined) return this.#byClosure(expression, polarity);
    switch (expression.kind) {
      case 'constant':
        return expression.value === true ? 'true' : 'false';
      case 'not':
        return `!${this.write(expression.operand, opposite(polarity))}`;
      case 'and':
        return `(${expression.operands.map((operand) => this.write(operand, polarity)).join(' && ')})`;
      case 'or':
        return `(${expression.operands.map((operand) => this.write(operand, polarity)).join(' || ')})`;
      case 'implies':
        return `(!${this.write(expression.left, opposite(polarity))} || ${this.write(expression.right, polarity)})`;
      case 'comparison':
        return this.#comparison(expression, polarity) ?? this.#byClosure(expression, polarity);
      case 'membership':
        return this.#membership(expression, polarity) ?? this.#byClosure(expression, polarity);
      case 'has':
        return this.#has(expression.operand, polarity);
      case 'exists':
        return this.#exists(expression.operand, polarity) ?? this.#byClosure(expression, polarity);
      case 'attribute':
      case 'index':
        return `(${this.#value(expression)} ${polarity === 'certainly' ? '=== true' : '!== false'})`;
      default:
        return this.#byClosure(expression, polarity);
    }
  }

  #byClosure(expression: CheckedExpression, polarity: Polarity): string {
    return `${this.#writer.bind(this.#context[polarity](expression))}(input)`;
  }

  #value(expression: CheckedExpression): string {
    return writeValue(expression, this.#writer, this.#context);
  }

  #has(operand: CheckedExpression, polarity: Polarity): string {
    if (polarity === 'possibly') return `(${this.#value(operand)} !== undefined)`;
    const value = this.#writer.temporary();
    return `(${value} = ${this.#value(operand)}, ${this.#writer.isKnown(value)})`;
  }

  /** Undefined where it may be an entity that requests supply, for which no store speaks. */
  #exists(operand: CheckedExpression, polarity: Polarity): string | undefined {
    const { entities } = this.#context.schema;
    const types = operand.type.kind === 'reference' ? operand.type.entities : [];
    if (types.some((type) => entities.get(type)?.storage === 'supplied')) return undefined;
    const reference = this.#writer.temporary();
    const record = this.#writer.temporary();
    const found = `${reference} = ${this.#value(operand)}`;
    const load = `${record} = input.record(${reference})`;
    return polarity === 'certainly'
      ? `(${found}, ${this.#writer.isKnown(reference)} && (${load}, ${record} !== undefined && ${record} !== null))`
      : `(${found}, ${reference} !== undefined && (${reference} === ${this.#writer.bind(UNKNOWN)} || (${load}) !== null))`;
  }

  /** Where a value is missing it is not certain, yet possible. */
  #whereKnown(expression: CheckedExpression, into: string, polarity: Polarity, rest: string): string {
    const found = `${into} = ${this.#value(expression)}`;
    return polarity === 'certainly'
      ? `(${found}, ${this.#writer.isKnown(into)} && ${rest})`
      : `(${found}, ${this.#writer.isMissing(into)} || ${rest})`;
  }

  /** Undefined for one that moves with `now` in a way that is not affine. */
  #comparison(expression: CheckedComparison, polarity: Polarity): string | undefined {
    const { left, right } = expression;
    const [leftSlope, rightSlope] = [slopeOf(left), slopeOf(right)];
    if (leftSlope === undefined || rightSlope === undefined) return undefined;
    const writer = this.#writer;
    const [a, b] = [writer.temporary(), writer.temporary()];
    const compares = this.#compares(expression, a, b);
    const slope = leftSlope - rightSlope;
    if (slope === 0)
      return this.#whereKnown(left, a, polarity, this.#whereKnown(right, b, polarity, compares));
    const flip = writer.temporary();
    const when = `${writer.bind(flipOf)}(${writer.bind(expression.operator)}, ${a} - ${b}, ${writer.bind(slope)}, input.now)`;
    return `(${a} = ${this.#value(left)},
      ${b} = ${this.#value(right)},
      ${writer.isMissing(a)} || ${writer.isMissing(b)}
        ? ${polarity === 'possibly'}
        : ((${flip} = ${when}) < input.flipsAt && (input.flipsAt = ${flip}), ${compares}))`;
  }

  /** How two known values are compared: enums by rank, references and addresses by key, all else by value. */
  #compares({ operator, operands }: CheckedComparison, a: string, b: string): string {
    if (operator === '==' || operator === '!=') {
      const equal = this.#areEqual(operands.kind, a, b);
      return operator === '==' ? equal : `!${equal}`;
    }
    if (operands.kind !== 'enum') return `(${a} ${operator} ${b})`;
    // A rank that is not there is undefined, which no comparison holds for.
    const ranks = this.#writer.bind(this.#context.schema.enums.get(operands.name)?.rank ?? NO_RANKS);
    return `(${ranks}.get(${a}) ${operator} ${ranks}.get(${b}))`;
  }

  #areEqual(kind: string, a: string, b: string): string {
    if (isPrimitive(kind)) return `(${a} === ${b})`;
    if (kind === 'reference') return `${a}.equals(${b})`;
    const key = this.#writer.bind(keyOf);
    return `(${a} === ${b} || ${key}(${a}) === ${key}(${b}))`;
  }

  /** Undefined for one that moves with `now`. */
  #membership({ element, collection }: CheckedMembership, polarity: Polarity): string | undefined {
    if (slopeOf(element) !== 0 || slopeOf(collection) !== 0) return undefined;
    const writer = this.#writer;
    const one = writer.temporary();
    const key = isPrimitive(element.type.kind) ? one : `${writer.bind(keyOf)}(${one})`;
    const keys = constantKeys(collection);
    if (keys !== undefined)
      return this.#whereKnown(element, one, polarity, `${writer.bind(keys)}.has(${key})`);
    const all = writer.temporary();
    const within = `${writer.bind(holds)}(${all}, ${key})`;
    const judged = `(${within} ${polarity === 'certainly' ? '=== true' : '!== false'})`;
    return this.#whereKnown(element, one, polarity, this.#whereKnown(collection, all, polarity, judged));
  }
}

const NO_RANKS: ReadonlyMap<string, number> = new Map();

function opposite(polarity: Polarity): Polarity {
  return polarity === 'certainly' ? 'possibly' : 'certainly';
}
