import { join } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import { prepareFolder } from '../config/data-folder.ts';
import type { DatabaseConfiguration } from '../config/database-configuration.ts';
import { StartError } from '../config/start-error.ts';
import type { Database, Session } from './database.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { createEmbeddedDatabase } from './embedded/embedded-database.ts';
import { migrate } from './migrate.ts';
import { placeOf } from './place-of.ts';

/** Whether a database is brought up to date when it is opened. */
export type Migrations = 'apply' | 'leave';

/**
 * The database of the configuration. A PostgreSQL has answered; the embedded one is opened when it is first used. Throws a
 * `StartError`, within the time that a start may take, when the PostgreSQL does not answer, is too old or cannot be
 * brought up to date.
 */
export async function openDatabase(
  configuration: DatabaseConfiguration,
  folder: string,
  migrations: Migrations = 'apply',
): Promise<Database> {
  const { url, startTimeout, pools } = configuration;
  const prepare = async (session: Session): Promise<void> => {
    if (migrations === 'apply') await applyMigrations(session);
  };
  if (url === undefined) {
    await prepareFolder(folder);
    return createEmbeddedDatabase({
      folder,
      patience: (purpose) => pools[purpose].acquire,
      longest: (purpose) => pools[purpose].query,
      opening: startTimeout,
      prepare,
    });
  }
  const [{ askServer }, { createPostgresDatabase }] = await Promise.all([
    import('./server-facts.ts'),
    import('./postgres-database.ts'),
  ]);
  const database = createPostgresDatabase(configuration, url, await askServer(url, startTimeout));
  try {
    await database.session('admin', async (session) => {
      await session.run(`set statement_timeout = ${startTimeout}`);
      await prepare(session);
      await session.run(`set statement_timeout = ${pools.admin.query}`);
    });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function applyMigrations(session: Session): Promise<void> {
  try {
    await migrate(session, { direction: 'up' });
  } catch (error) {
    const isLate = error instanceof DatabaseUnavailable && error.reason === 'too_slow';
    throw new StartError(
      isLate
        ? 'the migrations of the database take longer than a start may; apply them with `velro migrate up`'
        : `the migrations of the database failed, and none of them was applied: ${(error as Error).message}`,
    );
  }
}

/** Where a database is and what it promises, in a line. */
export function describeDatabase(
  database: Database,
  { data, database: { url, connections } }: Pick<Configuration, 'data' | 'database'>,
): string {
  if (url === undefined)
    return `embedded, in ${join(data, 'database')}; what it acknowledged survives the end of the process, not a power cut`;
  const { version, pools } = database.status();
  const most = Object.values(pools).reduce((sum, pool) => sum + pool.most, 1);
  const scaled = most < connections ? ` of ${connections}, which is what the server has room for` : '';
  return `PostgreSQL ${version} at ${placeOf(url)}; at most ${most} connections${scaled}`;
}
