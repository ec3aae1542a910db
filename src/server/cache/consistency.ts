/** What a question demands of its facts beyond what all are promised. */
export type Consistency =
  /** They are read now, where they are written. */
  | { readonly kind: 'fresh' }
  /** They are of a state in which this transaction, which has committed, is seen. */
  | { readonly kind: 'atLeast'; readonly transaction: bigint };

/** How a request spells it: `fresh`, or `at_least:` and the token that a write returned. */
export const CONSISTENCY_PATTERN = '^(fresh|at_least:[1-9][0-9]{0,19})$';

const AT_LEAST = 'at_least:';

/** Reads what fits the pattern. */
export function readConsistency(text: string): Consistency {
  if (text.startsWith(AT_LEAST)) return { kind: 'atLeast', transaction: BigInt(text.slice(AT_LEAST.length)) };
  return { kind: 'fresh' };
}
