import { ValueSet } from '../../types/values.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf, nodesOf, rulesOf } from '../support/bundle-rules.ts';

export const misleadingName = defineLintRule('misleadingName', {
  category: 'security',
  summary: 'A rule is named like a role that it does not ask for.',
  rationale: `A rule is named like a role and does not ask for it. Whoever reads the name, in the policy or in an answer, will believe that it
does.`,
  avoid: `role auditor {
  read on document
}

permit auditors: update on document
  when subject.active
`,
  prefer: `role auditor {
  read on document
}

permit auditors: update on document
  when subject.roles contains auditor
`,
  check: ({ bundle, report }) => {
    for (const rule of rulesOf(bundle)) {
      const role = bundle.roles.get(rule.name) ?? bundle.roles.get(rule.name.replace(/s$/, ''));
      // Who holds a role with a condition is not asked for by its name.
      if (rule.origin.kind === 'grant' || role === undefined || role.declaration.condition !== undefined)
        continue;
      const asks = rule.cases.some(({ condition }) => {
        if (condition === undefined) return false;
        return [...nodesOf(condition)].some(
          // A member of another enum may have the same name: of a role within a team, say.
          (node) =>
            node.type.kind === 'set' || node.type.kind === 'enum' ? mentions(node, role.name) : false,
        );
      });
      if (!asks) report(nameSpanOf(rule), { rule: rule.name, role: role.name });
    }
  },
});

function mentions(node: Parameters<typeof nodesOf>[0], role: string): boolean {
  if (node.kind !== 'constant') return false;
  const { value } = node;
  if (value === role) return true;
  return value instanceof ValueSet && value.items.has(role);
}
