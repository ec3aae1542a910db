import type { BinaryExpression, Expression, IsExpression, MatchesExpression } from '../../syntax/ast.ts';
import { BOOL, hasEquality, sameType, showType, type Type } from '../../types/types.ts';
import type { CheckedExpression, ComparisonOperator } from '../checked.ts';
import { MIRRORED } from '../comparison-operators.ts';
import { showPath } from '../paths.ts';
import { contextRank, truth } from './elaborate-literals.ts';
import { isAmbiguous } from './elaborate-names.ts';
import type { Elaboration, Scope } from './elaboration.ts';
import { elementOf, literalHelp } from './fits.ts';

/** `==`, `!=` and the orders. */
export function elaborateComparison(
  e: Elaboration,
  written: BinaryExpression,
  operator: ComparisonOperator,
  scope: Scope,
): CheckedExpression | undefined {
  const sides = elaborateSides(e, written.left, written.right, scope, (type) => type);
  if (sides === undefined) return undefined;
  const [left, right] = sides;
  const node = written;
  if (left.type.kind === 'risk' || right.type.kind === 'risk') {
    const swap = left.type.kind !== 'risk';
    const threshold = swap ? left : right;
    if (threshold.type.kind !== 'int') {
      e.report('riskMisused', written.span, {
        use: `not with a value of type \`${showType(threshold.type)}\``,
      });
      return undefined;
    }
    return {
      kind: 'riskComparison',
      type: BOOL,
      node,
      operator: swap ? MIRRORED[operator] : operator,
      threshold,
    };
  }
  for (const [side, at] of [[left, written.left] as const, [right, written.right] as const]) {
    if (hasEquality(side.type)) continue;
    e.report('noEquality', at.span, { type: showType(side.type) });
    return undefined;
  }
  const operands = commonType(left.type, right.type);
  if (operands === undefined) {
    e.report('unlikeOperands', written.span, {
      operator,
      left: showType(left.type),
      right: showType(right.type),
      help: literalHelp(left, right.type) ?? literalHelp(right, left.type),
    });
    return undefined;
  }
  if (operator !== '==' && operator !== '!=' && !isOrdered(e, operands)) {
    e.report('notOrdered', written.span, { type: showType(operands), operator });
    return undefined;
  }
  return { kind: 'comparison', type: BOOL, node, operator, left, right, operands };
}

/** Both operands; the one that knows its type goes first and says what the other is expected to be. */
function elaborateSides(
  e: Elaboration,
  left: Expression,
  right: Expression,
  scope: Scope,
  expectRight: (left: Type) => Type | undefined,
  expectLeft: (right: Type) => Type | undefined = expectRight,
): readonly [CheckedExpression, CheckedExpression] | undefined {
  const rightFirst = contextRank(e, left, scope) > contextRank(e, right, scope);
  const [first, second] = rightFirst ? [right, left] : [left, right];
  const one = e.elaborate(first, scope);
  // Without its other side, a bare name would only be reported as unknown.
  if (one === undefined && contextRank(e, second, scope) === 2) return undefined;
  const expect = rightFirst ? expectLeft : expectRight;
  const expected = one === undefined ? undefined : expect(one.type);
  const other = e.elaborate(second, scope, expected);
  if (one === undefined || other === undefined) return undefined;
  if (first.kind === 'nameExpression') {
    const bound = e.bindingOf(first.name, scope);
    const back = (rightFirst ? expectRight : expectLeft)(other.type);
    if (bound !== undefined && back !== undefined && isAmbiguous(e, first, bound, back)) return undefined;
  }
  return rightFirst ? [other, one] : [one, other];
}

/** The type in which two operands are compared; references to different entity types compare (as unequal). */
function commonType(a: Type, b: Type): Type | undefined {
  if (a.kind === 'reference' && b.kind === 'reference') {
    return { kind: 'reference', entities: [...new Set([...a.entities, ...b.entities])].toSorted() };
  }
  return sameType(a, b) ? a : undefined;
}

function isOrdered(e: Elaboration, type: Type): boolean {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'string':
    case 'time':
    case 'duration':
      return true;
    case 'enum':
      return e.schema.enums.get(type.name)?.ordered ?? false;
    default:
      return false;
  }
}

