import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { WRITE_AFTER } from '../../dsl/function-writer.ts';
import { assertNever } from '../../dsl/syntax/ast.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import { UNKNOWN } from '../../dsl/types/values.ts';
import { compileArithmetic, compileNegation } from './compile-arithmetic.ts';
import { compileCall } from './compile-call.ts';
import {
  compileCollection,
  compileMembership,
  compileOverlap,
  compileQuantifier,
} from './compile-collections.ts';
import { compileComparison, compileRiskComparison } from './compile-comparison.ts';
import {
  ALWAYS,
  type CompileContext,
  constantly,
  isCondition,
  NEVER,
  type Polarities,
} from './compile-context.ts';
import { compileAttribute, compileIdentifier, compileIndex, compileVariable } from './compile-paths.ts';
import { compileExists, compileHas, compileInNetwork, compileIs, compileMatches } from './compile-tests.ts';
import type { Predicate, ValueOf } from './decision-input.ts';
import { recordReads } from './record-reads.ts';
import { rememberedPath } from './remembered-path.ts';
import { SingleValueMemos } from './single-value.ts';

/**
 * Turns checked expressions into closures over the input of a decision: values, and for conditions the two-valued
 * formulas *certainly true* and *possibly true* of strong Kleene logic. What is one object is compiled once, so
 * shared `let`s stay shared.
 */
export class Compiler implements CompileContext {
  readonly schema: Schema;
  readonly recording: boolean;
  /** How often closures answer before a function is written for what they answer. */
  readonly writeAfter: number;
  readonly #plain: Compiler;
  readonly #values = new Map<CheckedExpression, ValueOf>();
  readonly #polarities = new Map<CheckedExpression, Polarities>();
  readonly #memos = new SingleValueMemos();
  #isRemembering = false;

  /** With a `plain` compiler, compiles the variant that writes what it reads to the input's recorder, at some cost. */
  constructor(schema: Schema, plain?: Compiler, writeAfter: number = WRITE_AFTER) {
    this.schema = schema;
    this.writeAfter = writeAfter;
    this.recording = plain !== undefined;
    this.#plain = plain ?? this;
  }

  prefix(expression: CheckedExpression): ValueOf {
    return this.#plain.value(expression);
  }

  certainly(expression: CheckedExpression): Predicate {
    return this.#condition(expression).certainly;
  }

  possibly(expression: CheckedExpression): Predicate {
    return this.#condition(expression).possibly;
  }

  value(expression: CheckedExpression): ValueOf {
    let compiled = this.#values.get(expression);
    if (compiled === undefined) {
      compiled = this.#compileValue(expression);
      if (this.recording) compiled = recordReads(expression, compiled, this.#plain);
      this.#values.set(expression, compiled);
    }
    return compiled;
  }

  #condition(expression: CheckedExpression): Polarities {
    let compiled = this.#polarities.get(expression);
    if (compiled === undefined) {
      compiled = this.#compileRemembered(expression);
      this.#polarities.set(expression, compiled);
    }
    return compiled;
  }

  /** What is remembered as a whole need not be remembered in its parts. */
  #compileRemembered(expression: CheckedExpression): Polarities {
    const path = this.recording || this.#isRemembering ? undefined : rememberedPath(expression);
    if (path === undefined) return this.#compileCondition(expression);
    this.#isRemembering = true;
    const compiled = this.#compileCondition(expression);
    this.#isRemembering = false;
    return this.#memos.remember(expression, path, compiled, this);
  }

  #compileValue(expression: CheckedExpression): ValueOf {
    if (isCondition(expression)) {
      const { certainly, possibly } = this.#condition(expression);
      return (input) => certainly(input) || (possibly(input) ? UNKNOWN : false);
    }
    switch (expression.kind) {
      case 'constant':
        return constantly(expression.value);
      case 'variable':
        return compileVariable(expression);
      case 'local': {
        const slot = expression.slot as 0 | 1 | 2;
        return (input) => input.locals[slot];
      }
      case 'identifier':
        return compileIdentifier(expression, this);
      case 'attribute':
        return compileAttribute(expression, this);
      case 'index':
        return compileIndex(expression, this);
      case 'collection':
        return compileCollection(expression, this);
      case 'call':
        return compileCall(expression, this);
      case 'arithmetic':
        return compileArithmetic(expression, this);
      case 'negation':
        return compileNegation(expression, this);
      default:
        throw new Error(`no value of \`${expression.kind}\``);
    }
  }

  #compileCondition(expression: CheckedExpression): Polarities {
    switch (expression.kind) {
      case 'constant':
        return expression.value === true
          ? { certainly: ALWAYS, possibly: ALWAYS }
          : { certainly: NEVER, possibly: NEVER };
      case 'not': {
        const { certainly, possibly } = this.#condition(expression.operand);
        return { certainly: (input) => !possibly(input), possibly: (input) => !certainly(input) };
      }
      case 'and':
        return {
          certainly: allOf(expression.operands.map((operand) => this.certainly(operand))),
          possibly: allOf(expression.operands.map((operand) => this.possibly(operand))),
        };
      case 'or':
        return {
          certainly: someOf(expression.operands.map((operand) => this.certainly(operand))),
          possibly: someOf(expression.operands.map((operand) => this.possibly(operand))),
        };
      case 'implies': {
        const left = this.#condition(expression.left);
        const right = this.#condition(expression.right);
        return {
          certainly: (input) => !left.possibly(input) || right.certainly(input),
          possibly: (input) => !left.certainly(input) || right.possibly(input),
        };
      }
      case 'comparison':
        return compileComparison(expression, this);
      case 'riskComparison':
        return compileRiskComparison(expression, this);
      case 'membership':
        return compileMembership(expression, this);
      case 'overlap':
        return compileOverlap(expression, this);
      case 'inNetwork':
        return compileInNetwork(expression, this);
      case 'matches':
        return compileMatches(expression, this);
      case 'is':
        return compileIs(expression, this);
      case 'has':
        return compileHas(expression, this);
      case 'exists':
        return compileExists(expression, this);
      case 'quantifier':
        return compileQuantifier(expression, this);
      case 'variable':
      case 'local':
      case 'identifier':
      case 'attribute':
      case 'index':
      case 'collection':
      case 'call':
      case 'arithmetic':
      case 'negation': {
        const value = this.value(expression);
        return { certainly: (input) => value(input) === true, possibly: (input) => value(input) !== false };
      }
      default:
        return assertNever(expression);
    }
  }
}

/** Conjunction as a loop, so that long chains cost no stack. */
function allOf(operands: readonly Predicate[]): Predicate {
  const [first, second, third] = operands;
  if (operands.length === 2 && first !== undefined && second !== undefined) {
    return (input) => first(input) && second(input);
  }
  if (operands.length === 3 && first !== undefined && second !== undefined && third !== undefined) {
    return (input) => first(input) && second(input) && third(input);
  }
  return (input) => {
    for (const operand of operands) if (!operand(input)) return false;
    return true;
  };
}

function someOf(operands: readonly Predicate[]): Predicate {
  const [first, second, third] = operands;
  if (operands.length === 2 && first !== undefined && second !== undefined) {
    return (input) => first(input) || second(input);
  }
  if (operands.length === 3 && first !== undefined && second !== undefined && third !== undefined) {
    return (input) => first(input) || second(input) || third(input);
  }
  return (input) => {
    for (const operand of operands) if (operand(input)) return true;
    return false;
  };
}
