import type { Policy, Question } from './history-scene.ts';
import { changesWithin, sinceHeld, valuesAt, type WrittenValue } from './written-value.ts';

/** An answer, and when it was asked for and came. */
export interface Decided {
  readonly question: Question;
  readonly permitted: boolean;
  readonly begin: number;
  readonly end: number;
  /** Milliseconds before the question in which the facts may have been as it was answered. */
  readonly bound: number;
  /** Digest of the policy that it names. */
  readonly policy: string | undefined;
  /** How its facts came to be known, and who answered. */
  readonly source: string | undefined;
  readonly asker: number;
}

/** The policies that were activated one after the other. */
export interface ActivePolicies {
  readonly byDigest: ReadonlyMap<string, Policy>;
  readonly active: WrittenValue<Policy>;
  /** Milliseconds after which a version that was replaced may not answer any more. */
  readonly bound: number;
}

export interface Violation {
  /** Whether no facts of the window give the answer, or its policy was not active in the window. */
  readonly kind: 'facts' | 'policy';
  readonly isPermit: boolean;
  readonly text: string;
}

/** What is wrong with an answer, if anything. */
export function violationOf(decided: Decided, policies: ActivePolicies | undefined): Violation | undefined {
  const { permitted } = decided;
  const policy = policies === undefined ? 'whole' : policies.byDigest.get(decided.policy ?? '');
  if (policy === undefined)
    return { kind: 'policy', isPermit: permitted, text: `${describe(decided)}; by an unknown policy` };
  if (!isPossible(decided, policy)) return { kind: 'facts', isPermit: permitted, text: describe(decided) };
  if (policies === undefined || policyAgeOf(decided, policies) <= policies.bound) return undefined;
  const text = `${describe(decided)}; by ${policy}: ${timesOf(policies.active, decided)}`;
  return { kind: 'policy', isPermit: permitted, text };
}

/** How long before the question the policy that an answer names was replaced by another, in milliseconds; 0 if it was not. */
export function policyAgeOf({ policy, begin, end }: Decided, { active, byDigest }: ActivePolicies): number {
  const name = byDigest.get(policy ?? '');
  if (name === undefined) return Infinity;
  return sinceHeld(active, name, end) === 0 ? 0 : sinceHeld(active, name, begin);
}

/** Whether some state between the bound before the question and its answer gives that answer. */
function isPossible({ question, permitted, begin, end, bound }: Decided, policy: Policy): boolean {
  const from = begin - bound;
  const moments = new Set([end, from]);
  for (const fact of question.facts) for (const moment of changesWithin(fact, from, end)) moments.add(moment);
  for (const moment of moments)
    for (const values of combinations(question.facts.map((fact) => [...valuesAt(fact, moment)])))
      if (question.verdict(values, policy) === permitted) return true;
  return false;
}

function combinations(options: readonly (readonly boolean[])[]): readonly (readonly boolean[])[] {
  return options.reduce<readonly (readonly boolean[])[]>(
    (all, values) => all.flatMap((one) => values.map((value) => [...one, value])),
    [[]],
  );
}

function describe(decided: Decided): string {
  const { question, permitted, begin, end, bound, source, asker } = decided;
  const facts = question.facts.map((fact) => `${fact.name}: ${timesOf(fact, decided)}`);
  return `${question.person} reads ${question.item}: ${permitted ? 'permit' : 'deny'} within ${Math.round(end - begin)} ms (bound ${bound}, server ${asker}, ${source ?? 'no source'}); ${facts.join('; ')}`;
}

function timesOf<T>({ writes }: WrittenValue<T>, { begin, end }: Decided): string {
  const last = writes
    .filter((write) => write.begin <= end)
    .slice(-3)
    .map(
      (write) =>
        `${String(write.value)} in ${Math.round(write.begin - begin)}…${Math.round(write.end - begin)}`,
    );
  return last.join(', ') || 'as at first';
}
