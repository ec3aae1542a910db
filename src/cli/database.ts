import type { Command } from 'commander';
import { dataPaths, readConfiguration } from '../server/config/configuration.ts';
import { readDatabaseConfiguration } from '../server/config/database-configuration.ts';
import { StartError } from '../server/config/start-error.ts';
import type { Database } from '../server/store/database.ts';
import { DatabaseUnavailable } from '../server/store/database-unavailable.ts';
import { type Migrations, openDatabase } from '../server/store/open-database.ts';
import { UsageError } from './usage-error.ts';

/** The options of commands that work on a database. */
export interface DatabaseOptions {
  readonly database?: string;
  readonly data?: string;
  readonly json?: true;
}

/** Adds the options that say which database is meant. */
export function addDatabaseOptions(command: Command): Command {
  return command
    .option('--database <url>', 'postgres://… (default: VELRO_DATABASE_URL, else the embedded database)')
    .option('--data <folder>', 'the data folder of the embedded database (default: VELRO_DATA or .velro)')
    .option('--json', 'print JSON');
}

/** Opens the database for some work and closes it; what its operator can mend is misuse, in a sentence. */
export async function withDatabase<T>(
  options: DatabaseOptions,
  migrations: Migrations,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  let database: Database | undefined;
  try {
    const { data } = readConfiguration(process.env, { data: options.data });
    const configuration = readDatabaseConfiguration(process.env, { url: options.database });
    database = await openDatabase(configuration, dataPaths(data).folder, migrations);
    return await work(database);
  } catch (error) {
    if (error instanceof StartError || error instanceof DatabaseUnavailable)
      throw new UsageError(error.message, undefined, { cause: error });
    throw error;
  } finally {
    await database?.close();
  }
}
