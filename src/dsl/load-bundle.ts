import { type CheckResult, checkBundle } from './check/check-bundle.ts';
import { type Diagnostic, sortDiagnostics } from './diagnostics/diagnostic.ts';
import type { SourceText } from './source/source-text.ts';
import type { SourceFile } from './syntax/ast.ts';
import { type ParseOptions, type ParseResult, parseSource } from './syntax/parse.ts';

/** Parses all files and, unless one has an error of syntax, checks them as one bundle. */
export function loadBundle(sources: readonly SourceText[], options?: ParseOptions): CheckResult {
  return checkParsed(sources.map((source) => parseSource(source, options)));
}

/** The same of files that were parsed one by one. */
export function checkParsed(parsed: readonly ParseResult[]): CheckResult {
  const files: SourceFile[] = [];
  const found: Diagnostic[] = [];
  for (const { file, diagnostics } of parsed) {
    files.push(file);
    found.push(...diagnostics);
  }
  if (found.some((one) => one.severity === 'error'))
    return { bundle: undefined, diagnostics: sortDiagnostics(found) };
  const { bundle, diagnostics } = checkBundle(files);
  return {
    bundle,
    diagnostics: found.length === 0 ? diagnostics : sortDiagnostics([...found, ...diagnostics]),
  };
}
