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
    const { edits } = finding.fix;
    if (!edits.every((edit) => isFree(edit, bySource.get(edit.span.source)))) continue;
    for (const edit of edits)
      bySource.set(edit.span.source, [...(bySource.get(edit.span.source) ?? []), edit]);
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

/** True when an edit neither overlaps nor touches another one. */
function isFree({ span }: Edit, others: readonly Edit[] = []): boolean {
  return others.every((other) => span.end < other.span.start || other.span.end < span.start);
}

function edited(source: SourceText, edits: readonly Edit[]): string {
  let { text } = source;
  for (const { span, text: instead } of edits.toSorted((a, b) => b.span.start - a.span.start))
    text = text.slice(0, span.start) + instead + text.slice(span.end);
  return isCanonical(source.text) ? canonical(text) : text;
}

function isCanonical(text: string): boolean {
  return canonical(text) === text;
}

/** The canonical form of a text; one that does not parse stays as it is. */
function canonical(text: string): string {
  const { file, diagnostics } = parseSource(new SourceText('', text));
  return diagnostics.length > 0 ? text : formatFile(file);
}
