import type { Edit } from '../../diagnostics/diagnostic.ts';
import { formatExpression } from '../../format/format-expression.ts';
import type { SourceText, Span } from '../../source/source-text.ts';
import type { Comment, Expression, SourceFile } from '../../syntax/ast.ts';
import { LEVELS, OPERATOR_LEVELS } from '../../syntax/precedence.ts';

/** Takes a declaration out of its file, with its documentation and the remark at the end of its line. */
export function removeDeclaration({ source, start, end }: Span): Edit {
  const { text } = source;
  let from = lineStart(text, start);
  if (text.slice(from, start).trim() !== '') return { span: { source, start, end }, text: '' };
  // The remarks between documentation and declaration go along: what is left must not come to document the next one.
  for (let at = from; at > 0; ) {
    at = lineStart(text, at - 1);
    const line = text.slice(at, text.indexOf('\n', at)).trim();
    if (!line.startsWith('//')) break;
    if (/^\/\/\/(?!\/)/.test(line)) from = at;
  }
  return { span: { source, start: from, end: afterLine(text, end) }, text: '' };
}

/** Takes a remark out of its file, and its line if it has one to itself. */
export function removeRemark({ source, start, end }: Span): Edit {
  const { text } = source;
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() === '')
    return { span: { source, start: from, end: afterLine(text, end) }, text: '' };
  const before = text.slice(from, start).trimEnd().length;
  return { span: { source, start: from + before, end }, text: '' };
}

/** Puts a text where a span is. */
export function replacement(span: Span, text: string): Edit {
  return { span, text };
}

/** Writes an expression where another stands, in parentheses where those around it could tear it apart. */
export function inPlaceOf(old: Expression, instead: Expression): Edit {
  const text = formatExpression(instead);
  const isLoose =
    instead.kind === 'binaryExpression' && OPERATOR_LEVELS[instead.operator] < LEVELS.comparison;
  const isSameChain =
    old.kind === 'binaryExpression' &&
    instead.kind === 'binaryExpression' &&
    old.operator === instead.operator;
  return { span: old.span, text: isLoose && !isSameChain ? `(${text})` : text };
}

/** Where the remarks of a bundle are. */
export class Remarks {
  readonly #bySource: ReadonlyMap<SourceText, readonly Comment[]>;

  constructor(files: readonly SourceFile[]) {
    this.#bySource = new Map(files.map(({ source, comments }) => [source, comments]));
  }

  /** True when a remark lies within a span: writing the span anew would lose it. */
  liesWithin({ source, start, end }: Span): boolean {
    const comments = this.#bySource.get(source) ?? [];
    let low = 0;
    let high = comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((comments[middle] as Comment).span.start < start) low = middle + 1;
      else high = middle;
    }
    const next = comments[low];
    return next !== undefined && next.span.start < end;
  }
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the line break after an offset, if nothing but a remark stands before it. */
function afterLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  const lineEnd = at === -1 ? text.length : at;
  const rest = text.slice(offset, lineEnd).trim();
  return rest === '' || rest.startsWith('//') ? Math.min(text.length, lineEnd + 1) : offset;
}
