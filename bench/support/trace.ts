import type { AccessRequest } from '../../src/engine/decide/types.ts';
import type { Database } from '../../src/server/store/database.ts';
import { randomFrom } from '../../test/support/random-from.ts';

/** One thing that somebody may read. */
export interface TracedObject {
  readonly id: string;
  readonly owner: string;
  /** Whether everybody may read it. */
  readonly isPublic: boolean;
}

/** What happens next: somebody reads an object, or it is written. */
export type TraceEvent =
  | { readonly kind: 'read'; readonly object: TracedObject; readonly subject: string }
  | { readonly kind: 'write'; readonly object: TracedObject };

/** Of the events so many are writes. */
export const WRITES = 0.01;
/** Of the reads so many are by the owner; others are by somebody, some more often than others, of what is public, … */
const BY_OWNER = 0.7;
/** … and so many by somebody of anything: those are denied as a rule. */
const BY_ANYBODY = 0.03;

/** Draws ranks from 0 on, of which each has the weight 1 / (rank + 1). */
export function zipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) sums[rank] = sum += 1 / (rank + 1);
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** The objects and users of a seeded database, in an order that has nothing to do with how they were made: the hottest first. */
export async function readPopulation(
  database: Database,
): Promise<{ readonly objects: readonly TracedObject[]; readonly users: readonly string[] }> {
  const [objects, users] = await Promise.all([
    database.query('analytics', {
      text: `select id, owner_id, visibility = 'public' and status = 'completed' as public from generations order by md5(id::text)`,
    }),
    database.query('analytics', { text: 'select id from users order by md5(id::text)' }),
  ]);
  return {
    objects: objects.rows.map((row) => ({
      id: String(row['id']),
      owner: String(row['owner_id']),
      isPublic: row['public'] === true,
    })),
    users: users.rows.map((row) => String(row['id'])),
  };
}

/** Events without end: objects, and users that are not their owners, by Zipf's law with exponent 1. The same seed gives the same. */
export function* trace(
  { objects, users }: Awaited<ReturnType<typeof readPopulation>>,
  seed: number,
  writes = WRITES,
): Generator<TraceEvent, never> {
  const random = randomFrom(seed);
  const shown = objects.filter(({ isPublic }) => isPublic);
  const objectRank = zipf(objects.length, random);
  const shownRank = zipf(shown.length, random);
  const userRank = zipf(users.length, random);
  for (;;) {
    const object = objects[objectRank()] as TracedObject;
    if (random() < writes) yield { kind: 'write', object };
    else {
      const by = random();
      if (by < BY_OWNER) yield { kind: 'read', object, subject: object.owner };
      else {
        const subject = users[userRank()] as string;
        const read = by < BY_OWNER + BY_ANYBODY ? object : (shown[shownRank()] as TracedObject);
        yield { kind: 'read', object: read, subject };
      }
    }
  }
}

/** The question of a read. */
export function questionOf(subject: string, { id }: TracedObject): AccessRequest {
  return {
    subject: { type: 'user', id: subject },
    action: { name: 'read' },
    resource: { type: 'generation', id },
    context: { ip: '203.0.113.7', tls: true, session: SESSION },
  };
}

const NOW = new Date().toISOString();
const SESSION = { id: 'ade0573e-615c-42c7-b0b6-04abceb72efe', started_at: NOW, last_active_at: NOW };
