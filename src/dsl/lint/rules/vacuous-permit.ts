import type { CheckedExpression } from '../../check/checked.ts';
import { checkedChildren } from '../../check/checked-children.ts';
import { pathOf, showPath } from '../../check/paths.ts';
import { ValueSet } from '../../types/values.ts';
import { defineLintRule, type ReportOf } from '../lint-rule.ts';
import { nodesOf, rulesOf } from '../support/bundle-rules.ts';

export const vacuousPermit = defineLintRule('vacuousPermit', {
  category: 'security',
  summary: 'An `every` or `contains all` in a permit holds of an empty set.',
  rationale: `\`every\` and \`contains all\` hold of an empty set. In a permit that opens the door where nobody was asked at all: a document
without reviewers counts as one that all of its reviewers approved.`,
  avoid: `permit reviewed: read on document
  when every reviewer in resource.reviewers: (reviewer.active)
`,
  prefer: `permit reviewed: read on document
  when not set.is_empty(resource.reviewers) and every reviewer in resource.reviewers: (reviewer.active)
`,
  check: ({ bundle, report }) => {
    const permits = rulesOf(bundle).filter((rule) => rule.effect === 'permit');
    for (const { cases } of [...permits, ...bundle.overrides.values()]) {
      for (const { condition } of cases) if (condition !== undefined) visit(condition, [], report);
    }
  },
});

type Conjunctions = readonly (readonly CheckedExpression[])[];

/** Looks at positive positions; `beside` are the operands of the conjunctions around. */
function visit(node: CheckedExpression, beside: Conjunctions, report: ReportOf<'vacuousPermit'>): void {
  switch (node.kind) {
    case 'and': {
      const inner = [...beside, node.operands];
      for (const operand of node.operands) visit(operand, inner, report);
      return;
    }
    case 'or':
      for (const operand of node.operands) visit(operand, beside, report);
      return;
    case 'implies':
      visit(node.right, [...beside, [node.left]], report);
      return;
    case 'quantifier':
      if (node.quantifier === 'every') judge(node.collection, node, beside, report);
      visit(node.body, [], report);
      return;
    case 'overlap':
      if (node.quantifier === 'all') judge(node.right, node, beside, report);
      return;
    default:
      return;
  }
}

function judge(
  collection: CheckedExpression,
  node: CheckedExpression,
  beside: Conjunctions,
  report: ReportOf<'vacuousPermit'>,
): void {
  if (isNeverEmpty(collection)) return;
  const path = pathOf(collection);
  if (
    path !== undefined &&
    beside.some((operands) => operands.some((other) => asksForElements(other, path, node)))
  )
    return;
  report(node.node.span, { collection: showPath(collection) });
}

function isNeverEmpty(collection: CheckedExpression): boolean {
  if (collection.kind === 'collection') return true;
  if (collection.kind !== 'constant') return false;
  const { value } = collection;
  return value instanceof ValueSet ? value.items.size > 0 : Array.isArray(value) && value.length > 0;
}

/** True when a condition looks into the same collection other than by `has` and `every`. */
function asksForElements(condition: CheckedExpression, path: string, except: CheckedExpression): boolean {
  for (const node of nodesOf(condition)) {
    if (node === except || node.kind === 'has' || (node.kind === 'quantifier' && node.quantifier === 'every'))
      continue;
    if (checkedChildren(node).some((child) => pathOf(child) === path)) return true;
  }
  return false;
}
