import { writeFile } from 'node:fs/promises';
import type { Diagnostic } from '../../dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import { formatFile } from '../../dsl/format/format-file.ts';
import { SourceText } from '../../dsl/source/source-text.ts';
import { parseSource } from '../../dsl/syntax/parse.ts';
import type { DefineCommand } from '../command.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readPolicies } from '../policies.ts';
import { readStandardInput } from '../standard-input.ts';
import { notice, print, wantsColor } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `
Examples:
  velro format                      rewrite the files in ./policies that need it
  velro format --check              list them, change nothing, exit with 1 if there are any
  velro format - < one.velro        format standard input to standard output

Files with syntax errors are reported and left as they are.`;

export const defineFormat: DefineCommand = (command, run) => {
  command
    .argument('[paths...]', 'folders or files, or - for standard input', [DEFAULT_POLICIES])
    .option('--check', 'change nothing; list what is not canonical and exit with 1')
    .addHelpText('after', HELP)
    .action((paths: string[], options: { check?: true }) =>
      run(() =>
        paths.includes('-')
          ? formatStandardInput(paths, options)
          : formatPaths(paths, options.check === true),
      ),
    );
};

async function formatPaths(paths: readonly string[], checkOnly: boolean): Promise<ExitCode> {
  const findings: Diagnostic[] = [];
  let different = 0;
  let files = 0;
  for (const path of paths) {
    for (const source of (await readPolicies(path)).sources) {
      files++;
      const { file, diagnostics } = parseSource(source);
      if (diagnostics.length > 0) {
        findings.push(...diagnostics);
        continue;
      }
      const formatted = formatFile(file);
      if (formatted === source.text) continue;
      different++;
      if (!checkOnly) await writeFile(source.path, formatted);
      print(source.path);
    }
  }
  if (findings.length > 0) notice(renderDiagnostics(findings, { color: wantsColor(process.stderr) }));
  const verb = checkOnly ? 'not formatted' : 'formatted';
  notice(`${different} of ${files} files ${verb}`);
  return findings.length > 0 || (checkOnly && different > 0) ? EXIT.findings : EXIT.fine;
}

async function formatStandardInput(paths: readonly string[], options: { check?: true }): Promise<ExitCode> {
  if (paths.length > 1) throw new UsageError('`-` stands alone: name files or standard input, not both');
  const { file, diagnostics } = parseSource(new SourceText('<stdin>', await readStandardInput()));
  if (diagnostics.length > 0) {
    notice(renderDiagnostics(diagnostics, { color: wantsColor(process.stderr) }));
    return EXIT.findings;
  }
  const formatted = formatFile(file);
  if (options.check === true) {
    const isCanonical = formatted === file.source.text;
    notice(`standard input is ${isCanonical ? '' : 'not '}formatted`);
    return isCanonical ? EXIT.fine : EXIT.findings;
  }
  process.stdout.write(formatted);
  return EXIT.fine;
}
