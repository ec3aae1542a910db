/**
 * A checked expression: names resolved, types known, `let`s expanded by sharing (the same object stands wherever the
 * same `let` is used with the same meaning, so it is a graph without cycles, not a tree). Compilers read this and
 * never the syntax tree.
 */
import type { Builtin } from '../builtins/builtin.ts';
import type { Expression } from '../syntax/ast.ts';
import type { Type } from '../types/types.ts';
import type { Value } from '../types/values.ts';

interface CheckedBase {
  readonly type: Type;
  /** Where it was written (inside a `let`, the place in the `let`). */
  readonly node: Expression;
}

/** A literal, an enum member, `cidr("…")`, `user("…")`, or a list or set of such. */
export interface CheckedConstant extends CheckedBase {
  readonly kind: 'constant';
  readonly value: Value;
}
/** `subject` and `resource` have reference types of one entity, `action` and `context` record types. */
export interface CheckedVariable extends CheckedBase {
  readonly kind: 'variable';
  readonly name: 'subject' | 'resource' | 'action' | 'context' | 'now' | 'risk';
}
/** A quantifier's variable; `slot` is unique along any way from the root (at most 3 are alive at once: 0, 1, 2). */
export interface CheckedLocal extends CheckedBase {
  readonly kind: 'local';
  readonly slot: number;
  readonly name: string;
}
/** `.id` of a reference. */
export interface CheckedIdentifier extends CheckedBase {
  readonly kind: 'identifier';
  readonly object: CheckedExpression;
}
/** `.name` of a reference (a walk to the record) or of a record. `optional`: may be absent in a record that is there. */
export interface CheckedAttribute extends CheckedBase {
  readonly kind: 'attribute';
  readonly object: CheckedExpression;
  readonly name: string;
  readonly optional: boolean;
}
/** `map[key]`; a key that is not there is absent. */
export interface CheckedIndex extends CheckedBase {
  readonly kind: 'index';
  readonly object: CheckedExpression;
  readonly key: CheckedExpression;
}
/** A list or set with operands that are no constants. */
export interface CheckedCollection extends CheckedBase {
  readonly kind: 'collection';
  readonly items: readonly CheckedExpression[];
}
export interface CheckedCall extends CheckedBase {
  readonly kind: 'call';
  readonly builtin: Builtin;
  readonly arguments: readonly CheckedExpression[];
}
export interface CheckedNot extends CheckedBase {
  readonly kind: 'not';
  readonly operand: CheckedExpression;
}
/** `and`, `or` with at least two operands in the order of the text, nested ones of the same kind flattened. */
export interface CheckedJunction extends CheckedBase {
  readonly kind: 'and' | 'or';
  readonly operands: readonly CheckedExpression[];
}
export interface CheckedImplies extends CheckedBase {
  readonly kind: 'implies';
  readonly left: CheckedExpression;
  readonly right: CheckedExpression;
}
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
/**
 * A comparison; `operands` is the common type (enums by rank, references by key, numbers and times by value, strings
 * by code unit). References to unlike entity types are merely unequal.
 */
export interface CheckedComparison extends CheckedBase {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: CheckedExpression;
  readonly right: CheckedExpression;
  readonly operands: Type;
}
/** `risk >= 80` (the sides swapped so that risk is on the left). */
export interface CheckedRiskComparison extends CheckedBase {
  readonly kind: 'riskComparison';
  readonly operator: ComparisonOperator;
  readonly threshold: CheckedExpression;
}
/** `element in collection`, `collection contains element`; the collection is a set or a list. */
export interface CheckedMembership extends CheckedBase {
  readonly kind: 'membership';
  readonly element: CheckedExpression;
  readonly collection: CheckedExpression;
}
/** `left contains any right`, `left contains all right`; both are sets or lists. */
export interface CheckedOverlap extends CheckedBase {
  readonly kind: 'overlap';
  readonly quantifier: 'any' | 'all';
  readonly left: CheckedExpression;
  readonly right: CheckedExpression;
}
/** `ip in cidr`. */
export interface CheckedInNetwork extends CheckedBase {
  readonly kind: 'inNetwork';
  readonly address: CheckedExpression;
  readonly network: CheckedExpression;
}
export interface CheckedMatches extends CheckedBase {
  readonly kind: 'matches';
  readonly operand: CheckedExpression;
  readonly pattern: string;
}
export interface CheckedIs extends CheckedBase {
  readonly kind: 'is';
  readonly operand: CheckedExpression;
  readonly entity: string;
}
/** `has path`; the operand is an attribute, index or call (of a builtin that may be absent). */
export interface CheckedHas extends CheckedBase {
  readonly kind: 'has';
  readonly operand: CheckedExpression;
}
/** `exists reference`: false only when the store says that there is no record (or the optional reference is absent). */
export interface CheckedExists extends CheckedBase {
  readonly kind: 'exists';
  readonly operand: CheckedExpression;
}
/** Over a set, a list, or the keys of a map. */
export interface CheckedQuantifier extends CheckedBase {
  readonly kind: 'quantifier';
  readonly quantifier: 'any' | 'every';
  readonly slot: number;
  readonly collection: CheckedExpression;
  readonly body: CheckedExpression;
}
/** int, float, time and duration arithmetic; an int result beyond ±(2^53−1) or a float that is not finite is unknown. */
export interface CheckedArithmetic extends CheckedBase {
  readonly kind: 'arithmetic';
  readonly operator: '+' | '-' | '*';
  readonly left: CheckedExpression;
  readonly right: CheckedExpression;
}
export interface CheckedNegation extends CheckedBase {
  readonly kind: 'negation';
  readonly operand: CheckedExpression;
}

export type CheckedExpression =
  | CheckedConstant
  | CheckedVariable
  | CheckedLocal
  | CheckedIdentifier
  | CheckedAttribute
  | CheckedIndex
  | CheckedCollection
  | CheckedCall
  | CheckedNot
  | CheckedJunction
  | CheckedImplies
  | CheckedComparison
  | CheckedRiskComparison
  | CheckedMembership
  | CheckedOverlap
  | CheckedInNetwork
  | CheckedMatches
  | CheckedIs
  | CheckedHas
  | CheckedExists
  | CheckedQuantifier
  | CheckedArithmetic
  | CheckedNegation;
