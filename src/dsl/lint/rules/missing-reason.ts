import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf } from '../support/bundle-rules.ts';

export const missingReason = defineLintRule('missingReason', {
  category: 'clarity',
  level: 'off',
  summary: 'A rule or a limit gives no reason.',
  rationale: `The reason is what the person reads who was denied, and what an auditor reads who asks why somebody was permitted. Without \`because\` the
answer can only name the rule. Grants of roles are named by their role and need none.

Off unless \`velro.json\` turns it on: while a policy is being written, a name is often enough.`,
  avoid: `forbid archived: read on document
  when resource.status == archived
`,
  prefer: `forbid archived: read on document
  when resource.status == archived
  because "the document is archived"
`,
  check: ({ bundle, report }) => {
    for (const { rules, limits } of bundle.layers) {
      for (const rule of rules)
        if (rule.origin.kind !== 'grant' && rule.because === undefined)
          report(nameSpanOf(rule), { rule: rule.name });
      for (const { name, because, declaration } of limits)
        if (because === undefined) report(declaration.name.span, { rule: name });
    }
  },
});
