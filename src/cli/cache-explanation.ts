import type { CheckedBundle } from '../dsl/check/bundle.ts';
import { formatDuration } from '../dsl/types/parse-duration.ts';
import type { PreparedRequest } from '../engine/decide/types.ts';
import { describeCache } from '../server/cache/describe-cache.ts';
import { tripleReadsOf } from '../server/cache/triple-reads.ts';
import { type WhyNot, whyNotKept } from '../server/cache/why-not.ts';

/** Whether facts of a question may be kept, as far as the policy and the question say. */
export interface CacheExplanation {
  readonly kept: boolean;
  readonly reason: WhyNot | null;
  /** How old they may be for a verdict; null: never for such a one. */
  readonly permit: string | null;
  readonly deny: string | null;
  /** How long instances keep them for each other; null: not at all. */
  readonly shared: string | null;
  readonly parts: ReturnType<typeof describeCache>['parts'];
}

/** Takes every table for one that tells of its changes: that is a matter of a database. Undefined for what is not declared. */
export function explainCache(bundle: CheckedBundle, request: PreparedRequest): CacheExplanation | undefined {
  const { triple } = request;
  if (triple === undefined) return undefined;
  const of = tripleReadsOf(bundle, triple);
  const reason = whyNotKept(of, request, { watches: () => true });
  const { kept, parts } = describeCache(of, request, reason, []);
  const { ages } = of;
  return {
    kept,
    reason: reason ?? null,
    permit: shownAge(ages?.permit.here ?? 0),
    deny: shownAge(ages?.deny.here ?? 0),
    shared: shownAge(ages?.shared ?? 0),
    parts,
  };
}

function shownAge(age: number): string | null {
  return age === 0 ? null : formatDuration(age);
}

const REASONS: Readonly<Record<WhyNot, string>> = {
  policy: 'no `cache` line covers it, or a `never cache` does',
  nothing_stored: 'nothing of its subject and resource is stored',
  unwatched: 'a table that is read does not tell of its changes',
  names_records: 'the request or the policy names further records',
};

/** The same for people. */
export function cacheLines({ reason, permit, deny, shared, parts }: CacheExplanation): readonly string[] {
  if (reason !== null) return [`facts are not kept: ${REASONS[reason]}`];
  return [
    'facts are kept, where their tables tell of changes (velro schema check)',
    `  for a permit ${permit ?? 'not at all'}, for a denial ${deny ?? 'not at all'}`,
    `  in levels that instances share ${shared ?? 'not at all'}`,
    ...parts.map(
      ({ root, type, id, entities }) =>
        `  of the ${root} ${type} ${id}, with records of ${entities.join(', ')}`,
    ),
  ];
}
