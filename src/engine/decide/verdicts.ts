import type { RuleName, Verdict, VerdictCode } from './types.ts';

/** Codes of denials that no rule decides: there the reason is the code. */
type CodeWithoutRule = Exclude<VerdictCode, 'permitted' | 'forbidden' | 'claim_missing' | 'limit_exceeded'>;

/** A denial that no rule decided. */
export function deniedAs(
  code: CodeWithoutRule,
  flipsAt = Number.POSITIVE_INFINITY,
  details: Partial<Pick<Verdict, 'cause' | 'claim' | 'missing'>> = {},
): Verdict {
  return {
    permitted: false,
    code,
    reason: code,
    cause: details.cause,
    claim: details.claim,
    grants: [],
    advice: undefined,
    missing: details.missing ?? [],
    overrides: [],
    flipsAt,
  };
}

/** The sentence for a rule that gives no reason of its own. */
export function forbiddenBy({ layer, rule }: RuleName): string {
  return `forbidden by ${layer}.${rule}`;
}
export function exceeded({ layer, rule }: RuleName): string {
  return `the limit ${layer}.${rule} has nothing left`;
}
export function notEstablished(claim: string): string {
  return `nothing establishes ${claim}`;
}
export const PERMITTED = 'permitted';
