import type { CheckedRule } from '../../check/bundle.ts';
import { nameSpanOf, rulesOf, triplesOf } from '../bundle-rules.ts';
import type { LintRule } from '../lint-rule.ts';

export const escapedForbid: LintRule = {
  name: 'escapedForbid',
  code: 'VEL4003',
  summary: 'A `forbid … by TYPE` leaves out subject types that may do the same.',
  check: (bundle, report) => {
    const forbids = rulesOf(bundle).filter((rule) => rule.effect === 'forbid');
    for (const rule of forbids) {
      const { origin } = rule;
      if (origin.kind === 'grant' || !Array.isArray(origin.declaration.scope.subjects)) continue;
      const covered = triplesOf(rule.cases);
      const asked = new Set(covered.map((triple) => `${triple.action}|${triple.resource}`));
      // Types that another forbid names, on at the same time, have a rule of their own.
      const subjects = new Set(covered.map((triple) => triple.subject));
      const others = forbids.filter((other) => isOnWith(other, rule) && namesOtherSubjects(other, subjects));
      const handled = new Set(others.flatMap((other) => triplesOf(other.cases)));
      const escaping = bundle.triples.filter(
        (triple) =>
          asked.has(`${triple.action}|${triple.resource}`) &&
          !subjects.has(triple.subject) &&
          !handled.has(triple),
      );
      if (escaping.length === 0) continue;
      const types = [...new Set(escaping.map((triple) => triple.subject))].toSorted();
      report('escapedForbid', nameSpanOf(rule), { rule: rule.name, types });
    }
  },
};

function namesOtherSubjects({ origin }: CheckedRule, subjects: ReadonlySet<string>): boolean {
  if (origin.kind === 'grant') return false;
  const named = origin.declaration.scope.subjects;
  return named !== undefined && named !== 'any' && !named.some((name) => subjects.has(name.text));
}

function isOnWith(other: CheckedRule, rule: CheckedRule): boolean {
  if (other.layer !== rule.layer) return false;
  if (other.origin.kind !== 'mode') return other.origin.kind === 'rule';
  return rule.origin.kind === 'mode' && rule.origin.mode === other.origin.mode;
}
