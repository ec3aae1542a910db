import type {
  CheckedComparison,
  CheckedExpression,
  CheckedInNetwork,
  CheckedMembership,
  CheckedQuantifier,
} from '../../../dsl/check/checked.ts';
import { networkContains } from '../../../dsl/types/parse-ip.ts';
import { keyOf, UNKNOWN, type Unknown, type Value, ValueSet } from '../../../dsl/types/values.ts';
import { flipOf, slopeOf } from '../affine.ts';
import { constantKeys, elementsOf, holds, isPartial as mayHoldMore } from '../compile-collections.ts';
import { type CompileContext, isPrimitive } from '../compile-context.ts';
import type { Predicate } from '../decision-input.ts';
import { rememberedPath } from '../remembered-path.ts';
import type { CodeWriter } from './code-writer.ts';
import { sizeOf, timesOf } from './size-of.ts';
import { writeKnown, writeValue } from './write-value.ts';

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
    : writeClosure(context[polarity](expression), polarity, writer);
}

/** A closure does not say whether it met something unknown. */
function writeClosure(closure: Predicate, polarity: Polarity, writer: CodeWriter): string {
  return noted(`${writer.bind(closure)}(input)`, polarity, writer);
}

/** A condition that has the answer of the polarity where it is unknown. */
function noted(condition: string, polarity: Polarity, writer: CodeWriter): string {
  return polarity === 'certainly' ? writer.orUnknown(condition) : writer.andUnknown(condition);
}

