import type { LoadReport } from './load-report.ts';
import { KINDS } from './question.ts';
import type { Times } from './run-artillery.ts';

/** So many complaints are shown; the report has more. */
const COMPLAINTS_SHOWN = 5;
const TITLES = {
  permit: 'permits',
  denial: 'denials',
  limited: 'limits',
  malformed: 'malformed requests',
  keyless: 'missing keys',
} as const;

/** The report as people read it. */
export function renderReport(report: LoadReport): string {
  const { complaints, failures, kinds, late, pace, p95, passed, serverErrors, times, wrongVerdicts } = report;
  const right = report.answered - late - wrongVerdicts - serverErrors;
  const rows = [
    ['', 'right', 'late', 'wrong', '5xx', 'p50', 'p95', 'p99'],
    ...KINDS.map((kind) => {
      const one = kinds[kind];
      const counts = [one.right, one.late, one.wrong, one.serverErrors];
      return [TITLES[kind], ...counts.map(String), ...spell(one.times)];
    }),
    ['all', ...[right, late, wrongVerdicts, serverErrors].map(String), ...spell(times)],
  ];
  const lines = [table(rows), ''];
  for (const { name, complaint } of complaints.slice(0, COMPLAINTS_SHOWN))
    lines.push(`${name}: ${complaint}`);
  for (const [error, count] of Object.entries(report.errors)) lines.push(`no answer: ${count} × ${error}`);
  lines.push(
    `p95 at ${pace.rate} requests/s: ${p95.milliseconds} ms of ${p95.target} ms: ${p95.reached ? 'reached' : 'missed'}`,
  );
  for (const failure of failures) lines.push(`failed: ${failure}`);
  if (passed) {
    const rest = late === 0 ? 'each as expected' : `${right} of them as expected and ${late} too late`;
    lines.push(`passed: ${report.answered} answers, ${rest}`);
  }
  return lines.join('\n');
}

function spell({ count, p50, p95, p99 }: Times): string[] {
  return [p50, p95, p99].map((time) => (count === 0 ? '–' : `${time} ms`));
}

/** Columns of numbers, right-aligned, after one of titles. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      }),
    )
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}
