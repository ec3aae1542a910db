import { sortDiagnostics } from '../../dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import { SURPRISES } from '../../dsl/lint/lint-rule.ts';
import type { DefineCommand } from '../command.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import type { ExitCode } from '../exit-code.ts';
import { count, exitCodeOf, findingToJson } from '../findings-report.ts';
import { lintPolicies } from '../lint-policies.ts';
import { oneOf } from '../options.ts';
import { readPolicies } from '../policies.ts';
import { readConfiguration } from '../read-configuration.ts';
import { sarifLog } from '../sarif.ts';
import { colorsFor, print, printJson, wantsColor } from '../terminal.ts';

interface CheckOptions {
  readonly format: 'text' | 'json' | 'sarif';
  readonly config?: string;
  readonly allowWarnings?: true;
}

const HELP = `
Examples:
  velro check                       the bundle in ./policies
  velro check policies --format json
  velro check one-file.velro        a bundle of one file
  velro check --format sarif        for what reads SARIF 2.1.0: code scanning, editors

Besides errors it reports the surprises that the lint rules about bugs and security know, as velro.json sets them;
velro lint reports the rest.

Exits with 1 when anything is found, warnings included (unless --allow-warnings).`;

export const defineCheck: DefineCommand = (command, run) => {
  command
    .argument('[path]', 'a folder of .velro files, or one file', DEFAULT_POLICIES)
    .option('--format <format>', 'text, json or sarif', oneOf('text', 'json', 'sarif'), 'text')
    .option('--config <file>', 'in place of the velro.json of the bundle')
    .option('--allow-warnings', 'exit with 0 when there are only warnings')
    .addHelpText('after', HELP)
    .action((path: string, options: CheckOptions) => run(() => check(path, options)));
};

async function check(path: string, options: CheckOptions): Promise<ExitCode> {
  const configuration = await readConfiguration(path, options.config);
  const { sources } = await readPolicies(path);
  const { bundle, findings } = lintPolicies(sources, { configuration, categories: SURPRISES });
  const diagnostics = sortDiagnostics(findings);
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  if (options.format === 'sarif') printJson(sarifLog(diagnostics));
  else if (options.format === 'json') {
    printJson({
      ok: errors === 0,
      files: sources.length,
      errors,
      warnings: diagnostics.length - errors,
      diagnostics: diagnostics.map(findingToJson),
    });
  } else if (diagnostics.length > 0) {
    print(renderDiagnostics(diagnostics, { color: wantsColor() }));
  } else if (bundle !== undefined) {
    const rules = bundle.layers.reduce((sum, layer) => sum + layer.rules.length + layer.limits.length, 0);
    const color = colorsFor();
    print(
      `${color.green('ok')}: ${count(sources.length, 'file')}, ${count(bundle.layers.length, 'layer')}, ` +
        `${count(rules, 'rule')}, ${count(bundle.tests.length, 'test')}`,
    );
  }
  return exitCodeOf(diagnostics, options.allowWarnings === true);
}