/** The same of a condition on the one path whose value is given, where `closure` does not ask what is remembered of the value. */
export function writeOfGiven(
  expression: CheckedExpression,
  polarity: Polarity,
  closure: Predicate,
  writer: CodeWriter,
  context: CompileContext,
): string {
  const ofWhole = writeClosure(closure, polarity, writer);
  return writer.takes(sizeOf(expression))
    ? (new ConditionWriter(writer, context).writePart(expression, polarity) ?? ofWhole)
    : ofWhole;
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
    // What is remembered by a value is the closure's, which is written itself.
    if (!this.#writer.hasGiven && rememberedPath(expression) !== undefined)
      return this.#byClosure(expression, polarity);
    return this.writePart(expression, polarity) ?? this.#byClosure(expression, polarity);
  }

  /** Undefined for a condition that is left to its closure as a whole. */
  writePart(expression: CheckedExpression, polarity: Polarity): string | undefined {
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
        return this.#comparison(expression, polarity);
      case 'membership':
        return this.#membership(expression, polarity);
      case 'inNetwork':
        return this.#inNetwork(expression, polarity);
      case 'quantifier':
        return this.#quantifier(expression, polarity);
      case 'has':
        return this.#has(expression.operand, polarity);
      case 'exists':
        return this.#exists(expression.operand, polarity);
      case 'attribute':
      case 'index':
      case 'call':
      case 'local':
        return this.#truth(this.#value(expression), polarity);
      default:
        return undefined;
    }
  }

  #byClosure(expression: CheckedExpression, polarity: Polarity): string {
    return writeClosure(this.#context[polarity](expression), polarity, this.#writer);
  }

  #value(expression: CheckedExpression): string {
    return writeValue(expression, this.#writer, this.#context);
  }

  /** What stands for a condition that is unknown. */
  #unknown(polarity: Polarity): string {
    return noted(polarity === 'certainly' ? 'false' : 'true', polarity, this.#writer);
  }

  /** A truth value that may be missing. */
  #truth(value: string, polarity: Polarity): string {
    const truth = this.#writer.temporary();
    return `(${truth} = ${value}, ${truth} === true || ${truth} !== false && ${this.#unknown(polarity)})`;
  }

  #has(operand: CheckedExpression, polarity: Polarity): string {
    const writer = this.#writer;
    const value = writer.temporary();
    return `(${value} = ${this.#value(operand)},
      ${value} !== undefined && (${value} !== ${writer.bind(UNKNOWN)} || ${this.#unknown(polarity)}))`;
  }

  /** Undefined where it may be an entity that requests supply, for which no store speaks. */
  #exists(operand: CheckedExpression, polarity: Polarity): string | undefined {
    const { entities } = this.#context.schema;
    const types = operand.type.kind === 'reference' ? operand.type.entities : [];
    if (types.some((type) => entities.get(type)?.storage === 'supplied')) return undefined;
    const writer = this.#writer;
    const [reference, record] = [writer.temporary(), writer.temporary()];
    const unknown = `${reference} === ${writer.bind(UNKNOWN)}`;
    const load = `${record} = input.record(${reference})`;
    return `(${reference} = ${this.#value(operand)}, ${reference} !== undefined
      && (${unknown} || (${load}) === undefined ? ${this.#unknown(polarity)} : ${record} !== null))`;
  }

  /** Where the value is missing it is not certain, yet possible; else it is as `rest` says of the variable that has it. */
  #whereKnown(expression: CheckedExpression, polarity: Polarity, rest: (known: string) => string): string {
    const known = writeKnown(expression, this.#writer);
    if (known !== undefined) return rest(known);
    const into = this.#writer.temporary();
    const found = `${into} = ${this.#value(expression)}`;
    return polarity === 'certainly'
      ? `(${found}, ${this.#writer.orUnknown(this.#writer.isKnown(into))} && ${rest(into)})`
      : `(${found}, ${this.#writer.andUnknown(this.#writer.isMissing(into))} || ${rest(into)})`;
  }

  /** Undefined for one that moves with `now` in a way that is not affine. */
  #comparison(expression: CheckedComparison, polarity: Polarity): string | undefined {
    const { left, right } = expression;
    const [leftSlope, rightSlope] = [slopeOf(left), slopeOf(right)];
    if (leftSlope === undefined || rightSlope === undefined) return undefined;
    const slope = leftSlope - rightSlope;
    if (slope === 0)
      return this.#whereKnown(left, polarity, (a) =>
        this.#whereKnown(right, polarity, (b) => this.#compares(expression, a, b)),
      );
    const writer = this.#writer;
    const [a, b, flip] = [writer.temporary(), writer.temporary(), writer.temporary()];
    const when = `${writer.bind(flipOf)}(${writer.bind(expression.operator)}, ${a} - ${b}, ${writer.bind(slope)}, input.now)`;
    return `(${a} = ${this.#value(left)},
      ${b} = ${this.#value(right)},
      ${writer.isMissing(a)} || ${writer.isMissing(b)}
        ? ${this.#unknown(polarity)}
        : ((${flip} = ${when}) < input.flipsAt && (input.flipsAt = ${flip}), ${this.#compares(expression, a, b)}))`;
  }

  #inNetwork({ address, network }: CheckedInNetwork, polarity: Polarity): string {
    return this.#whereKnown(address, polarity, (ip) =>
      this.#whereKnown(
        network,
        polarity,
        (within) => `${this.#writer.bind(networkContains)}(${within}, ${ip})`,
      ),
    );
  }

  /** One over a few literals is written out for each, others are a loop; undefined for one over many that hangs on what is given. */
  #quantifier(
    { quantifier, collection, body, slot }: CheckedQuantifier,
    polarity: Polarity,
  ): string | undefined {
    const writer = this.#writer;
    const items = collection.kind === 'constant' ? literalItems(collection.value) : undefined;
    if (items !== undefined && writer.takes(timesOf(sizeOf(body), items.length - 1))) {
      const bodies = items.map((item) => this.#body(body, slot, writer.bind(item), polarity));
      return `(${bodies.join(quantifier === 'any' ? ' || ' : ' && ')})`;
    }
    // A function of its own would not know what is given.
    if (writer.hasGiven) return undefined;
    const isAny = quantifier === 'any';
    const loop = writer.helper('all', () => {
      const element = `element${slot}`;
      const asked = this.#body(body, slot, element, polarity);
      const isPartial = `${writer.bind(mayHoldMore)}(all)`;
      return `for (const ${element} of ${writer.bind(elementsOf)}(all)) if (${isAny ? asked : `!${asked}`}) return ${isAny};
        return ${isAny ? `${isPartial} &&` : `!${isPartial} ||`} ${this.#unknown(polarity)};`;
    });
    return this.#whereKnown(collection, polarity, (all) => `${loop}(input, ${all})`);
  }

  /** The body of a quantifier for one element, which closures within it are told of. */
  #body(body: CheckedExpression, slot: number, element: string, polarity: Polarity): string {
    const written = this.#writer.withLocal(slot, element, () => this.write(body, polarity));
    return `(input.locals[${slot}] = ${element}, ${written})`;
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
    const keyed = (one: string): string =>
      isPrimitive(element.type.kind) ? one : `${writer.bind(keyOf)}(${one})`;
    const keys = constantKeys(collection);
    if (keys !== undefined)
      return this.#whereKnown(element, polarity, (one) => `${writer.bind(keys)}.has(${keyed(one)})`);
    return this.#whereKnown(element, polarity, (one) =>
      this.#whereKnown(collection, polarity, (all) =>
        this.#truth(`${writer.bind(holds)}(${all}, ${keyed(one)})`, polarity),
      ),
    );
  }
}

/** More literals than these are left to a loop. */
const MOST_LITERALS = 16;

/** What stands in a literal list or set; undefined of one with many, or with none, where nothing is to be written. */
function literalItems(value: Value): readonly Value[] | undefined {
  const items = value instanceof ValueSet && !value.partial ? [...value.items.values()] : value;
  if (!Array.isArray(items) || items.length === 0 || items.length > MOST_LITERALS) return undefined;
  const all = items as readonly (Value | Unknown)[];
  return all.includes(UNKNOWN) ? undefined : (all as readonly Value[]);
}

const NO_RANKS: ReadonlyMap<string, number> = new Map();

function opposite(polarity: Polarity): Polarity {
  return polarity === 'certainly' ? 'possibly' : 'certainly';
}
