import type { CheckedRule, Triple } from '../../check/bundle.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import type { Expression } from '../../syntax/ast.ts';
import { defineLintRule } from '../lint-rule.ts';
import { nameSpanOf, rulesOf } from '../support/bundle-rules.ts';
import { removeDeclaration } from '../support/edits.ts';

export const duplicateRule = defineLintRule('duplicateRule', {
  category: 'bugs',
  fixes: true,
  summary: 'Two rules say the same of the same.',
  rationale: `Two rules say the same of the same. One of them will be changed one day, and the other forgotten.

The fix removes the later one if it stands in the same layer and gives no reason or advice of its own.`,
  avoid: `permit owner: read, update on document
  when resource.owner == subject

permit author: read, update on document
  when resource.owner == subject
`,
  prefer: `permit owner: read, update on document
  when resource.owner == subject
`,
  check: ({ bundle, report }) => {
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
      const args = { rule: rule.name, other: `${other.layer.name}.${other.name}` };
      report(nameSpanOf(rule), args, { related, fix: removalOf(rule, other) });
    }
  },
});

/** Nothing is lost with a rule that the other, which is named as the cause, says in full. */
function removalOf(rule: CheckedRule, other: CheckedRule): Fix | undefined {
  const isSameRule =
    rule.layer === other.layer &&
    rule.origin.kind === 'rule' &&
    other.origin.kind === 'rule' &&
    (rule.because === undefined || rule.because === other.because) &&
    rule.adviceName === undefined;
  if (!isSameRule) return undefined;
  return { title: `remove \`${rule.name}\``, edits: [removeDeclaration(rule.span)] };
}

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
