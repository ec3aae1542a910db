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
  const refused = new Set<string>();
  const fixed: Fixable[] = [];
  let current = sources;
  for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
    const base = current;
    const open = lintPolicies(base, wishes)
      .findings.filter(isFixable)
      .filter((finding) => !refused.has(keyOf(finding)));
    const good = (fixes: readonly Fixable[]): boolean =>
      outcomesOf(applyFixes(base, fixes).sources) === before;
    const accepted = largestGood(open, [], good, (finding) => void refused.add(keyOf(finding)));
    if (accepted.length === 0) break;
    const { sources: next, applied } = applyFixes(base, accepted);
    current = next;
    fixed.push(...applied);
  }
  return { sources: current, fixed };
}

/** The fixes that are good together with those that are accepted; halves tell good ones from bad ones. */
function largestGood(
  candidates: readonly Fixable[],
  accepted: readonly Fixable[],
  good: (fixes: readonly Fixable[]) => boolean,
  refuse: (finding: Fixable) => void,
): readonly Fixable[] {
  const [first, ...others] = candidates;
  if (first === undefined) return accepted;
  const all = [...accepted, ...candidates];
  if (good(all)) return all;
  if (others.length === 0) {
    refuse(first);
    return accepted;
  }
  const half = candidates.length >> 1;
  const left = largestGood(candidates.slice(0, half), accepted, good, refuse);
  return largestGood(candidates.slice(half), left, good, refuse);
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
