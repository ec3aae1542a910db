import type { Logger } from 'pino';
import { dropExpiredStatement } from '../cache/shared/table-statements.ts';
import type { Database, Session } from './database.ts';

const HOUR = 3_600_000;
/** Held by the instance that is at it; any number will do, as long as all instances have the same. */
const LOCK = 7_083_551;
/** So many rows are deleted at once. */
const BITE = 1_000;
const VIEWS = ['velro_state.lineage', 'velro_state.effective_permissions'] as const;

/** Milliseconds after the start: whoever waited for that asks first, and the embedded database does one thing at a time. */
const FIRST = 5_000;

/** Sees to partitions and what has expired soon, and to these and to the views every hour; the result ends that. */
export function keepDatabase(database: Database, log: Logger): () => void {
  const run = async (tasks: readonly Task[]): Promise<void> => {
    // An embedded database that nobody needed yet is not opened for this.
    if (database.status().version === undefined) return;
    try {
      await maintain(database, tasks);
    } catch (err) {
      log.warn({ err }, 'maintenance of the database failed');
    }
  };
  const first = setTimeout(() => void run([makePartitions, dropExpired]), FIRST).unref();
  const hourly = setInterval(() => void run([makePartitions, dropExpired, refreshViews]), HOUR).unref();
  return () => {
    clearTimeout(first);
    clearInterval(hourly);
  };
}

type Task = (session: Session) => Promise<void>;

/** Does everything that is due, unless another instance is at it; false then. */
export async function maintain(
  database: Database,
  tasks: readonly Task[] = [makePartitions, dropExpired, refreshViews],
): Promise<boolean> {
  return database.session('batch', async (session) => {
    const [lock] = await session.run(`select pg_try_advisory_lock(${LOCK}) as taken`);
    if (lock?.['taken'] !== true) return false;
    try {
      for (const task of tasks) await task(session);
    } finally {
      await session.run(`select pg_advisory_unlock(${LOCK})`);
    }
    return true;
  });
}

/** This month and the next have a partition of the audit index. */
async function makePartitions(session: Session): Promise<void> {
  await session.run(
    "select velro_state.ensure_audit_partition(now()), velro_state.ensure_audit_partition(now() + interval '1 month')",
  );
}

async function dropExpired(session: Session): Promise<void> {
  for (;;) {
    const { count } = await session.query(dropExpiredStatement(BITE));
    if (count < BITE) return;
  }
}

/** Readers go on meanwhile. Where the tables are somebody's own there are no views. */
async function refreshViews(session: Session): Promise<void> {
  for (const view of VIEWS) {
    const [found] = await session.run(`select to_regclass('${view}') is not null as exists`);
    if (found?.['exists'] === true) await session.run(`refresh materialized view concurrently ${view}`);
  }
}
