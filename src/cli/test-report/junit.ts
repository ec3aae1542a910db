import type { TestReport } from '../../engine/testing/run-tests.ts';

/** The report as JUnit XML, which CI systems read: a test case an expectation, a suite a test. */
export function junitReport(report: TestReport, seconds: number): string {
  const suites = report.tests.map((test) => {
    const failures = test.expectations.filter((one) => !one.passed).length;
    const cases = test.expectations.map((one) => {
      const open = `    <testcase name="${escape(one.expectation)}" classname="${escape(test.title)}"${fileAndLine(one.place)}`;
      if (one.failure === undefined) return `${open}/>`;
      const message = `${one.place}: expected ${one.expectation}, ${one.failure}`;
      return `${open}>\n      <failure message="${escape(message)}"/>\n    </testcase>`;
    });
    const open = `  <testsuite name="${escape(test.title)}" tests="${test.expectations.length}" failures="${failures}">`;
    return [open, ...cases, '  </testsuite>'].join('\n');
  });
  const total = report.tests.reduce((sum, test) => sum + test.expectations.length, 0);
  const failed = report.tests.reduce(
    (sum, test) => sum + test.expectations.filter((one) => !one.passed).length,
    0,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="velro" tests="${total}" failures="${failed}" time="${seconds.toFixed(3)}">`,
    ...suites,
    '</testsuites>',
  ].join('\n');
}

function fileAndLine(place: string): string {
  const [, file, line] = /^(.*):(\d+):\d+$/.exec(place) ?? [];
  return file === undefined ? '' : ` file="${escape(file)}" line="${line}"`;
}

/** Text for an attribute; characters that XML cannot hold are left out. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
