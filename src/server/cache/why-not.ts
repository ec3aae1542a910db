import type { PreparedRequest } from '../../engine/decide/types.ts';
import type { FactQuestion } from '../ports.ts';
import type { AllowedAges } from './allowed-ages.ts';
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

/** A question whose facts may be kept, and what is known of its kind. */
export interface KeptQuestion extends FactQuestion {
  readonly reads: TripleReads;
  readonly ages: AllowedAges;
}

/** The question with what is known of its kind; undefined where its facts may not be kept. */
export function keptQuestion(
  { request, triple }: FactQuestion,
  bundle: Pick<BundleReads, 'watches' | 'of'>,
): KeptQuestion | undefined {
  const reads = bundle.of(triple);
  const { ages } = reads;
  if (ages === undefined || whyNotKept(reads, request, bundle) !== undefined) return undefined;
  return { request, triple, reads, ages };
}
