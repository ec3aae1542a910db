import type { RuleCoverage } from '../../engine/testing/coverage.ts';
import type { TestReport } from '../../engine/testing/run-tests.ts';
import type { colorsFor } from '../terminal.ts';

type Colors = ReturnType<typeof colorsFor>;

/** The report for people: a line a test, what failed in full, a closing count. */
export function specReport(report: TestReport, milliseconds: number, color: Colors): string {
  const lines: string[] = [];
  for (const test of report.tests) {
    lines.push(`${test.passed ? color.green('✓') : color.red('✗')} ${test.title}`);
    for (const one of test.expectations) {
      if (one.failure === undefined) continue;
      lines.push(
        `    ${color.red(`expected ${one.expectation}`)}`,
        `    ${one.failure}`,
        `    ${color.dim(one.place)}`,
      );
    }
  }
  const failed = report.failed > 0 ? `, ${color.red(`${report.failed} failed`)}` : '';
  lines.push(
    '',
    `${color.green(`${report.passed} passed`)}${failed} ${color.dim(`(${Math.round(milliseconds)} ms)`)}`,
  );
  return lines.join('\n');
}

/** What no test matches, or none covers without matching; and how much is covered. */
export function coverageReport(coverage: readonly RuleCoverage[], color: Colors): string {
  const never = coverage.filter((rule) => rule.matched === 0);
  const always = coverage.filter((rule) => rule.unmatched === 0);
  const lines = [
    ...list('never matched by a test', never, color),
    ...list('never covered by a test that it does not match', always, color),
  ];
  const complete = coverage.filter((rule) => rule.matched > 0 && rule.unmatched > 0).length;
  const share = coverage.length === 0 ? 100 : (100 * complete) / coverage.length;
  lines.push(
    `coverage: ${complete} of ${coverage.length} rules matched by one test and not by another (${share.toFixed(1)}%)`,
  );
  return lines.join('\n');
}

function list(title: string, rules: readonly RuleCoverage[], color: Colors): string[] {
  if (rules.length === 0) return [];
  return [
    color.yellow(`${title}:`),
    ...rules.map((rule) => `  ${rule.name} (${rule.kind})  ${color.dim(rule.place)}`),
  ];
}
