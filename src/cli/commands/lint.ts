import { writeFile } from 'node:fs/promises';
import { createTwoFilesPatch } from 'diff';
import { type Diagnostic, MAXIMUM_DIAGNOSTICS, sortDiagnostics } from '../../dsl/diagnostics/diagnostic.ts';
import { nearestName } from '../../dsl/diagnostics/nearest-name.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import type { LintRule } from '../../dsl/lint/lint-rule.ts';
import { lintPage } from '../../dsl/lint/reference.ts';
import { LINT_RULES } from '../../dsl/lint/rules/index.ts';
import type { SourceText } from '../../dsl/source/source-text.ts';
import type { DefineCommand } from '../command.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { count, exitCodeOf, findingToJson } from '../findings-report.ts';
import { fixPolicies } from '../fix-policies.ts';
import { type LintWishes, lintPolicies } from '../lint-policies.ts';
import { oneOf, several } from '../options.ts';
import { readPolicies } from '../policies.ts';
import { readConfiguration } from '../read-configuration.ts';
import { sarifLog } from '../sarif.ts';
import { colorsFor, notice, print, printJson, wantsColor } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface LintOptions {
  readonly format: 'text' | 'json' | 'sarif';
  readonly rule?: readonly string[];
  readonly config?: string;
  readonly fix?: true;
  readonly dryRun?: true;
  readonly explain?: string;
  readonly allowWarnings?: true;
}

const HELP = `
Examples:
  velro lint                            the bundle in ./policies, by all rules
  velro lint --fix                      with what can be fixed fixed
  velro lint --fix --dry-run            what that would change
  velro lint --rule magic-number        one rule alone (several times for more)
  velro lint --explain vacuous-permit   why a rule is there, what to avoid and what to prefer
  velro lint --format sarif > lint.sarif

velro.json, in the folder of the bundle or above, sets levels and options. A finding is suppressed by a remark
with a reason: // velro-ignore RULE: the reason

Exits with 1 when anything is found, warnings included (unless --allow-warnings).`;

export const defineLint: DefineCommand = (command, run) => {
  command
    .argument('[path]', 'a folder of .velro files, or one file', DEFAULT_POLICIES)
    .option('--format <format>', 'text, json or sarif', oneOf('text', 'json', 'sarif'), 'text')
    .option('--rule <name>', 'only this rule, even if it is off (several times)', several)
    .option('--config <file>', 'in place of the velro.json of the bundle')
    .option('--fix', 'make the changes that mean the same')
    .option('--dry-run', 'with --fix: show the changes, make none')
    .option('--explain <rule>', 'print the page of a rule')
    .option('--allow-warnings', 'exit with 0 when there are only warnings')
    .addHelpText('after', HELP)
    .action((path: string, options: LintOptions) => run(() => lint(path, options)));
};

async function lint(path: string, options: LintOptions): Promise<ExitCode> {
  if (options.explain !== undefined) {
    process.stdout.write(lintPage(ruleNamed(options.explain)));
    return EXIT.fine;
  }
  if (options.dryRun === true && options.fix !== true)
    throw new UsageError('`--dry-run` shows what `--fix` would change', 'add `--fix`');
  const only = options.rule && new Set(options.rule.map((name) => ruleNamed(name).name));
  const configuration = await readConfiguration(path, options.config);
  const policies = await readPolicies(path);
  const wishes: LintWishes = { configuration, only, withTests: wantsTests(only) };
  let { sources } = policies;
  if (options.fix === true) {
    const fixes = fixPolicies(sources, wishes);
    if (options.dryRun === true) return showChanges(sources, fixes.sources, fixes.fixed.length);
    const changed = fixes.sources.filter((source, index) => source !== sources[index]);
    for (const source of changed) await writeFile(source.path, source.text);
    notice(`${count(fixes.fixed.length, 'finding')} fixed in ${count(changed.length, 'file')}`);
    ({ sources } = fixes);
  }
  const { bundle, findings } = lintPolicies(sources, wishes);
  report(findings, sources.length, bundle !== undefined, options);
  return exitCodeOf(findings, options.allowWarnings === true);
}

function report(
  findings: readonly Diagnostic[],
  files: number,
  hasRun: boolean,
  { format }: LintOptions,
): void {
  const shown = sortDiagnostics(findings);
  switch (format) {
    case 'json':
      printJson({
        ok: findings.length === 0,
        files,
        total: findings.length,
        findings: shown.map(findingToJson),
      });
      break;
    case 'sarif':
      printJson(sarifLog(shown));
      break;
    case 'text':
      if (shown.length > 0) print(renderDiagnostics(shown, { color: wantsColor() }));
      else print(`${colorsFor().green('ok')}: nothing found in ${count(files, 'file')}`);
      break;
  }
  if (findings.length > shown.length)
    notice(`${findings.length - shown.length} more not shown: at most ${MAXIMUM_DIAGNOSTICS} are`);
  if (!hasRun) notice('the lint rules look at bundles without errors, and have not run');
  else if (format === 'text' && shown.length > 0) notice(adviceOn(findings));
}

function adviceOn(findings: readonly Diagnostic[]): string {
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  const names = [...new Set(findings.flatMap(({ rule }) => rule ?? []))].toSorted();
  const fixing = fixable === 0 ? '' : `\`velro lint --fix\` fixes ${fixable} of ${findings.length}; `;
  return `${fixing}\`velro lint --explain ${names[0]}\` says more of a rule`;
}

function showChanges(before: readonly SourceText[], after: readonly SourceText[], fixed: number): ExitCode {
  let changed = 0;
  for (const [index, { path, text }] of after.entries()) {
    const old = before[index]?.text ?? '';
    if (old === text) continue;
    changed += 1;
    process.stdout.write(createTwoFilesPatch(path, path, old, text, 'as it is', 'fixed'));
  }
  notice(`${count(fixed, 'finding')} would be fixed in ${count(changed, 'file')}`);
  return changed > 0 ? EXIT.findings : EXIT.fine;
}

function ruleNamed(name: string): LintRule {
  const rule = LINT_RULES.find((one) => one.name === name || one.code === name);
  if (rule !== undefined) return rule;
  const names = LINT_RULES.map((one) => one.name);
  const near = nearestName(name, names);
  throw new UsageError(
    `there is no lint rule \`${name}\``,
    near === undefined ? `the rules are: ${names.toSorted().join(', ')}` : `did you mean \`${near}\`?`,
  );
}

/** Running the tests is worth it only where a rule asks what they match. */
function wantsTests(only: ReadonlySet<string> | undefined): boolean {
  return LINT_RULES.some(({ name, category }) => category === 'testing' && (only?.has(name) ?? true));
}
