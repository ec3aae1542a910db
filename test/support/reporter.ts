import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';

const WORKER_REPORTER = fileURLToPath(new URL('./worker-reporter.ts', import.meta.url));

/** What mocha's types leave out. */
interface ParallelRunner extends Mocha.Runner {
  isParallelMode(): boolean;
  workerReporter(path: string): this;
}

/**
 * The `spec` reporter, closed by one line that both people and scripts can read: `N passed, N failed`.
 * A failing hook counts as a failure. A skipped test is neither passed nor failed; CI forbids those.
 */
export default class SummaryReporter extends Mocha.reporters.Spec {
  constructor(runner: ParallelRunner, options: Mocha.MochaOptions) {
    super(runner, options);
    if (!runner.isParallelMode()) return;
    runner.workerReporter(WORKER_REPORTER);
    runner.on('fail', (_test, error: unknown) => nameFile(error));
  }

  override done(failures: number, finish?: (failures: number) => void): void {
    process.stdout.write(`${this.stats.passes} passed, ${failures} failed\n`);
    finish?.(failures);
  }
}

/**
 * A file that could not be loaded, or that ended its process, has no test to be named by: it is named here, with the whole
 * error, since mocha's own list at the end holds only the first of them.
 */
function nameFile(error: unknown): void {
  if (!(error instanceof Error && 'file' in error)) return;
  process.stdout.write(`\n${relative(process.cwd(), String(error.file))}: ${error.stack ?? error.message}\n`);
}
