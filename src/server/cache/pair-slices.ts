import type { ByRoot } from '../facts/sql/fact-statement.ts';
import type { Slice } from './slice.ts';
import type { Snapshot } from './snapshot.ts';

/** A beat that came back: when it was sent, by the clock that never goes back, and what it saw of the database. */
export interface Proven {
  readonly sentAt: number;
  readonly snapshot: Snapshot;
}

/**
 * Two slices that are of one state of the database, out of those that are kept of the subject and of the resource; undefined
 * where there are none.
 *
 * Slices of one load are. Slices of different loads are when both are settled: when a beat was sent after the load had ended,
 * and has come back, and the slice is still kept. Notifications come in the order of the commits, so everything that was
 * committed before that beat has been told of; no change of what the slice holds was among it that its snapshot had not
 * seen, or it would have been dropped. So each of the two is as the database was at the newest beat, and so are both.
 *
 * `proven` is that beat. A root of which nothing is stored needs no slice.
 */
export function pairSlices(
  wanted: ByRoot<string | undefined>,
  kept: ByRoot<Slice | undefined>,
  proven: Proven,
): ByRoot<Slice | undefined> | undefined {
  const { subject, resource } = kept;
  if (wanted.subject === undefined) return resource && { subject: undefined, resource };
  if (wanted.resource === undefined) return subject && { subject, resource: undefined };
  if (subject !== undefined && resource !== undefined) {
    if (areTogether(subject, resource, proven)) return { subject, resource };
  }
  const ofResource = companionOf(resource, wanted.subject);
  if (resource !== undefined && ofResource !== undefined) return { subject: ofResource, resource };
  const ofSubject = companionOf(subject, wanted.resource);
  if (subject !== undefined && ofSubject !== undefined) return { subject, resource: ofSubject };
  return undefined;
}

/** Whether two kept slices are of one state: those of one load are, and those that are both settled. */
export function areTogether(one: Slice, other: Slice, proven: Proven): boolean {
  return (isSettled(one, proven) && isSettled(other, proven)) || one.load.id === other.load.id;
}

/** Whether any number of kept slices are of one state: those of one load are, and those that are settled. */
export function areOfOneState(slices: Iterable<Slice>, proven: Proven): boolean {
  const [first, ...others] = slices;
  if (first === undefined) return true;
  return (
    others.every(({ load }) => load.id === first.load.id) ||
    [first, ...others].every((slice) => isSettled(slice, proven))
  );
}

/**
 * Whether a beat that was sent after the load had ended has come back. A replica may show what the primary does not yet, as
 * while that waits for another replica; then the beat must have seen all that the replica may have shown.
 */
export function isSettled({ load }: Slice, { sentAt, snapshot }: Proven): boolean {
  return load.endedAt < sentAt && (load.shownBefore === undefined || load.shownBefore <= snapshot.xmin);
}

function companionOf(slice: Slice | undefined, key: string): Slice | undefined {
  const companion = slice?.companion;
  return companion !== undefined && !companion.isDropped && companion.key === key ? companion : undefined;
}
