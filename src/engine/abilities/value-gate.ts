import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { BOOL } from '../../dsl/types/types.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { Predicate } from '../compile/decision-input.ts';
import { pathName, rememberedPath } from '../compile/remembered-path.ts';
import type { LoweredRule } from './lowered-rule.ts';

/** Whether a rule is a forbid that a gate can speak for: a choice of conditions, each on one value of the request. */
export function isGateable(rule: LoweredRule): boolean {
  return alternativesOf(rule) !== undefined;
}

/**
 * Whether one of the forbids may apply, all of which are gateable: by one look at each of the values that they hang on,
 * since what they say together of a value is remembered as one condition.
 */
export function valueGate(rules: readonly LoweredRule[], compiler: Compiler): Predicate {
  const byPath = new Map<string, CheckedExpression[]>();
  for (const { path, condition } of rules.flatMap((rule) => alternativesOf(rule) ?? [])) {
    const conditions = byPath.get(pathName(path));
    if (conditions === undefined) byPath.set(pathName(path), [condition]);
    else conditions.push(condition);
  }
  return compiler.possibly(anyOf([...byPath.values()].map(anyOf)));
}

/** A condition and the one path that it hangs on. */
interface Alternative {
  readonly path: CheckedExpression;
  readonly condition: CheckedExpression;
}

function alternativesOf({ effect, origin, condition }: LoweredRule): readonly Alternative[] | undefined {
  if (effect !== 'forbid' || condition === undefined) return undefined;
  if (origin.kind === 'rule' && origin.rule.origin.kind === 'mode') return undefined;
  return split(condition);
}

/** The condition as a choice, `not (a and b)` being one of `not a` and `not b`; undefined where it is none that fits. */
function split(condition: CheckedExpression): readonly Alternative[] | undefined {
  const path = rememberedPath(condition);
  if (path !== undefined) return isOfRequest(path) ? [{ path, condition }] : undefined;
  const operands = choicesOf(condition);
  if (operands === undefined) return undefined;
  const alternatives: Alternative[] = [];
  for (const operand of operands) {
    const found = split(operand);
    if (found === undefined) return undefined;
    alternatives.push(...found);
  }
  return alternatives;
}

function choicesOf(condition: CheckedExpression): readonly CheckedExpression[] | undefined {
  if (condition.kind === 'or') return condition.operands;
  if (condition.kind !== 'not' || condition.operand.kind !== 'and') return undefined;
  return condition.operand.operands.map((operand) => ({ ...condition, operand }));
}

/** Whether reading a path asks no store, so that it can be read before its turn. */
function isOfRequest(path: CheckedExpression): boolean {
  switch (path.kind) {
    case 'identifier':
      return path.object.kind === 'variable';
    case 'attribute':
      return path.object.type.kind !== 'reference' && isOfRequest(path.object);
    case 'variable':
      return path.name === 'context';
    default:
      return false;
  }
}

function anyOf(operands: readonly CheckedExpression[]): CheckedExpression {
  const [first, ...others] = operands;
  if (first === undefined) throw new RangeError('a choice of nothing');
  return others.length === 0 ? first : { kind: 'or', operands, type: BOOL, node: first.node };
}
