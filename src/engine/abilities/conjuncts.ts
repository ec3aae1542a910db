import type { CheckedExpression } from '../../dsl/check/checked.ts';
import type { Key } from '../../dsl/types/values.ts';
import { ALWAYS } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { Predicate } from '../compile/decision-input.ts';
import { type LiteralConstraint, literalConstraints } from './literal-keys.ts';
import type { LoweredRule } from './lowered-rule.ts';

/** One of the conditions that a rule's condition is the conjunction of. */
export interface Conjunct {
  readonly expression: CheckedExpression;
  /** What the selector must give for it to be true, where that is all that it says. */
  readonly says: LiteralConstraint | undefined;
}

/** The conjuncts of a rule's condition; none of a rule that hangs on more than its condition. */
export function conjunctsOf({ origin, condition }: LoweredRule): readonly Conjunct[] {
  if (condition === undefined || origin.kind === 'limit' || origin.rule.origin.kind === 'mode') return [];
  const operands = condition.kind === 'and' ? condition.operands : [condition];
  return operands.map((expression) => ({ expression, says: sayingOf(expression) }));
}

/** What is left to ask once a place is known to have the value, or the member, of this key. */
export function openAfter(conjuncts: readonly Conjunct[], selector: string, key: Key): readonly Conjunct[] {
  const settles = ({ says }: Conjunct): boolean => says?.selector.name === selector && says.keys.has(key);
  return conjuncts.some(settles) ? conjuncts.filter((one) => !settles(one)) : conjuncts;
}

/**
 * Whether the rule applies (or, asked `possibly`, may hold) as far as that is open: the same function for rules of which
 * the same one thing is open.
 */
export function remaining(
  rule: LoweredRule,
  open: readonly Conjunct[],
  compiler: Compiler,
  asked: 'certainly' | 'possibly',
): Predicate {
  const isAsApplied = (rule.effect === 'permit') === (asked === 'certainly');
  if (conjunctsOf(rule).length === open.length) return isAsApplied ? rule.applies : rule.mayHold;
  const parts = open.map(({ expression }) => compiler[asked](expression));
  const [first, second, ...others] = parts;
  if (first === undefined) return ALWAYS;
  if (second === undefined) return first;
  if (others.length === 0) return (input) => first(input) && second(input);
  return (input) => parts.every((part) => part(input));
}

/** A comparison with literals says nothing but that; a combination, or that all of several are members, says more. */
function sayingOf(expression: CheckedExpression): LiteralConstraint | undefined {
  switch (expression.kind) {
    case 'comparison':
    case 'membership':
    case 'not':
    case 'attribute':
    case 'index':
      break;
    case 'overlap':
      if (expression.quantifier !== 'any') return undefined;
      break;
    default:
      return undefined;
  }
  const [only] = literalConstraints(expression).values();
  return only;
}
