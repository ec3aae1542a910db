import type { Diagnostic } from '../dsl/diagnostics/diagnostic.ts';
import { type DiagnosticJson, diagnosticToJson } from '../dsl/diagnostics/render.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** A finding for programs. */
export interface FindingJson extends DiagnosticJson {
  /** The lint rule; null for what is no lint finding. */
  readonly rule: string | null;
  /** What `velro lint --fix` would do; null where it can do nothing. */
  readonly fix: string | null;
}

export function findingToJson(finding: Diagnostic): FindingJson {
  return { ...diagnosticToJson(finding), rule: finding.rule ?? null, fix: finding.fix?.title ?? null };
}

/** Findings are worth an exit code of their own, warnings too unless they are allowed. */
export function exitCodeOf(findings: readonly Diagnostic[], allowsWarnings: boolean): ExitCode {
  const counted = allowsWarnings ? findings.filter(({ severity }) => severity === 'error') : findings;
  return counted.length > 0 ? EXIT.findings : EXIT.fine;
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
