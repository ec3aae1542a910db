import { defineLintRule } from '../lint-rule.ts';

export const missingRate = defineLintRule('missingRate', {
  category: 'security',
  summary: 'A limit has no rate for a member of the enum that chooses it.',
  rationale: `A limit that chooses its rate by an enum has none for one of the members, and whoever has that member is not limited at all. That
happens when a member is added to the enum.`,
  avoid: `limit reads: read on document by user for each subject per subject.plan { free: 10 per 1m }
`,
  prefer: `limit reads: read on document by user for each subject per subject.plan { free: 10 per 1m, pro: 100 per 1m }
`,
  check: ({ bundle, report }) => {
    for (const { name, rates, cases, declaration } of bundle.limits.values()) {
      if (!(rates instanceof Map)) continue;
      const type = cases[0]?.selector?.type;
      const info = type?.kind === 'enum' ? bundle.enums.get(type.name) : undefined;
      const members = info?.members.filter((member) => !rates.has(member)) ?? [];
      if (members.length > 0) report(declaration.name.span, { limit: name, members });
    }
  },
});
