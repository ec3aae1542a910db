import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isReached, type Result, type Target } from './suite.ts';

/** One entry of `results/latest.json`. A figure without a target has null for it and for whether it is reached. */
export interface RecordedResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  readonly reached: boolean | null;
}

export function recordedResult(result: Result): RecordedResult {
  const { name, value, unit, target } = result;
  if (!Number.isFinite(value)) throw new RangeError(`${name} is ${value}, which is no figure`);
  return {
    name,
    value: rounded(value),
    unit,
    target: target === undefined ? null : boundOf(target),
    reached: isReached(result) ?? null,
  };
}

/** Writes the figures as a list; a reader sees the list before or the list after, never half of one. */
export function writeResults(path: string, results: readonly Result[]): void {
  const names = new Set(results.map(({ name }) => name));
  if (names.size !== results.length) throw new Error('two figures have one name');
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.part`;
  writeFileSync(partial, `${JSON.stringify(results.map(recordedResult), null, 2)}\n`);
  renameSync(partial, path);
}

/** The table that people read. */
export function renderTable(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.name,
    figure(result.value),
    result.unit,
    result.spread === undefined ? '' : `${figure(result.spread.low)} – ${figure(result.spread.high)}`,
    result.target === undefined ? '' : describeTarget(result.target),
    verdictOf(result),
    result.note ?? '',
  ]);
  const header = ['figure', 'median', 'unit', 'quartiles', 'target', 'verdict', 'note'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const numeric = new Set([1, 3, 4]);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Whether the target is reached, and if not, by how much it is missed. */
function verdictOf(result: Result): string {
  const { target, value } = result;
  if (target === undefined) return '';
  if (isReached(result) === true) return 'reached';
  const bound = boundOf(target);
  return `missed by ${figure((Math.abs(value - bound) / bound) * 100)}%`;
}

function describeTarget(target: Target): string {
  return 'atMost' in target ? `≤ ${figure(target.atMost)}` : `≥ ${figure(target.atLeast)}`;
}

function boundOf(target: Target): number {
  return 'atMost' in target ? target.atMost : target.atLeast;
}

/** Three significant digits, without an exponent. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toString();
  return String(Number(value.toPrecision(3)));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
