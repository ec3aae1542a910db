import { diagnosticToJson, renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import type { DefineCommand } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { oneOf } from '../options.ts';
import { DEFAULT_POLICIES, findingsOf, readPolicies } from '../policies.ts';
import { colorsFor, print, printJson, wantsColor } from '../terminal.ts';

interface CheckOptions {
  readonly format: 'text' | 'json';
  readonly allowWarnings?: true;
}

const HELP = `
Examples:
  velro check                       the bundle in ./policies
  velro check policies --format json
  velro check one-file.velro        a bundle of one file

Exits with 1 when anything is found, warnings included (unless --allow-warnings).`;

export const defineCheck: DefineCommand = (command, run) => {
  command
    .argument('[path]', 'a folder of .velro files, or one file', DEFAULT_POLICIES)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--allow-warnings', 'exit with 0 when there are only warnings')
    .addHelpText('after', HELP)
    .action((path: string, options: CheckOptions) => run(() => check(path, options)));
};

async function check(path: string, options: CheckOptions): Promise<ExitCode> {
  const policies = await readPolicies(path);
  const { bundle, diagnostics } = findingsOf(policies);
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  if (options.format === 'json') {
    printJson({
      ok: errors === 0,
      files: policies.sources.length,
      errors,
      warnings,
      diagnostics: diagnostics.map(diagnosticToJson),
    });
  } else if (diagnostics.length > 0) {
    print(renderDiagnostics(diagnostics, { color: wantsColor() }));
  } else if (bundle !== undefined) {
    const rules = bundle.layers.reduce((sum, layer) => sum + layer.rules.length + layer.limits.length, 0);
    const color = colorsFor();
    print(
      `${color.green('ok')}: ${count(policies.sources.length, 'file')}, ${count(bundle.layers.length, 'layer')}, ` +
        `${count(rules, 'rule')}, ${count(bundle.tests.length, 'test')}`,
    );
  }
  if (errors > 0) return EXIT.findings;
  return warnings > 0 && options.allowWarnings !== true ? EXIT.findings : EXIT.fine;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