/** `element in collection`, `collection contains element`, `ip in cidr`. */
export function elaborateMembership(
  e: Elaboration,
  written: BinaryExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const [element, collection] =
    written.operator === 'in' ? [written.left, written.right] : [written.right, written.left];
  const sides = elaborateSides(e, element, collection, scope, setOfType, memberType);
  if (sides === undefined) return undefined;
  const [one, many] = sides;
  if (one.type.kind === 'risk' || many.type.kind === 'risk') {
    e.report('riskMisused', written.span, { use: `not used with \`${written.operator}\`` });
    return undefined;
  }
  const node = written;
  if (many.type.kind === 'cidr' && one.type.kind === 'ip' && written.operator === 'in') {
    return { kind: 'inNetwork', type: BOOL, node, address: one, network: many };
  }
  const held = elementOf(many.type);
  if (held !== undefined && commonType(held, one.type) !== undefined && hasEquality(held)) {
    return { kind: 'membership', type: BOOL, node, element: one, collection: many };
  }
  const help =
    many.type.kind === 'map'
      ? `write \`has ${showPath(many)}[…]\` to ask for a key`
      : held === undefined
        ? literalHelp(many, one.type.kind === 'ip' ? { kind: 'cidr' } : many.type)
        : literalHelp(one, held);
  e.report('unlikeOperands', written.span, {
    operator: written.operator,
    left: showType(written.operator === 'in' ? one.type : many.type),
    right: showType(written.operator === 'in' ? many.type : one.type),
    help: help ?? (held === undefined ? 'a set or a list is expected' : undefined),
  });
  return undefined;
}

function setOfType(type: Type): Type | undefined {
  return type.kind === 'risk' ? undefined : { kind: 'set', element: type };
}

function memberType(type: Type): Type | undefined {
  return type.kind === 'cidr' ? { kind: 'ip' } : elementOf(type);
}

/** `left contains any right`, `left contains all right`. */
export function elaborateOverlap(
  e: Elaboration,
  written: BinaryExpression,
  quantifier: 'any' | 'all',
  scope: Scope,
): CheckedExpression | undefined {
  const sides = elaborateSides(e, written.left, written.right, scope, (type) => type);
  if (sides === undefined) return undefined;
  const [left, right] = sides;
  const [a, b] = [elementOf(left.type), elementOf(right.type)];
  if (a !== undefined && b !== undefined && commonType(a, b) !== undefined && hasEquality(a)) {
    return { kind: 'overlap', type: BOOL, node: written, quantifier, left, right };
  }
  e.report('unlikeOperands', written.span, {
    operator: written.operator,
    left: showType(left.type),
    right: showType(right.type),
    help: 'both sides must be sets or lists of one type',
  });
  return undefined;
}

/** `text matches "pattern"`: RE2 syntax, matched against the whole text in linear time. */
export function elaborateMatches(
  e: Elaboration,
  written: MatchesExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const operand = e.elaborate(written.operand, scope);
  const pattern = written.pattern.value;
  const problem = e.patternProblem(pattern);
  if (problem !== undefined) {
    e.report('invalidPattern', written.pattern.span, { reason: problem });
    return undefined;
  }
  if (operand === undefined) return undefined;
  if (operand.type.kind !== 'string') {
    e.report('badOperand', written.operand.span, { operator: 'matches', type: showType(operand.type) });
    return undefined;
  }
  return { kind: 'matches', type: BOOL, node: written, operand, pattern };
}

/** `reference is type`; certain where the reference can only be of one type. */
export function elaborateIs(
  e: Elaboration,
  written: IsExpression,
  scope: Scope,
): CheckedExpression | undefined {
  const operand = e.elaborate(written.operand, scope);
  const entity = written.type.text;
  if (!e.schema.entities.has(entity)) {
    const suggestion = e.nearest(entity, e.schema.entities.keys());
    e.report('unknownType', written.type.span, { name: entity, suggestion });
    return undefined;
  }
  if (operand === undefined) return undefined;
  const { type } = operand;
  if (type.kind !== 'reference') {
    e.report('notAReference', written.operand.span, { operator: 'is', type: showType(type) });
    return undefined;
  }
  // Of `subject` and `resource` the answer is certain; anything else may be unknown, and unknown is not an answer.
  if (operand.kind === 'variable' || operand.kind === 'constant') {
    if (!type.entities.includes(entity)) return truth(written, false);
    if (type.entities.length === 1) return truth(written, true);
  }
  return { kind: 'is', type: BOOL, node: written, operand, entity };
}
