import type { Diagnostic, Edit, Fix } from '../diagnostics/diagnostic.ts';
import { formatFile } from '../format/format-file.ts';
import { SourceText } from '../source/source-text.ts';
import { parseSource } from '../syntax/parse.ts';

/** A finding that can be fixed. */
export type Fixable = Diagnostic & { readonly fix: Fix };

export function isFixable(finding: Diagnostic): finding is Fixable {
  return finding.fix !== undefined;
}

export interface FixedSources {
  /** All sources of the bundle; those without a fix as they were. */
  readonly sources: readonly SourceText[];
  /** What was fixed. A finding whose edits overlap those of another waits for the next run. */
  readonly applied: readonly Fixable[];
}

/** Makes the edits of findings. A file that was in canonical form is so afterwards. */
export function applyFixes(sources: readonly SourceText[], findings: readonly Diagnostic[]): FixedSources {
  const bySource = new Map<SourceText, Edit[]>();
  const applied: Fixable[] = [];
  for (const finding of findings.filter(isFixable).toSorted(byStart)) {
    const edits = finding.fix.edits.toSorted((a, b) => a.span.start - b.span.start);
    if (!edits.every((edit) => isAfter(edit, bySource.get(edit.span.source)?.at(-1)))) continue;
    for (const edit of edits) {
      const list = bySource.get(edit.span.source) ?? [];
      bySource.set(edit.span.source, list);
      list.push(edit);
    }
    applied.push(finding);
  }
  return {
    sources: sources.map((source) => {
      const edits = bySource.get(source);
      return edits === undefined ? source : new SourceText(source.path, edited(source, edits));
    }),
    applied,
  };
}

function byStart(a: Fixable, b: Fixable): number {
  return (a.fix.edits[0]?.span.start ?? 0) - (b.fix.edits[0]?.span.start ?? 0);
}

/** True when an edit neither overlaps nor touches the one before it. */
function isAfter({ span }: Edit, before: Edit | undefined): boolean {
  return before === undefined || before.span.end < span.start;
}

/** The text with its edits made, which are in order. */
function edited(source: SourceText, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { span, text } of edits) {
    parts.push(source.text.slice(at, span.start), text);
    at = span.end;
  }
  parts.push(source.text.slice(at));
  return isCanonical(source.text) ? canonical(parts.join('')) : parts.join('');
}

function isCanonical(text: string): boolean {
  return canonical(text) === text;
}

/** The canonical form of a text; one that does not parse stays as it is. */
function canonical(text: string): string {
  const { file, diagnostics } = parseSource(new SourceText('', text));
  return diagnostics.length > 0 ? text : formatFile(file);
}
