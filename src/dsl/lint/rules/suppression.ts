import { defineLintRule } from '../lint-rule.ts';
import { removeRemark } from '../support/edits.ts';

export const suppression = defineLintRule('suppression', {
  category: 'bugs',
  fixes: true,
  summary: 'A remark that should suppress a finding gives no reason, names no rule, or suppresses nothing.',
  rationale: `A suppression is a decision, and its reason is what the next reader needs: without one it is not heeded. One that names no known rule, or
behind which nothing is found any longer, hides what may be found there tomorrow.

This finding cannot be suppressed. The fix removes remarks that suppress nothing.`,
  avoid: `// velro-ignore magic-number: agreed with the archive
permit short: read on document
  when resource.pages < 1
`,
  prefer: `permit short: read on document
  when resource.pages < 1
`,
  check: ({ suppressionProblems, report }) => {
    for (const { span, problem, help, isIdle } of suppressionProblems) {
      const fix = isIdle ? { title: 'remove the remark', edits: [removeRemark(span)] } : undefined;
      report(span, { problem, help }, { fix });
    }
  },
});
