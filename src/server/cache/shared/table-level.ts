import type { Database, Result, Statement } from '../../store/database.ts';
import type { FactChange } from '../../store/schema/fact-change.ts';
import { BoundedBatches } from './bounded-batches.ts';
import { BoundedReads } from './bounded-reads.ts';
import type { Dropped, LevelStatus, SharedEntry, SharedLevel } from './shared-level.ts';
import {
  dropAllStatement,
  dropChangedStatement,
  dropExpiredStatement,
  dropKeysStatement,
  getStatement,
  putStatement,
} from './table-statements.ts';

/** Entries that wait to be written, and keys and changes that wait for what they concern to be deleted. */
const MOST_ENTRIES = 1_000;
const MOST_DROPS = 20_000;
const ENTRIES_AT_ONCE = 100;
const DROPS_AT_ONCE = 500;
/** So many statements read at once: should the table be locked, the other connections of the pool are for other things. */
const MOST_READERS = 4;
/** Keys that wait for one of these to end. */
const MOST_WAITING = 200;
/** Milliseconds that writing or deleting may wait, or take. */
const LONGEST_WRITE = 5_000;
/** Milliseconds between two looks for entries whose time is over, and how many are deleted at once, so often. */
const CLEANING = 60_000;
const BITE = 1_000;
const MOST_BITES = 50;

export interface TableLevelOptions {
  readonly database: Database;
  /** Milliseconds; of tests. */
  readonly cleaning?: number;
}

/**
 * Slices in a table of the database that all instances use. It is read where it is written, since no replica has it, and written
 * to by the pool for what nobody waits for.
 */
export function createTableLevel({ database, cleaning = CLEANING }: TableLevelOptions): SharedLevel {
  const counts = { written: 0, unwritten: 0, deleted: 0 };
  let isCleaning = false;

  /** Runs a statement that nobody waits for: it gives up early, and its end need not reach the disk. */
  const write = (statement: Statement): Promise<Result> =>
    database.transaction('batch', async (session) => {
      await session.run(
        `set local statement_timeout = ${LONGEST_WRITE}; set local lock_timeout = ${LONGEST_WRITE}; set local synchronous_commit = off`,
      );
      return session.query(statement);
    });
  const remove = async (statement: Statement): Promise<number> => {
    const { count } = await write(statement);
    counts.deleted += count;
    return count;
  };

  const reading = new BoundedReads<Buffer>({
    atOnce: MOST_READERS,
    most: MOST_WAITING,
    async read(keys) {
      const { rows } = await database.query('auth', getStatement(keys));
      const found = new Map(
        rows.map((row) => [(row['key'] as Buffer).toString('base64url'), row['entry'] as Buffer]),
      );
      return keys.map((key) => found.get(key));
    },
  });
  const writing = new BoundedBatches<SharedEntry>({
    most: MOST_ENTRIES,
    atOnce: ENTRIES_AT_ONCE,
    async write(entries) {
      // Of two with one key the later one.
      await write(putStatement([...new Map(entries.map((entry) => [entry.key, entry])).values()]));
    },
    onEnd(count, isWritten) {
      if (isWritten) counts.written += count;
      else counts.unwritten += count;
    },
  });
  const deleting = new BoundedBatches<string | FactChange>({
    most: MOST_DROPS,
    atOnce: DROPS_AT_ONCE,
    async write(items) {
      const keys = items.filter((item) => typeof item === 'string');
      const changes = items.filter((item) => typeof item !== 'string');
      const told = changes.filter(({ type }) => type !== undefined);
      const untold = changes.filter(({ type }) => type === undefined);
      if (keys.length > 0) await remove(dropKeysStatement([...new Set(keys)]));
      if (told.length > 0) await remove(dropChangedStatement(told));
      if (untold.length > 0) await remove(dropAllStatement(untold));
    },
    // Whoever reads what was not deleted finds out that it is of no use, and its time ends.
    onEnd() {},
  });

  const clean = async (): Promise<void> => {
    if (isCleaning) return;
    isCleaning = true;
    try {
      for (let bites = 0; bites < MOST_BITES; bites += 1)
        if ((await write(dropExpiredStatement(BITE))).count < BITE) break;
    } catch {
      // The pools count it; the next look deletes them.
    } finally {
      isCleaning = false;
    }
  };
  const timer = setInterval(() => void clean(), cleaning);
  timer.unref();

  return {
    name: 'l3',
    get: (keys) => reading.get(keys),
    put: (entries) => writing.add(entries),
    drop({ keys, changes }: Dropped) {
      if (keys.length > 0 || changes.length > 0) deleting.add([...keys, ...changes]);
    },
    status: (): LevelStatus => ({
      isReachable: database.status().pools['auth']?.state !== 'open',
      waiting: writing.waiting,
      ...counts,
    }),
    async close() {
      clearInterval(timer);
      writing.clear();
      deleting.clear();
    },
  };
}
