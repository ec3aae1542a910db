import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { Run } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { acceptClosedOutput, colorsFor, notice } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const EXAMPLES = `
Examples:
  velro check                              check the bundle in ./policies
  velro format --check                     list the files that are not in canonical form
  velro lint --fix                         find what is surprising or unclear, fix what can be fixed
  velro test --coverage                    run the bundle's tests, list rules that none reaches
  velro decide request.json                answer a request from a file
  velro explain --subject user:ID --action read --resource generation:ID
                                           say why, layer by layer
  velro serve --watch                      serve POST /decide, reload on every edit
  velro mode enter lockdown --reason "credential leak"
                                           narrow access in every running request

Exit codes: 0 fine, 1 findings (errors, warnings, failed tests), 2 misuse.`;

/** Runs the command line and sets the exit code of the process; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('velro')
    .description(
      'A policy decision point: policies as text, answers that are explained and never too permissive.',
    )
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(add --help for usage and examples)')
    .showSuggestionAfterError(true)
    .exitOverride();
  const run: Run = async (work) => {
    process.exitCode = await work();
  };
  try {
    // Only what is called, or asked about with `velro help …`, is loaded.
    const words = argv.slice(2, 4);
    for (const { name, summary, load } of COMMANDS) {
      const command = program.command(name).description(summary);
      if (words.includes(name)) (await load())(command, run);
    }
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Says what went wrong and gives the exit code for it. */
function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.misuse;
  const color = colorsFor(process.stderr);
  if (error instanceof UsageError) {
    notice(`${color.red('error')}: ${error.message}`);
    if (error.help !== undefined) notice(`  ${color.cyan('help')}: ${error.help}`);
    return EXIT.misuse;
  }
  notice(
    `${color.red('internal error')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return EXIT.misuse;
}

acceptClosedOutput((error) => {
  notice(`velro: cannot write its output: ${error.code ?? error.message}`);
  process.exit(EXIT.misuse);
});
await main(process.argv);
