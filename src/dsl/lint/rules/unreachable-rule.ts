import type { Triple } from '../../check/bundle.ts';
import { isNever, nameSpanOf, rulesOf, triplesOf } from '../bundle-rules.ts';
import type { LintRule } from '../lint-rule.ts';

export const unreachableRule: LintRule = {
  name: 'unreachableRule',
  code: 'VEL4006',
  summary: 'A rule never applies, or what it permits is always forbidden.',
  check: (bundle, report) => {
    const rules = rulesOf(bundle);
    const alwaysForbidden = new Map<Triple, string>();
    for (const rule of rules) {
      if (rule.effect !== 'forbid' || rule.origin.kind !== 'rule') continue;
      for (const { condition, triples } of rule.cases) {
        if (condition === undefined)
          for (const triple of triples) alwaysForbidden.set(triple, `${rule.layer.name}.${rule.name}`);
      }
    }
    for (const rule of rules) {
      const span = nameSpanOf(rule);
      if (rule.cases.every(({ condition }) => isNever(condition))) {
        report('unreachableRule', span, {
          rule: rule.name,
          reason: 'its condition is false for all types that it covers',
        });
        continue;
      }
      if (rule.effect !== 'permit' || alwaysForbidden.size === 0) continue;
      const causes = new Set(triplesOf(rule.cases).map((triple) => alwaysForbidden.get(triple)));
      const [cause] = causes;
      if (causes.has(undefined) || cause === undefined) continue;
      report('unreachableRule', span, { rule: rule.name, reason: `\`${cause}\` forbids all that it covers` });
    }
  },
};
