import type { CheckedExpression } from '../../dsl/check/checked.ts';
import type { Schema } from '../../dsl/types/schema.ts';
import { type Outcome, UNKNOWN, type Unknown, type Value } from '../../dsl/types/values.ts';
import type { Predicate, ValueOf } from './decision-input.ts';

/** What the parts of the compiler ask of the whole: the compiled form of any operand. */
export interface CompileContext {
  readonly schema: Schema;
  /** True of the variant that writes every path that it reads to the input's recorder. */
  readonly recording: boolean;
  /** How often closures answer before a function is written for what they answer. */
  readonly writeAfter: number;
  value(expression: CheckedExpression): ValueOf;
  /** The value of what a path goes on from: it is not recorded, since the whole path is. */
  prefix(expression: CheckedExpression): ValueOf;
  certainly(expression: CheckedExpression): Predicate;
  possibly(expression: CheckedExpression): Predicate;
}

/** The two formulas of one condition. */
export interface Polarities {
  readonly certainly: Predicate;
  readonly possibly: Predicate;
}

/** Whether there is nothing to compute with: reading what is absent is unknown. */
export function isMissing(outcome: Outcome): outcome is undefined | Unknown {
  return outcome === undefined || outcome === UNKNOWN;
}

/** Whether an expression is a condition by form, so that its value follows from its two formulas. */
export function isCondition(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'not':
    case 'and':
    case 'or':
    case 'implies':
    case 'comparison':
    case 'riskComparison':
    case 'membership':
    case 'overlap':
    case 'inNetwork':
    case 'matches':
    case 'is':
    case 'has':
    case 'exists':
    case 'quantifier':
      return true;
    default:
      return false;
  }
}

/** Whether all values of a type that are equal are equal to JavaScript (and so their own keys). */
export function isPrimitive(kind: string): boolean {
  switch (kind) {
    case 'bool':
    case 'int':
    case 'float':
    case 'string':
    case 'uuid':
    case 'time':
    case 'duration':
    case 'enum':
      return true;
    default:
      return false;
  }
}

export const ALWAYS: Predicate = () => true;
export const NEVER: Predicate = () => false;

/** A closure that gives one value whatever is asked. */
export function constantly(value: Value): ValueOf {
  return () => value;
}
