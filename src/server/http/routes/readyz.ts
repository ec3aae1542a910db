import type { CacheStatus } from '../../cache/fact-cache.ts';
import type { FollowerStatus } from '../../policies/policy-follower.ts';
import type { Route, Services } from '../route.ts';
import {
  type Readiness,
  ReadinessQuery,
  Readiness as ReadinessSchema,
} from '../schemas/operations-schema.ts';
import { sendJson } from '../send-json.ts';

export const readyz: Route = {
  method: 'get',
  path: '/readyz',
  name: 'readiness',
  summary: 'Whether to send requests here',
  description:
    'Turns 503 when the server begins to stop. With `?verbose` it says which bundle answers, which sources are configured, whether kept facts are trusted, what is lost, and how the audit log and the connections to the database are doing.',
  tag: 'Operations',
  scope: 'open',
  query: ReadinessQuery,
  answers: {
    200: { description: 'Ready', schema: ReadinessSchema },
    503: { description: 'Stopping: requests under way are still answered', schema: ReadinessSchema },
  },
  problems: [],
  handler: (services) => (request, response) => {
    const draining = services.isDraining();
    const status: Readiness['status'] = draining ? 'draining' : 'ready';
    const verbose = request.query['verbose'] !== undefined;
    sendJson(response, draining ? 503 : 200, { status, ...(verbose ? detailsOf(services) : {}) });
  },
};

function detailsOf({ ports, policies }: Services): Omit<Readiness, 'status'> {
  const { audit, bundles, cache, database, facts, losses, world } = ports;
  const { version, digest, loadedAt, engine, published } = bundles.current();
  const records = facts.size();
  return {
    policy: {
      version,
      digest,
      loadedAt: new Date(loadedAt).toISOString(),
      layers: engine.bundle.layers.length,
      ...followed(published, policies.status()),
    },
    sources: { ...world.status },
    facts: records === undefined ? {} : { records },
    database: database.status(),
    ...(cache === undefined ? {} : { cache: cacheDetails(cache.status()) }),
    losses: [...losses.current()].toSorted(),
    audit: audit.status(),
  };
}

/** Where the policies come from, and what became of the last activation. */
function followed(
  published: number | undefined,
  status: FollowerStatus | undefined,
): Pick<NonNullable<Readiness['policy']>, 'source' | 'published' | 'following' | 'refused'> {
  if (status === undefined) return { source: 'folder' };
  const { refused, isFollowing } = status;
  return {
    source: 'database',
    ...(published === undefined ? {} : { published }),
    following: isFollowing,
    ...(refused === undefined
      ? {}
      : {
          refused: {
            version: refused.version,
            code: refused.code,
            detail: refused.detail,
            since: new Date(refused.since).toISOString(),
          },
        }),
  };
}

function cacheDetails({
  isTrusted,
  behind,
  entries,
  bytes,
  watched,
  shared,
}: CacheStatus): NonNullable<Readiness['cache']> {
  return {
    isTrusted,
    ...(behind === undefined ? {} : { behind }),
    entries,
    bytes,
    watched: [...watched],
    ...(shared === undefined
      ? {}
      : {
          shared: {
            isOpen: shared.isOpen,
            levels: Object.fromEntries(
              Object.entries(shared.levels).map(([name, { isReachable, breaker, waiting, counts }]) => [
                name,
                { isReachable, breaker, waiting, ...counts },
              ]),
            ),
          },
        }),
  };
}
