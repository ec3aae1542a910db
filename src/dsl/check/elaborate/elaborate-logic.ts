import type {
  BinaryExpression,
  Expression,
  QuantifierExpression,
  UnaryExpression,
} from '../../syntax/ast.ts';
import { BOOL, showType, type Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import { MAXIMUM_NODES } from '../size.ts';
import { certainTruth, truth } from './elaborate-literals.ts';
import { showBound } from './elaborate-names.ts';
import { type Elaboration, innerScope, narrowScope, type Scope } from './elaboration.ts';
import { narrowingsOf } from './narrowing.ts';

/** Quantifiers nest at most this deep. */
const MAXIMUM_QUANTIFIERS = 3;

/** An operand of a chain of `and` or `or`; `negated` for what stands after `unless`. */
export interface Operand {
  readonly written: Expression;
  readonly negated: boolean;
}

/** The operands of `a and b and c`, however long the chain. */
export function operandsOf(written: BinaryExpression): Operand[] {
  const operands: Operand[] = [];
  let left: Expression = written;
  while (left.kind === 'binaryExpression' && left.operator === written.operator) {
    operands.push({ written: left.right, negated: false });
    left = left.left;
  }
  operands.push({ written: left, negated: false });
  return operands.toReversed();
}

/** Operands from left to right, each in the light of those before it; what a certain one decides is not looked at. */
export function elaborateJunction(
  e: Elaboration,
  kind: 'and' | 'or',
  operands: readonly (Operand | CheckedExpression)[],
  node: Expression,
  scope: Scope,
): CheckedExpression | undefined {
  const inner = innerScope(scope);
  const neutral = kind === 'and';
  const checked: CheckedExpression[] = [];
  let failed = false;
  for (const [index, operand] of operands.entries()) {
    let one: CheckedExpression | undefined;
    if ('kind' in operand) one = operand;
    else {
      one = e.condition(operand.written, inner);
      if (one !== undefined && operand.negated) one = negate(one, operand.written);
    }
    if (one === undefined) {
      failed = true;
      continue;
    }
    const certain = certainTruth(one);
    if (certain === neutral) continue;
    if (certain !== undefined) {
      for (const rest of operands.slice(index + 1)) if (!('kind' in rest)) e.noteSkipped(rest.written);
      return failed ? undefined : truth(node, certain);
    }
    narrowScope(inner, narrowingsOf(one, neutral));
    if (one.kind !== kind) checked.push(one);
    else for (const nested of one.operands) checked.push(nested);
    if (checked.length > MAXIMUM_NODES) {
      e.report('conditionTooLarge', node.span, { most: MAXIMUM_NODES });
      return undefined;
    }
  }
  if (failed) return undefined;
  const [only] = checked;
  if (only === undefined) return truth(node, neutral);
  return checked.length === 1 ? only : { kind, type: BOOL, node, operands: checked };
}

function negate(operand: CheckedExpression, node: Expression): CheckedExpression {
  const certain = certainTruth(operand);
  return certain === undefined ? { kind: 'not', type: BOOL, node, operand } : truth(node, !certain);
}

export function elaborateNot(
  e: Elaboration,
  written: UnaryExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const operand = e.condition(written.operand, scope);
  return operand === undefined ? undefined : negate(operand, written);
}

export function elaborateImplies(
  e: Elaboration,
  written: BinaryExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const left = e.condition(written.left, scope);
  const certain = left === undefined ? undefined : certainTruth(left);
  if (certain === false) {
    e.noteSkipped(written.right);
    return truth(written, true);
  }
  const inner = innerScope(scope);
  if (left !== undefined) narrowScope(inner, narrowingsOf(left, true));
  const right = e.condition(written.right, inner);
  if (left === undefined || right === undefined) return undefined;
  if (certain === true) return right;
  const settled = certainTruth(right);
  if (settled === true) return truth(written, true);
  return settled === false
    ? negate(left, written)
    : { kind: 'implies', type: BOOL, node: written, left, right };
}

/** `any x in LIST: (EXPR)`; over a map the variable is a key. */
export function elaborateQuantifier(
  e: Elaboration,
  written: QuantifierExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const collection = e.elaborate(written.collection, scope);
  const name = written.variable.text;
  const bound = e.bindingOf(name, scope);
  if (bound !== undefined) {
    e.report('hidingName', written.variable.span, { name, hidden: showBound(bound, name) });
    return undefined;
  }
  if (scope.depth >= MAXIMUM_QUANTIFIERS) {
    e.report('tooManyQuantifiers', written.span, { most: MAXIMUM_QUANTIFIERS });
    return undefined;
  }
  if (collection === undefined) return undefined;
  const type = boundType(collection.type);
  if (type === undefined) {
    e.report('typeMismatch', written.collection.span, {
      expected: 'a set, a list or a map',
      found: `a value of type \`${showType(collection.type)}\``,
    });
    return undefined;
  }
  const locals = new Map(scope.locals);
  locals.set(name, { kind: 'variable', slot: scope.depth, type });
  const inner: Scope = { parent: scope, locals, depth: scope.depth + 1, narrowings: undefined };
  const body = e.condition(written.body, inner);
  if (body === undefined) return undefined;
  const { quantifier } = written;
  return { kind: 'quantifier', type: BOOL, node: written, quantifier, slot: scope.depth, collection, body };
}

function boundType(type: Type): Type | undefined {
  if (type.kind === 'set' || type.kind === 'list') return type.element;
  return type.kind === 'map' ? type.key : undefined;
}
