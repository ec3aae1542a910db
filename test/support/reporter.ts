import Mocha from 'mocha';

/**
 * The `spec` reporter, closed by one line that both people and scripts can read: `N passed, N failed`.
 * A failing hook counts as a failure. A skipped test is neither passed nor failed; CI forbids those.
 */
export default class SummaryReporter extends Mocha.reporters.Spec {
  override done(failures: number, finish?: (failures: number) => void): void {
    process.stdout.write(`${this.stats.passes} passed, ${failures} failed\n`);
    finish?.(failures);
  }
}
