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

/** Where the write-ahead log of a server is, in bytes from its beginning, and which database cluster it belongs to. */
interface Position {
  readonly cluster: string;
  readonly position: number;
}

/** Up to where the primary wrote: every commit that it acknowledged is before that. */
const WRITTEN = 'pg_current_wal_insert_lsn()';
/** Up to where the replica shows what it was sent; NULL for a server that is no replica. */
const SHOWN = 'pg_last_wal_replay_lsn()';

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
    // Another cluster's position says nothing about this one, however far it is.
    if (shown === undefined || shown.cluster !== written.cluster) return;
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
  const isFresh = (): boolean => behind() <= REPLICA_BOUND;
  return {
    isFresh,
    status: () => ({
      isFresh: isFresh(),
      ...(provenAt === undefined ? {} : { behind: Math.round(behind()) }),
    }),
    stop: () => clearInterval(timer),
  };
}

async function positionOf(pool: Pool, place: string): Promise<Position | undefined> {
  const { rows } = await pool.use((client) =>
    sessionOf(client).query({
      text: `select system_identifier::text as cluster, pg_wal_lsn_diff(${place}, '0/0')::float8 as position
        from pg_control_system()`,
    }),
  );
  const [row] = rows;
  return typeof row?.['position'] === 'number' ? (row as unknown as Position) : undefined;
}
