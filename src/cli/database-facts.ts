import { pino } from 'pino';
import type { CheckedBundle } from '../dsl/check/bundle.ts';
import { type FactView, NO_FACTS } from '../engine/decide/facts.ts';
import type { PreparedRequest } from '../engine/decide/types.ts';
import { createDatabaseFactStore } from '../server/facts/database-fact-store.ts';
import { BundleStatements } from '../server/facts/sql/bundle-statements.ts';
import { describeTables } from '../server/facts/sql/describe-tables.ts';
import { MappingError } from '../server/facts/sql/mapping-error.ts';
import { type ShownStatement, showStatement } from '../server/facts/sql/show-statement.ts';
import type { Database } from '../server/store/database.ts';
import { type DatabaseOptions, withDatabase } from './database.ts';
import { UsageError } from './usage-error.ts';

/** The facts of a question from a database; misuse, in a sentence, where it does not have them. */
export async function readDatabaseFacts(
  options: DatabaseOptions,
  request: PreparedRequest,
  bundle: CheckedBundle,
): Promise<FactView> {
  const { triple } = request;
  if (triple === undefined) return NO_FACTS;
  return use(options, (database) => {
    const store = createDatabaseFactStore({ database, log: pino({ level: 'silent' }) });
    return Promise.resolve(store.load(request, triple, bundle));
  });
}

/** The statement that loads the facts of a question; undefined where there is nothing to load. */
export async function factStatementOf(
  options: DatabaseOptions,
  request: PreparedRequest,
  bundle: CheckedBundle,
): Promise<ShownStatement | undefined> {
  const { triple } = request;
  if (triple === undefined) return undefined;
  return use(options, async (database) => {
    const statements = new BundleStatements(bundle, await describeTables(database, bundle));
    const statement = statements.of(triple, [request], 'one');
    return statement && showStatement(statement, request);
  });
}

async function use<T>(options: DatabaseOptions, work: (database: Database) => Promise<T>): Promise<T> {
  // An embedded database may have just been made; one that somebody else runs is theirs.
  const isOwn = (options.database ?? process.env['VELRO_DATABASE_URL'] ?? '') === '';
  return withDatabase(options, isOwn ? 'apply' : 'leave', async (database) => {
    try {
      return await work(database);
    } catch (error) {
      const { code, message } = error as { code?: unknown; message: string };
      if (error instanceof MappingError || typeof code === 'string')
        throw new UsageError(
          `the database does not have the facts: ${message}`,
          'name its tables and columns in the policy as they are called, or name another database',
        );
      throw error;
    }
  });
}
