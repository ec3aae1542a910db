import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../../config/start-error.ts';

/** Another process has taken what one process at a time can have. */
export class DatabaseInUse extends StartError {
  override readonly name = 'DatabaseInUse';
}

/** Lets go of a lock; a second call does nothing. */
export type Unlock = () => void;

/**
 * Takes what `path` stands for, for this process alone; throws a `DatabaseInUse` that names the process which has it. The
 * lock is one of the operating system, by way of SQLite, since Node has none of its own: it ends with the process
 * however that ends, so a stale one cannot be, and neither can two processes both believe that they took one over.
 */
export function lockFile(path: string, what: string): Unlock {
  const file = new DatabaseSync(path, { timeout: 0 });
  const pidFile = `${path}.pid`;
  try {
    file.exec('begin exclusive');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode !== BUSY) throw error;
    throw new DatabaseInUse(
      `${what} is in use by process ${pidIn(pidFile)}; one process at a time can open it`,
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return () => {
    if (file.isOpen) file.close();
  };
}

/** SQLITE_BUSY. */
const BUSY = 5;

function pidIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'another';
  } catch {
    return 'another';
  }
}
