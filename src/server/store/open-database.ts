import { join } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import type { DatabaseConfiguration } from '../config/database-configuration.ts';
import type { Database } from './database.ts';
import { createEmbeddedDatabase } from './embedded-database.ts';
import { placeOf } from './place-of.ts';

/**
 * The database of the configuration. A PostgreSQL has answered; the embedded one is opened when it is first used. Throws a
 * `StartError`, within the time that a start may take, when the PostgreSQL does not answer or is too old.
 */
export async function openDatabase(configuration: DatabaseConfiguration, folder: string): Promise<Database> {
  const { url, startTimeout, pools } = configuration;
  if (url === undefined)
    return createEmbeddedDatabase({
      folder,
      patience: (purpose) => pools[purpose].acquire,
      prepare: async () => {},
    });
  const [{ askServer }, { createPostgresDatabase }] = await Promise.all([
    import('./server-facts.ts'),
    import('./postgres-database.ts'),
  ]);
  return createPostgresDatabase(configuration, url, await askServer(url, startTimeout));
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
