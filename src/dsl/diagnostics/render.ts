import { placeOf, type Span } from '../source/source-text.ts';
import { visibleText } from '../source/visible-text.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';

export interface RenderOptions {
  /** With ANSI colours. */
  readonly color: boolean;
}

/** Source lines are shown up to this many columns wide. */
const MAXIMUM_LINE = 100;
/** What is kept of a clipped line to the left of the place. */
const BEFORE_PLACE = 30;
const TAB = '    ';

/** A finding as people read it: the message, the place with its line underlined, related places, and what to do. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const paint = options.color ? PAINTED : PLAIN;
  const { code, help, message, related, rule, severity, span } = diagnostic;
  const gutter = Math.max(
    ...[span, ...related.map((one) => one.span)].map((one) => String(lineOf(one)).length),
  );
  const name = rule === undefined ? code : `${code} ${rule}`;
  const head = `${paint[severity](`${severity}[${name}]`)}${paint.strong(`: ${visible(message)}`)}`;
  const parts = [head, snippet(span, gutter, paint[severity], paint)];
  for (const place of related) {
    parts.push(
      `${paint.dim(`${' '.repeat(gutter)} = `)}note: ${visible(place.message)}`,
      snippet(place.span, gutter, paint.place, paint),
    );
  }
  if (help !== undefined) parts.push(`${paint.dim(`${' '.repeat(gutter)} = `)}help: ${visible(help)}`);
  return parts.join('\n');
}

/** Findings one below the other, and how many there are; '' without any. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return '';
  const paint = options.color ? PAINTED : PLAIN;
  const findings = diagnostics.map((one) => renderDiagnostic(one, options));
  return [...findings, paint.strong(summary(diagnostics))].join('\n\n');
}

/** `2 errors, 1 warning`. */
function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): string | undefined => {
    const number = diagnostics.filter((one) => one.severity === severity).length;
    return number === 0 ? undefined : `${number} ${severity}${number === 1 ? '' : 's'}`;
  };
  return [count('error'), count('warning')].filter((one) => one !== undefined).join(', ');
}

/** A finding for programs. Lines and columns start at 1; the end is the first place after what is meant. */
export interface DiagnosticJson extends PlaceJson {
  readonly code: string;
  readonly severity: Severity;
  readonly name: string;
  readonly message: string;
  readonly help: string | null;
  readonly related: readonly (PlaceJson & { readonly message: string })[];
}
export interface PlaceJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, name, message, help, span, related } = diagnostic;
  return {
    code,
    severity,
    name,
    message,
    help: help ?? null,
    ...placeToJson(span),
    related: related.map((place) => ({ message: place.message, ...placeToJson(place.span) })),
  };
}

function placeToJson(span: Span): PlaceJson {
  const start = span.source.positionAt(span.start);
  const end = span.source.positionAt(span.end);
  return {
    file: span.source.path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

// ------------------------------------------------------------------------------------------------- the place

function lineOf(span: Span): number {
  return span.source.positionAt(span.start).line;
}

function snippet(span: Span, gutter: number, underline: Paint, paint: Palette): string {
  const start = span.source.positionAt(span.start);
  const end = span.source.positionAt(span.end);
  const text = span.source.lineAt(start.line);
  const from = start.column - 1;
  const to = end.line === start.line ? end.column - 1 : text.length;
  const { line, offset, length } = clip(text, from, Math.max(from, to));
  const empty = ' '.repeat(gutter);
  const bar = paint.dim(`${empty} |`);
  return [
    `${empty}${paint.dim('-->')} ${visible(placeOf(span))}`,
    bar,
    `${paint.dim(`${String(start.line).padStart(gutter)} |`)} ${line}`.trimEnd(),
    `${bar} ${' '.repeat(offset)}${underline('^'.repeat(Math.max(1, length)))}`,
  ].join('\n');
}

/** The part of a line that is shown, and where in it `[from, to)` is. */
function clip(text: string, from: number, to: number): { line: string; offset: number; length: number } {
  // A line may be as long as a file: what is not shown is not looked at.
  const before = visible(text.slice(Math.max(0, from - MAXIMUM_LINE), from));
  const marked = visible(text.slice(from, Math.min(to, from + MAXIMUM_LINE)));
  const after = visible(text.slice(to, to + MAXIMUM_LINE));
  const whole = before + marked + after;
  const isCutBefore = from > MAXIMUM_LINE;
  const isCutAfter = text.length > to + MAXIMUM_LINE || to > from + MAXIMUM_LINE;
  if (whole.length <= MAXIMUM_LINE && !isCutBefore && !isCutAfter) {
    return { line: whole, offset: before.length, length: marked.length };
  }
  const wanted = Math.max(0, Math.min(before.length - BEFORE_PLACE, whole.length - MAXIMUM_LINE));
  // Half of a pair is no character.
  const first = isWithinPair(whole, wanted) ? wanted + 1 : wanted;
  const last = isWithinPair(whole, wanted + MAXIMUM_LINE) ? wanted + MAXIMUM_LINE - 1 : wanted + MAXIMUM_LINE;
  const head = first > 0 || isCutBefore ? '…' : '';
  const tail = last < whole.length || isCutAfter ? '…' : '';
  const offset = before.length - first + head.length;
  return {
    line: `${head}${whole.slice(first, last)}${tail}`,
    offset,
    length: Math.min(marked.length, MAXIMUM_LINE + head.length - offset),
  };
}

function isWithinPair(text: string, at: number): boolean {
  return at > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

function visible(text: string): string {
  return visibleText(text.replaceAll('\t', TAB));
}

// --------------------------------------------------------------------------------------------------- colours

type Paint = (text: string) => string;
interface Palette {
  readonly error: Paint;
  readonly warning: Paint;
  readonly place: Paint;
  readonly strong: Paint;
  readonly dim: Paint;
}

const ansi =
  (code: number, end: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[${end}m`;
const same: Paint = (text) => text;

const PLAIN: Palette = { error: same, warning: same, place: same, strong: same, dim: same };
const PAINTED: Palette = {
  error: ansi(31, 39),
  warning: ansi(33, 39),
  place: ansi(36, 39),
  strong: ansi(1, 22),
  dim: ansi(34, 39),
};
