import type { LintRule } from '../lint-rule.ts';

export const missingRate: LintRule = {
  name: 'missingRate',
  code: 'VEL4008',
  summary: 'A limit has no rate for a member of the enum that chooses it.',
  check: (bundle, report) => {
    for (const { name, rates, cases, declaration } of bundle.limits.values()) {
      if (!(rates instanceof Map)) continue;
      const type = cases[0]?.selector?.type;
      const info = type?.kind === 'enum' ? bundle.enums.get(type.name) : undefined;
      const members = info?.members.filter((member) => !rates.has(member)) ?? [];
      if (members.length > 0) report('missingRate', declaration.name.span, { limit: name, members });
    }
  },
};
