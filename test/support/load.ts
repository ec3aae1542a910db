import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import { type Diagnostic, sortDiagnostics } from '../../src/dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/dsl/diagnostics/render.ts';
import { lintBundle } from '../../src/dsl/lint/lint-bundle.ts';
import { SURPRISES } from '../../src/dsl/lint/lint-rule.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';

/** One file, or several by path. */
export type Texts = string | Readonly<Record<string, string>>;

/** The bundle, and what `velro check` finds: errors, or without any the surprises that lint rules know. */
export function tryCheckText(texts: Texts): {
  readonly bundle: CheckedBundle | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  const files = typeof texts === 'string' ? { 'policy.velro': texts } : texts;
  const { bundle, diagnostics } = loadBundle(
    Object.entries(files).map(([path, text]) => new SourceText(path, text)),
  );
  if (bundle === undefined) return { bundle, diagnostics };
  const surprises = lintBundle(bundle, { categories: SURPRISES });
  return { bundle, diagnostics: sortDiagnostics([...diagnostics, ...surprises]) };
}

/** The bundle; throws with the rendered findings when there is an error among them. */
export function checkText(texts: Texts): CheckedBundle {
  const { bundle, diagnostics } = tryCheckText(texts);
  if (bundle === undefined) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return bundle;
}
