import type { Static, TObject, TProperties } from 'typebox';
import type { CheckedBundle } from '../check/bundle.ts';
import type { DiagnosticSpec, Fix, RelatedPlace } from '../diagnostics/diagnostic.ts';
import { LINT_DIAGNOSTICS } from '../diagnostics/lint.ts';
import { Type } from '../json-schema.ts';
import type { Span } from '../source/source-text.ts';
import type { MatchedRule } from './matched-rule.ts';
import type { SuppressionProblem } from './suppressions.ts';

/** What a rule guards: its meaning (`bugs`), who gets in (`security`), its readers, what lies idle, and its tests. */
export const LINT_CATEGORIES = ['bugs', 'security', 'clarity', 'unused', 'testing'] as const;
export type LintCategory = (typeof LINT_CATEGORIES)[number];

/** What `velro check` looks for besides errors: surprises in what a policy means and whom it lets in. */
export const SURPRISES: ReadonlySet<LintCategory> = new Set(['bugs', 'security']);

export const LINT_LEVELS = ['off', 'warning', 'error'] as const;
export type LintLevel = (typeof LINT_LEVELS)[number];

/** The key of a finding in the catalogue, `vacuousPermit`; its rule is called `vacuous-permit`. */
export type LintFinding = keyof typeof LINT_DIAGNOSTICS;
type ArgumentsOf<F extends LintFinding> =
  (typeof LINT_DIAGNOSTICS)[F] extends DiagnosticSpec<infer A> ? A : never;

/** What rules look at. */
export interface LintSubject {
  readonly bundle: CheckedBundle;
  /** What the bundle's tests matched; undefined when they were not run. */
  readonly matched: readonly MatchedRule[] | undefined;
  /** What is wrong with the remarks that suppress findings; known after all other rules have run. */
  readonly suppressionProblems: readonly SuppressionProblem[];
}

/** What a finding may have besides its place. */
export interface FindingDetails {
  readonly related?: readonly RelatedPlace[];
  readonly fix?: Fix | undefined;
}

export interface LintContext<F extends LintFinding, O> extends LintSubject {
  readonly options: O;
  readonly report: (span: Span, args: ArgumentsOf<F>, details?: FindingDetails) => void;
}

/** What a rule reports with. */
export type ReportOf<F extends LintFinding> = LintContext<F, object>['report'];

/** Takes what any rule finds. */
export type Emit = (span: Span, args: unknown, details: FindingDetails) => void;

/** Looks for one thing that is legal and still surprising. */
export interface LintRule {
  /** As `velro.json` and remarks name it: the finding's name in kebab case. */
  readonly name: string;
  readonly finding: LintFinding;
  readonly code: `VEL4${number}`;
  readonly category: LintCategory;
  /** Unless `velro.json` says otherwise. */
  readonly level: LintLevel;
  /** One sentence, with a full stop. */
  readonly summary: string;
  /** Why it matters: a paragraph or two of Markdown. */
  readonly rationale: string;
  /** Declarations of a layer (see `example.ts`) that raise this finding and no other. */
  readonly avoid: string;
  /** The same mended, which raises none; if there is a fix, this is what it makes of `avoid`. */
  readonly prefer: string;
  /** True when a finding can come with a fix. */
  readonly fixes: boolean;
  /** Undefined for a rule without options. */
  readonly options: { readonly schema: TObject; readonly defaults: object } | undefined;
  readonly run: (subject: LintSubject, options: object, emit: Emit) => void;
}

interface Definition<F extends LintFinding, P extends TProperties>
  extends Omit<LintRule, 'name' | 'finding' | 'code' | 'level' | 'fixes' | 'options' | 'run'> {
  readonly level?: LintLevel;
  readonly fixes?: true;
  readonly options?: { readonly properties: P; readonly defaults: Static<TObject<P>> };
  readonly check: (context: LintContext<F, Static<TObject<P>>>) => void;
}

/** Makes a rule of a finding of the catalogue. */
export function defineLintRule<F extends LintFinding, P extends TProperties = TProperties>(
  finding: F,
  { check, fixes = false as never, level = 'warning', options, ...rest }: Definition<F, P>,
): LintRule {
  return {
    ...rest,
    name: ruleName(finding),
    finding,
    code: LINT_DIAGNOSTICS[finding].code as LintRule['code'],
    level,
    fixes,
    options: options && {
      schema: Type.Object(options.properties, { additionalProperties: false }),
      defaults: options.defaults,
    },
    run: (subject, given, emit) =>
      check({
        ...subject,
        options: given as Static<TObject<P>>,
        report: (span, args, details = {}) => emit(span, args, details),
      }),
  };
}

/** `vacuous-permit` of `vacuousPermit`. */
function ruleName(finding: LintFinding): string {
  return finding.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
