import type { CheckedBundle } from '../check/bundle.ts';
import type { Report } from '../check/findings.ts';
import { LINT_RULES } from './rules/index.ts';

/** Runs every lint rule over a bundle without errors. */
export function lintBundle(bundle: CheckedBundle, report: Report): void {
  for (const rule of LINT_RULES) rule.check(bundle, report);
}
