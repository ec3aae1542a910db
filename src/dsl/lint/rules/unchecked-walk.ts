import type { CheckedExpression } from '../../check/checked.ts';
import { pathOf, showPath } from '../../check/paths.ts';
import { nodesOf, rulesOf } from '../bundle-rules.ts';
import type { LintRule } from '../lint-rule.ts';

export const uncheckedWalk: LintRule = {
  name: 'uncheckedWalk',
  code: 'VEL4004',
  summary: 'A `forbid: any on any` walks to a record without asking whether it exists.',
  check: (bundle, report) => {
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
          report('uncheckedWalk', walked.node.span, { path: showPath(walked), rule: rule.name });
        }
      }
    }
  },
};

/** The reference whose record is read, if it is not the subject or the resource itself. */
function walkedFrom(node: CheckedExpression): CheckedExpression | undefined {
  if (node.kind !== 'attribute' || node.object.type.kind !== 'reference') return undefined;
  return node.object.kind === 'variable' || node.object.kind === 'local' ? undefined : node.object;
}
