import type { DiagnosticSpec } from './diagnostic.ts';
import { LINT_DIAGNOSTICS } from './lint.ts';
import { MEANING_DIAGNOSTICS } from './meaning.ts';
import { NAME_DIAGNOSTICS } from './names.ts';
import { SYNTAX_DIAGNOSTICS } from './syntax.ts';

/** Every finding that Velro can report, by name. Codes are unique and stable (a test compares them with docs/diagnostics.md). */
export const DIAGNOSTICS: Readonly<Record<string, DiagnosticSpec<never>>> = {
  ...SYNTAX_DIAGNOSTICS,
  ...NAME_DIAGNOSTICS,
  ...MEANING_DIAGNOSTICS,
  ...LINT_DIAGNOSTICS,
};
