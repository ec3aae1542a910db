import type { Span } from '../source/source-text.ts';

/** An error stops a bundle from being compiled; a warning is legal and surprising. */
export type Severity = 'error' | 'warning';

/** A finding about a policy: codes are API, prose is not. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** The key of the catalogue, such as `unknownAttribute`. */
  readonly name: string;
  /** States the problem in one sentence, in lower case, without a full stop. */
  readonly message: string;
  /** Says what to do. */
  readonly help: string | undefined;
  readonly span: Span;
  /** Other places that matter, such as the first of two declarations. */
  readonly related: readonly RelatedPlace[];
  /** The lint rule that found it, as `velro.json` and remarks name it. */
  readonly rule?: string;
  /** A change after which the finding is gone and the policies mean the same. */
  readonly fix?: Fix;
}

/** Edits that belong together; none overlaps another. */
export interface Fix {
  /** What they do, in the imperative. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** What to put where a span is. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface RelatedPlace {
  readonly span: Span;
  readonly message: string;
}

/** One kind of finding: `message` states, `help` advises. */
export interface DiagnosticSpec<Arguments> {
  readonly code: `VEL${number}`;
  readonly severity: Severity;
  readonly message: (args: Arguments) => string;
  readonly help?: (args: Arguments) => string | false | undefined;
}

/** Gives a catalogue entry the type of its arguments. */
export function spec<Arguments>(entry: DiagnosticSpec<Arguments>): DiagnosticSpec<Arguments> {
  return entry;
}

/** A function `report(name, span, args, related?)` over one catalogue, which appends to `into`. */
export type Reporter<C extends Record<string, DiagnosticSpec<never>>> = <N extends keyof C & string>(
  name: N,
  span: Span,
  args: C[N] extends DiagnosticSpec<infer A> ? A : never,
  related?: readonly RelatedPlace[],
) => void;

/** Makes the reporter of a catalogue. */
export function reporter<C extends Record<string, DiagnosticSpec<never>>>(
  catalogue: C,
  into: Diagnostic[],
): Reporter<C> {
  return (name, span, args, related = []) => {
    const entry = catalogue[name] as DiagnosticSpec<unknown>;
    const brief = briefArguments(args);
    const help = entry.help?.(brief);
    into.push({
      code: entry.code,
      severity: entry.severity,
      name,
      message: cut(entry.message(brief), MAXIMUM_SENTENCE),
      help: help ? cut(help, MAXIMUM_SENTENCE) : undefined,
      span,
      related,
    });
  };
}

/** What a policy says of itself is repeated in at most so many characters, … */
const MAXIMUM_ARGUMENT = 300;
/** … a list of names in at most so many of them, … */
const MAXIMUM_NAMES = 10;
/** … and a sentence has no more than so many. */
export const MAXIMUM_SENTENCE = 500;

/** The arguments of a finding, cut to what a message may show. */
function briefArguments(args: unknown): unknown {
  if (typeof args !== 'object' || args === null) return args;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, briefArgument(value)]));
}

function briefArgument(value: unknown): unknown {
  if (typeof value === 'string') return cut(value, MAXIMUM_ARGUMENT);
  if (!Array.isArray(value)) return value;
  const shown = value.length > MAXIMUM_NAMES ? [...value.slice(0, MAXIMUM_NAMES), '…'] : value;
  return shown.map((one: unknown) => briefArgument(one));
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half a character is none.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 2)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** At most this many findings are reported in one run. */
export const MAXIMUM_DIAGNOSTICS = 100;

/** Findings by path, place and code, without repetitions, at most {@link MAXIMUM_DIAGNOSTICS}, errors never cut for warnings. */
export function sortDiagnostics(findings: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const unique = findings.filter((one) => {
    const key = `${one.code}\0${one.span.source.path}\0${one.span.start}\0${one.span.end}\0${one.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const byPlace = (a: Diagnostic, b: Diagnostic): number =>
    compare(a.span.source.path, b.span.source.path) ||
    a.span.start - b.span.start ||
    a.span.end - b.span.end ||
    compare(a.code, b.code) ||
    compare(a.message, b.message);
  const errors = unique.filter((one) => one.severity === 'error').toSorted(byPlace);
  const warnings = unique.filter((one) => one.severity === 'warning').toSorted(byPlace);
  return [...errors, ...warnings].slice(0, MAXIMUM_DIAGNOSTICS).toSorted(byPlace);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
