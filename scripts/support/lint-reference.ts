import { configurationSchema } from '../../src/cli/lint-section.ts';
import { lintIndex, lintPage } from '../../src/dsl/lint/reference.ts';
import { LINT_RULES } from '../../src/dsl/lint/rules/index.ts';

const START = '<!-- lint:start -->';
const END = '<!-- lint:end -->';

/** What below docs/ is made from the lint rules, by path; `diagnostics` is docs/diagnostics.md as it stands. */
export function generatedPages(diagnostics: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([
    ['lint/README.md', lintIndex()],
    ['velro.schema.json', `${JSON.stringify(configurationSchema(), null, 2)}\n`],
  ]);
  for (const rule of LINT_RULES) pages.set(`lint/${rule.name}.md`, lintPage(rule));
  const from = diagnostics.indexOf(START);
  const to = diagnostics.indexOf(END);
  if (from === -1 || to < from) throw new Error(`docs/diagnostics.md lacks ${START} … ${END}`);
  const sections = LINT_RULES.map(
    ({ code, name, summary }) =>
      `### ${code} · ${name.replaceAll('-', ' ')}\n\n${summary} See [${name}](lint/${name}.md).`,
  );
  pages.set(
    'diagnostics.md',
    `${diagnostics.slice(0, from)}${START}\n\n${sections.join('\n\n')}\n\n${diagnostics.slice(to)}`,
  );
  return pages;
}
