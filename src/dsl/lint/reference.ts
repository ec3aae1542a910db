import { EXAMPLE_LAYER, EXAMPLE_SCHEMA } from './example.ts';
import { LINT_CATEGORIES, type LintCategory, type LintRule, SURPRISES } from './lint-rule.ts';
import { LINT_RULES } from './rules/index.ts';

const CATEGORIES: Readonly<Record<LintCategory, string>> = {
  bugs: 'the policy does not mean what it says, or says nothing',
  security: 'somebody gets in who was not meant to',
  clarity: 'a reader has to work harder than needed',
  unused: 'something lies idle',
  testing: 'a rule goes untested',
};

/** The documentation page of a lint rule. */
export function lintPage(rule: LintRule): string {
  const { name, code, category, level, summary, rationale, avoid, prefer, fixes } = rule;
  const parts = [
    `# ${name}`,
    summary,
    `\`${code}\` · category: ${category} · ${level === 'off' ? 'off by default' : `default: ${level}`} · ${fixes ? 'fixed by `velro lint --fix`' : 'no fix'}`,
    '## Why',
    rationale,
    '## Avoid',
    fenced(avoid),
    '## Prefer',
    fenced(prefer),
    ...optionsPart(rule),
    '## Where it does not apply',
    suppressionPart(rule),
    'The examples stand on the schema that [the list of rules](README.md#the-examples) shows.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function fenced(example: string): string {
  return `\`\`\`velro\n${example.trimEnd()}\n\`\`\``;
}

function optionsPart({ name, options }: LintRule): string[] {
  if (options === undefined) return [];
  const rows = Object.entries(options.schema.properties).map(([option, schema]) => {
    const preset = JSON.stringify((options.defaults as Readonly<Record<string, unknown>>)[option]);
    return `- \`${option}\`: ${(schema as { readonly description?: string }).description} Default: \`${preset.replaceAll(',', ', ')}\`.`;
  });
  const example = { lint: { rules: { [name]: { level: 'error', ...options.defaults } } } };
  return ['## Options', rows.join('\n'), 'In `velro.json`:', `\`\`\`json\n${jsonText(example)}\n\`\`\``];
}

/** JSON with its lists on one line each. */
function jsonText(value: object): string {
  return JSON.stringify(value, null, 2).replace(/\[[^[\]{}]*\]/g, (list) =>
    list
      .replace(/\s*\n\s*/g, ' ')
      .replace('[ ', '[')
      .replace(' ]', ']'),
  );
}

function suppressionPart({ name, finding }: LintRule): string {
  if (finding === 'suppression') return 'This finding cannot be suppressed.';
  return `Write \`// velro-ignore ${name}: the reason\` above the declaration, or set the rule to \`"off"\` in \`velro.json\`.`;
}

/** The list of all lint rules, with how to configure and to suppress them. */
export function lintIndex(): string {
  const sections = LINT_CATEGORIES.flatMap((category) => {
    const rows = LINT_RULES.filter((rule) => rule.category === category)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(
        ({ name, code, level, summary, fixes }) =>
          `| [${name}](${name}.md) | ${code} | ${level} | ${fixes ? 'yes' : ''} | ${summary} |`,
      );
    const where = SURPRISES.has(category) ? ' `velro check` runs these as well.' : '';
    return [
      `### ${category}`,
      `${CATEGORIES[category].replace(/^./, (letter) => letter.toUpperCase())}.${where}`,
      ['| rule | code | default | fix | finds |', '|---|---|---|---|---|', ...rows].join('\n'),
    ];
  });
  return `${[
    '# Lint rules',
    "`velro lint` looks for what is legal and still surprising. A bundle with findings is served; `velro lint` exits with 1, so that a\npipeline can refuse it. `velro check` runs the rules of the categories *bugs* and *security* too, and never runs the bundle's tests.",
    CONFIGURING,
    SUPPRESSING,
    FIXING,
    '## The rules',
    ...sections,
    '## The examples',
    'The examples of every page are declarations of this layer over this schema, unless they open a layer of their own. They run as\ntests: what is to be avoided raises the finding and no other, what is to be preferred raises none, and where there is a fix it makes\nthe one of the other.',
    fenced(`${EXAMPLE_SCHEMA}\n${EXAMPLE_LAYER}`),
  ].join('\n\n')}\n`;
}

const CONFIGURING = `## Configuring

\`velro.json\` lies in the folder of the bundle or in one above it (the nearest counts), or is named with \`--config\`. A rule is \`"off"\`,
a \`"warning"\` or an \`"error"\`; with options, an object. Files that \`ignore\` matches (globs, from the folder of \`velro.json\`) still
belong to the bundle; what is found in them is left out. A key or a rule that is not known is an error, and exits with 2.

\`\`\`json
{
  "$schema": "./node_modules/velro/docs/velro.schema.json",
  "lint": {
    "rules": {
      "missing-reason": "warning",
      "unconditional-destruction": "error",
      "magic-number": { "allow": [0, 1, 100, "1d"] }
    },
    "ignore": ["policies/generated/**"]
  }
}
\`\`\`

Warnings alone exit with 0 under \`--allow-warnings\`; errors never do.`;

const SUPPRESSING = `## Suppressing

A remark with a line of its own suppresses a rule in the declaration, attribute, member or grant that follows; behind something, on
its line. The reason is part of it: without one the remark suppresses nothing and is itself a finding, as is one that names no known
rule or suppresses nothing. \`///\` documents, and never suppresses.

\`\`\`velro
// velro-ignore unused-attribute: whoever serves the file needs it, no rule does
bucket: string
\`\`\`

Several rules are separated by commas: \`// velro-ignore magic-number, missing-reason: agreed with the auditors\`.`;

const FIXING = `## Fixing

\`velro lint --fix\` makes the changes after which a finding is gone and the policies mean the same, again and again until nothing is
left to fix; files in canonical form stay so. A fix after which the bundle has an error, or a test of it comes out differently, is
not made. \`--fix --dry-run\` shows the changes and makes none.`;
