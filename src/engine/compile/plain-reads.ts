import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { checkedChildren } from '../../dsl/check/checked-children.ts';
import { pathText, readsLocal } from './path-text.ts';

const known = new WeakMap<CheckedExpression, readonly string[] | 'more'>();

/**
 * The texts of the paths that a condition reads, as a recorder names them, when it reads nothing else; `more` for one
 * that asks a builtin, the store whether something exists, the risk, or the elements of a collection.
 */
export function plainReadsOf(condition: CheckedExpression): readonly string[] | 'more' {
  let reads = known.get(condition);
  if (reads === undefined) {
    const texts = new Set<string>();
    reads = collect(condition, texts) ? [...texts] : 'more';
    known.set(condition, reads);
  }
  return reads;
}

function collect(expression: CheckedExpression, into: Set<string>): boolean {
  switch (expression.kind) {
    case 'call':
    case 'exists':
    case 'local':
    case 'quantifier':
    case 'riskComparison':
      return false;
    case 'attribute':
    case 'identifier':
      // What the path goes through is not recorded apart.
      into.add(pathText(expression));
      return !readsLocal(expression);
    case 'index':
      into.add(pathText(expression));
      return !readsLocal(expression) && collect(expression.key, into);
    case 'variable':
      if (expression.name === 'now') into.add(pathText(expression));
      break;
    default:
      break;
  }
  return checkedChildren(expression).every((child) => collect(child, into));
}
