import type { CheckedBundle } from '../check/bundle.ts';
import type { Report } from '../check/findings.ts';

/** Looks for one thing that is legal and still surprising. */
export interface LintRule {
  readonly name: string;
  readonly code: `VEL4${number}`;
  /** One sentence, with a full stop. */
  readonly summary: string;
  readonly check: (bundle: CheckedBundle, report: Report) => void;
}
