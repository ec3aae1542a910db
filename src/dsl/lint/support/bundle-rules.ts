import type { CheckedBundle, CheckedRule, RuleCase, Triple } from '../../check/bundle.ts';
import type { CheckedExpression } from '../../check/checked.ts';
import { checkedChildren } from '../../check/checked-children.ts';
import type { Span } from '../../source/source-text.ts';

/** All rules of all layers, grants and mode rules included. */
export function rulesOf(bundle: CheckedBundle): readonly CheckedRule[] {
  return bundle.layers.flatMap((layer) => layer.rules);
}

/** Where a rule's name stands. */
export function nameSpanOf(rule: CheckedRule): Span {
  return rule.origin.kind === 'grant' ? rule.span : rule.origin.declaration.name.span;
}

/** The triples that a rule covers. */
export function triplesOf(cases: readonly RuleCase[]): Triple[] {
  return cases.flatMap((one) => one.triples);
}

/** Every node of an expression, shared ones once. */
export function nodesOf(root: CheckedExpression): ReadonlySet<CheckedExpression> {
  const nodes = new Set<CheckedExpression>([root]);
  for (const node of nodes) for (const child of checkedChildren(node)) nodes.add(child);
  return nodes;
}

/** True of a condition that is false whatever the facts are. */
export function isNever(condition: CheckedExpression | undefined): boolean {
  return condition?.kind === 'constant' && condition.value === false;
}
