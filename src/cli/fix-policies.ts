import { applyFixes, type Fixable, isFixable } from '../dsl/lint/apply-fixes.ts';
import { loadBundle } from '../dsl/load-bundle.ts';
import { placeOf, type SourceText } from '../dsl/source/source-text.ts';
import { runTests } from '../engine/testing/run-tests.ts';
import { type LintWishes, lintPolicies } from './lint-policies.ts';

/** A fix may make another possible; that ends, and if it does not, here. */
const MAXIMUM_ROUNDS = 10;

export interface FixedPolicies {
  readonly sources: readonly SourceText[];
  readonly fixed: readonly Fixable[];
}

/**
 * Fixes what can be fixed, again and again until nothing changes. A fix counts only if the bundle then still has no
 * error and its tests come out as before; one that does not is left to people.
 */
export function fixPolicies(sources: readonly SourceText[], wishes: LintWishes): FixedPolicies {
  const before = outcomesOf(sources);
  if (before === undefined) return { sources, fixed: [] };
  const isAsBefore = (candidate: readonly SourceText[]): boolean => outcomesOf(candidate) === before;
  const refused = new Set<string>();
  const fixed: Fixable[] = [];
  let current = sources;
  for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
    const fixable = lintPolicies(current, wishes).findings.filter(isFixable);
    const open = fixable.filter((finding) => !refused.has(keyOf(finding)));
    if (open.length === 0) break;
    const all = applyFixes(current, open);
    if (isAsBefore(all.sources)) {
      current = all.sources;
      fixed.push(...all.applied);
      continue;
    }
    // One of them does not do what it says: one by one, so that the others are made.
    for (const finding of open) {
      const one = applyFixes(current, [finding]);
      if (!isAsBefore(one.sources)) {
        refused.add(keyOf(finding));
        continue;
      }
      current = one.sources;
      fixed.push(finding);
      break;
    }
  }
  return { sources: current, fixed };
}

/** What the tests of a bundle come to; undefined for one with errors. */
function outcomesOf(sources: readonly SourceText[]): string | undefined {
  const { bundle } = loadBundle(sources);
  if (bundle === undefined) return undefined;
  const outcomes = runTests(bundle).tests.map(({ title, expectations }) => [
    title,
    expectations.map(({ expectation, failure }) => [expectation, failure ?? null]),
  ]);
  return JSON.stringify(outcomes);
}

function keyOf(finding: Fixable): string {
  return `${finding.code} ${placeOf(finding.span)} ${finding.message}`;
}
