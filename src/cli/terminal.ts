import pc from 'picocolors';
import { HIDDEN_CHARACTER, visibleText } from '../dsl/source/visible-text.ts';

/** Colour is for people at a terminal: `NO_COLOR` turns it off, `FORCE_COLOR` on, a pipe or a file gets none. */
export function wantsColor(stream: NodeJS.WriteStream = process.stdout): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] !== undefined && process.env['FORCE_COLOR'] !== '0') return true;

  return stream.isTTY;
}

/** Colours for a stream; the identity where colour is not wanted. */
export function colorsFor(stream: NodeJS.WriteStream = process.stdout): ReturnType<typeof pc.createColors> {
  return pc.createColors(wantsColor(stream));
}

/**
 * Lets a command end as it would when nobody reads it to its end (`velro test | head -1`); what else keeps the output from
 * being written is told to `onFailure`.
 */
export function acceptClosedOutput(onFailure: (error: NodeJS.ErrnoException) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') onFailure(error);
    });
  }
}

/** Line breaks, tabs, and the colours that we use. */
// oxlint-disable-next-line no-control-regex -- colours begin with one
const KEPT = /(\n|\t|\u001b\[(?:1|2|22|3[1-6]|39)m)/;

/** A text of policies, facts and requests may hold anything: what a terminal would obey is replaced. */
function shown(text: string): string {
  return text
    .split(KEPT)
    .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
    .join('');
}

/** Writes a line to standard output: results, and nothing else, go there. */
export function print(text: string): void {
  process.stdout.write(`${shown(text)}\n`);
}

/** Writes a line to standard error: notices, progress and what went wrong. */
export function notice(text: string): void {
  process.stderr.write(`${shown(text)}\n`);
}

/** JSON as every command prints it. */
export function printJson(value: unknown): void {
  // Escaped, a text is still the same text.
  print(JSON.stringify(value, null, 2).replace(HIDDEN, escapeUnits));
}

const HIDDEN = new RegExp(`(?!\\n)(?:${HIDDEN_CHARACTER})`, 'gu');

function escapeUnits(text: string): string {
  return Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
