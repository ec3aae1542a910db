import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { Diagnostic } from '../../src/dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/dsl/diagnostics/render.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';

/** One file, or several by path. */
export type Texts = string | Readonly<Record<string, string>>;

/** The bundle and its findings, errors included. */
export function tryCheckText(texts: Texts): {
  readonly bundle: CheckedBundle | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  const files = typeof texts === 'string' ? { 'policy.velro': texts } : texts;
  return loadBundle(Object.entries(files).map(([path, text]) => new SourceText(path, text)));
}

/** The bundle; throws with the rendered findings when there is an error among them. */
export function checkText(texts: Texts): CheckedBundle {
  const { bundle, diagnostics } = tryCheckText(texts);
  if (bundle === undefined) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return bundle;
}
