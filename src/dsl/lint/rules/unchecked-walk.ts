import type { CheckedExpression } from '../../check/checked.ts';
import { pathOf, showPath } from '../../check/paths.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nodesOf, rulesOf } from '../support/bundle-rules.ts';

export const uncheckedWalk = defineLintRule('uncheckedWalk', {
  category: 'bugs',
  summary: 'A `forbid: any on any` walks to a record without asking whether it exists.',
  rationale: `A \`forbid: any on any\` reads the record behind a reference. Where that record is missing the condition is unknown, and what is
unknown forbids: one lost row shuts everybody out of everything that refers to it. If that is meant, say so by a rule of its own.`,
  avoid: `forbid inactive_owner: any on any
  unless resource.owner.active
`,
  prefer: `forbid inactive_owner: any on any
  when exists resource.owner and not resource.owner.active
`,
  check: ({ bundle, report }) => {
    for (const rule of rulesOf(bundle)) {
      const { origin } = rule;
      if (rule.effect !== 'forbid' || origin.kind === 'grant') continue;
      const { actions, resources } = origin.declaration.scope;
      if (actions !== 'any' || resources !== 'any') continue;
      for (const { condition } of rule.cases) {
        if (condition === undefined) continue;
        const nodes = nodesOf(condition);
        const asked = new Set<string>();
        for (const node of nodes) {
          const path = node.kind === 'exists' ? pathOf(node.operand) : undefined;
          if (path !== undefined) asked.add(path);
        }
        for (const node of nodes) {
          const walked = walkedFrom(node);
          const path = walked && pathOf(walked);
          if (walked === undefined || path === undefined || asked.has(path)) continue;
          report(walked.node.span, { path: showPath(walked), rule: rule.name });
        }
      }
    }
  },
});

/** The reference whose record is read, if it is not the subject or the resource itself. */
function walkedFrom(node: CheckedExpression): CheckedExpression | undefined {
  if (node.kind !== 'attribute' || node.object.type.kind !== 'reference') return undefined;
  return node.object.kind === 'variable' || node.object.kind === 'local' ? undefined : node.object;
}
