import type { Session } from '../store/database.ts';

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

/** The token of what a transaction writes: its number, asked for within it. A decision may demand to see that. */
export async function consistencyToken(session: Session): Promise<string> {
  const { rows } = await session.query<{ readonly token: string }>({
    text: 'select pg_current_xact_id()::text as token',
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the database did not say its transaction');
  return row.token;
}
