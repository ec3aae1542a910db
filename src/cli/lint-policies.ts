import type { CheckedBundle } from '../dsl/check/bundle.ts';
import type { Diagnostic } from '../dsl/diagnostics/diagnostic.ts';
import { lintBundle } from '../dsl/lint/lint-bundle.ts';
import type { LintCategory } from '../dsl/lint/lint-rule.ts';
import { loadBundle } from '../dsl/load-bundle.ts';
import type { SourceText } from '../dsl/source/source-text.ts';
import { runTests } from '../engine/testing/run-tests.ts';
import type { Configuration } from './read-configuration.ts';

export interface LintWishes {
  readonly configuration: Configuration;
  /** Only rules of these categories. */
  readonly categories?: ReadonlySet<LintCategory>;
  /** Only these rules. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Runs the bundle's tests, for the rules that want to know what they match. */
  readonly withTests?: boolean;
}

export interface Linted {
  /** Undefined when there are errors; then no lint rule has run. */
  readonly bundle: CheckedBundle | undefined;
  /** Errors, or else what the lint rules found; not sorted and not cut. */
  readonly findings: readonly Diagnostic[];
}

/** Checks policies, and lints them if they have no error. */
export function lintPolicies(sources: readonly SourceText[], wishes: LintWishes): Linted {
  const { bundle, diagnostics } = loadBundle(sources);
  if (bundle === undefined) return { bundle, findings: diagnostics };
  const { configuration, categories, only, withTests } = wishes;
  const { settings, isIgnored } = configuration;
  const matched = withTests === true ? runTests(bundle, { coverage: true }).coverage : undefined;
  const surprises = lintBundle(bundle, {
    settings,
    isIgnored,
    matched,
    ...(categories === undefined ? {} : { categories }),
    ...(only === undefined ? {} : { only }),
  });
  return { bundle, findings: [...diagnostics, ...surprises] };
}
