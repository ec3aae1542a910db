import { isCovered } from '../../engine/testing/coverage.ts';
import { runTests, type TestReport } from '../../engine/testing/run-tests.ts';
import type { DefineCommand } from '../command.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { oneOf } from '../options.ts';
import { loadPolicies } from '../policies.ts';
import { colorsFor, notice, print, printJson } from '../terminal.ts';
import { junitReport } from '../test-report/junit.ts';
import { coverageReport, specReport } from '../test-report/spec.ts';
import { watchPolicies } from '../watch.ts';

interface TestOptions {
  readonly coverage?: true;
  readonly format: 'spec' | 'json' | 'junit';
  readonly watch?: true;
  readonly filter?: string;
}

const HELP = `
Examples:
  velro test                           the tests of the bundle in ./policies
  velro test --coverage                with the rules that no test reaches; exits with 1 if there are any
  velro test --format junit > tests.xml
  velro test --watch --filter media    again after every edit`;

export const defineTest: DefineCommand = (command, run) => {
  command
    .argument('[path]', 'a folder of .velro files, or one file', DEFAULT_POLICIES)
    .option('--coverage', 'list the rules that no test matches, or that every test matches')
    .option('--format <format>', 'spec, json or junit', oneOf('spec', 'json', 'junit'), 'spec')
    .option('--filter <text>', 'only the tests whose title holds the text')
    .option('--watch', 'run again after every edit, until interrupted')
    .addHelpText('after', HELP)
    .action((path: string, options: TestOptions) =>
      run(() => (options.watch === true ? watchTests(path, options) : testOnce(path, options))),
    );
};

async function testOnce(path: string, options: TestOptions): Promise<ExitCode> {
  const loaded = await loadPolicies(path);
  if (loaded === undefined) return EXIT.findings;
  const started = performance.now();
  const report = runTests(loaded.bundle, { filter: options.filter, coverage: options.coverage });
  const milliseconds = performance.now() - started;
  if (report.tests.length === 0) {
    notice(
      options.filter === undefined ? `${path} holds no tests` : `no test's title holds "${options.filter}"`,
    );
    return EXIT.findings;
  }
  printReport(report, options.format, milliseconds);
  const uncovered = report.coverage?.some((rule) => !isCovered(rule)) ?? false;
  return report.failed > 0 || uncovered ? EXIT.findings : EXIT.fine;
}

function printReport(report: TestReport, format: TestOptions['format'], milliseconds: number): void {
  switch (format) {
    case 'spec':
      print(specReport(report, milliseconds, colorsFor()));
      if (report.coverage !== undefined) print(coverageReport(report.coverage, colorsFor()));
      break;
    case 'json':
      printJson(report);
      break;
    case 'junit':
      print(junitReport(report, milliseconds / 1000));
      break;
  }
}

/** Runs the tests now and after every edit; ends only when interrupted. */
async function watchTests(path: string, options: TestOptions): Promise<ExitCode> {
  for await (const _ of watchPolicies(path)) {
    try {
      await testOnce(path, options);
    } catch (error) {
      notice(error instanceof Error ? error.message : String(error));
    }
    notice('waiting for an edit (Ctrl-C ends)');
  }
  return EXIT.fine;
}
