import type { ReplicaStatus } from './database.ts';
import { type Pool, sessionOf } from './pool.ts';

/** A replica is read only while it is proven to hold everything that was committed so many milliseconds ago. */
export const REPLICA_BOUND = 500;
/** Milliseconds between two looks. */
const INTERVAL = 100;
/** So many looks may wait for their proof; of more, the oldest are the first that matter and the newest are left out. */
const MAXIMUM_SAMPLES = 100;

/** Knows how far a replica is behind. */
export interface ReplicaWatch {
  isFresh(): boolean;
  status(): ReplicaStatus;
  stop(): void;
}

/**
 * Where the write-ahead log of a server is, in bytes from its beginning, and whose log that is: of which database cluster,
 * and of which timeline, since a fail-over begins a new one and whoever follows the old primary still is elsewhere.
 */
interface Position {
  readonly log: string;
  readonly position: number;
}

/** A place in a log as expressions of SQL. */
interface Place {
  readonly position: string;
  readonly timeline: string;
}
/** Up to where the primary wrote: every commit that it acknowledged is before that. */
const WRITTEN: Place = {
  position: 'pg_current_wal_insert_lsn()',
  timeline: `('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int8`,
};
/**
 * Up to where the replica shows what it was sent; NULL for a server that is no replica. Its timeline is the last that it
 * has written down, which may be one that is over: then it is read again once it has written down the next.
 */
const SHOWN: Place = {
  position: 'pg_last_wal_replay_lsn()',
  timeline: `(select greatest(timeline_id, min_recovery_end_timeline) from pg_control_checkpoint(), pg_control_recovery())`,
};

/**
 * Proves again and again how fresh a replica is: what the primary had written at a moment is there once the replica has
 * replayed up to that place. While either does not answer no proof comes, and the last one gets old.
 */
export function watchReplica(primary: Pool, replica: Pool): ReplicaWatch {
  /** Moments whose writes the replica has not shown yet, oldest first. */
  const samples: { readonly at: number; readonly position: number }[] = [];
  let provenAt: number | undefined;
  let isLooking = false;

  const look = async (): Promise<void> => {
    const at = performance.now();
    const written = await positionOf(primary, WRITTEN);
    if (written === undefined) return;
    if (samples.length < MAXIMUM_SAMPLES) samples.push({ at, position: written.position });
    const shown = await positionOf(replica, SHOWN);
    // A position in another log says nothing about this one, however far it is.
    if (shown === undefined || shown.log !== written.log) return;
    while (samples[0] !== undefined && samples[0].position <= shown.position) provenAt = samples.shift()?.at;
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look().then(
      () => void (isLooking = false),
      // The breakers count it; there is no proof.
      () => void (isLooking = false),
    );
  }, INTERVAL);
  timer.unref();

  const behind = (): number => (provenAt === undefined ? Infinity : performance.now() - provenAt);
  return {
    isFresh: () => behind() <= REPLICA_BOUND,
    status() {
      // Read once: a status that says both must not contradict itself.
      const now = behind();
      return { isFresh: now <= REPLICA_BOUND, ...(now === Infinity ? {} : { behind: Math.round(now) }) };
    },
    stop: () => clearInterval(timer),
  };
}

async function positionOf(pool: Pool, place: Place): Promise<Position | undefined> {
  const { rows } = await pool.use((client) =>
    sessionOf(client).query({
      text: `select system_identifier || '/' || ${place.timeline} as log,
          pg_wal_lsn_diff(${place.position}, '0/0')::float8 as position
        from pg_control_system()`,
    }),
  );
  const [row] = rows;
  return typeof row?.['position'] === 'number' ? (row as unknown as Position) : undefined;
}
