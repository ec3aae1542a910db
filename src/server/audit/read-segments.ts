import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLines } from '../read-lines.ts';
import { segmentStart } from './segment-file.ts';

/** A line of the log, or a notice about one that a crash tore before it was acknowledged. */
export type AuditLine =
  | {
      readonly kind: 'entry';
      readonly segment: string;
      readonly line: number;
      readonly record: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'torn'; readonly segment: string; readonly line: number };

/** All lines of the log in a folder, oldest segment first. */
export async function* readAuditLog(folder: string): AsyncGenerator<AuditLine> {
  const names = (await readdir(folder)).filter((name) => segmentStart(name) !== undefined).toSorted();
  for (const segment of names) {
    for await (const { number: line, text, isWhole } of readLines(join(folder, segment))) {
      const record = isWhole ? parse(text) : undefined;
      yield record === undefined ? { kind: 'torn', segment, line } : { kind: 'entry', segment, line, record };
    }
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
