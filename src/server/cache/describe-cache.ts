import type { PreparedRequest } from '../../engine/decide/types.ts';
import type { CacheDescription } from './fact-cache.ts';
import type { TripleReads } from './triple-reads.ts';
import type { WhyNot } from './why-not.ts';

/** Says of a question whether its facts are kept, and by what they are found again. */
export function describeCache(
  { roots }: TripleReads,
  request: PreparedRequest,
  reason: WhyNot | undefined,
  tags: Iterable<string>,
): CacheDescription {
  const parts = (['subject', 'resource'] as const).flatMap((root) => {
    const reads = roots[root];
    const { type, id } = request[root];
    return reads === undefined ? [] : [{ root, type, id, entities: reads.types }];
  });
  return { kept: reason === undefined, reason: reason ?? null, parts, tags: [...new Set(tags)].toSorted() };
}
