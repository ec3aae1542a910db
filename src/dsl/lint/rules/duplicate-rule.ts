import type { CheckedRule, Triple } from '../../check/bundle.ts';
import type { Expression } from '../../syntax/ast.ts';
import { nameSpanOf, rulesOf } from '../bundle-rules.ts';
import type { LintRule } from '../lint-rule.ts';

export const duplicateRule: LintRule = {
  name: 'duplicateRule',
  code: 'VEL4007',
  summary: 'Two rules say the same of the same.',
  check: (bundle, report) => {
    const first = new Map<string, CheckedRule>();
    const numbers = new Map<readonly Triple[], number>();
    for (const rule of rulesOf(bundle)) {
      const key = meaningOf(rule, numbers);
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, rule);
        continue;
      }
      const related = [{ span: nameSpanOf(other), message: 'said here already' }];
      report(
        'duplicateRule',
        nameSpanOf(rule),
        { rule: rule.name, other: `${other.layer.name}.${other.name}` },
        related,
      );
    }
  },
};

/** What a rule does, to whom, and when, as text. */
function meaningOf(rule: CheckedRule, numbers: Map<readonly Triple[], number>): string {
  const { origin } = rule;
  // Scopes and conditions that say the same share their lists of triples.
  const covered = rule.cases.map(({ triples }) => {
    const number = numbers.get(triples) ?? numbers.size;
    numbers.set(triples, number);
    return number;
  });
  const what = rule.effect === 'permit' ? `permit ${rule.layer.grants}` : 'forbid';
  if (origin.kind === 'grant') {
    const grant = origin.declaration.grants.find((one) => one.span === rule.span);
    return `${what}|role ${origin.role}|${covered.join()}|${textOf(grant?.condition)}`;
  }
  const { when, unless } = origin.declaration;
  const mode = origin.kind === 'mode' ? origin.mode : '';
  return `${what}|${mode}|${covered.join()}|${textOf(when)}|${textOf(unless)}`;
}

/** The text of an expression, however it is broken into lines. */
function textOf(expression: Expression | undefined): string {
  if (expression === undefined) return '';
  const { source, start, end } = expression.span;
  return source.text.slice(start, end).replace(/\s+/g, ' ');
}
