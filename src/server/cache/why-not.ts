import type { PreparedRequest } from '../../engine/decide/types.ts';
import type { BundleReads } from './bundle-reads.ts';
import type { TripleReads } from './triple-reads.ts';

/**
 * Why facts of a question are not kept: the policy does not let them be; nothing of subject and resource is stored; changes
 * of what is read are not told of; the request or the policy names further records.
 */
export type WhyNot = 'policy' | 'nothing_stored' | 'unwatched' | 'names_records';

export function whyNotKept(
  of: TripleReads,
  request: PreparedRequest,
  reads: Pick<BundleReads, 'watches'>,
): WhyNot | undefined {
  const { ages, roots } = of;
  if (ages === undefined) return 'policy';
  if (roots.subject === undefined && roots.resource === undefined) return 'nothing_stored';
  if (!reads.watches(roots.subject) || !reads.watches(roots.resource)) return 'unwatched';
  return of.namesMore(request) ? 'names_records' : undefined;
}
