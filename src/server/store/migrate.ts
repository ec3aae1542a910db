import { readdirSync } from 'node:fs';
import type * as Migrations from 'node-pg-migrate';
import type { ClientBase } from 'pg';
import { MIGRATIONS } from '../places.ts';
import type { Parameter, Session } from './database.ts';

/** Everything that is the engine's own. No account should be called so: its schema would be the first that names are looked up in. */
const SCHEMA = 'velro_state';

export interface MigrationStatus {
  readonly name: string;
  /** RFC 3339; undefined while it is not applied. */
  readonly appliedAt?: string;
}

export interface MigrateOptions {
  readonly direction: 'up' | 'down';
  /** How many; up: all unless given, down: one. */
  readonly count?: number;
  /** Another folder, for tests. */
  readonly folder?: string;
}

/** Loads what applies migrations: a start that has nothing to migrate does without its code. */
export function loadRunner(): Promise<Pick<typeof Migrations, 'runner'>> {
  return import('node-pg-migrate');
}

/** All migrations in their order, and those that were applied though nothing is known of them any more. */
export async function migrationStatus(
  session: Session,
  folder = MIGRATIONS,
): Promise<readonly MigrationStatus[]> {
  const [found] = await session.run(`select to_regclass('${SCHEMA}.migrations') is not null as exists`);
  const applied = new Map<string, string>();
  if (found?.['exists'] === true) {
    const rows = await session.run(
      `select name, run_on at time zone current_setting('timezone') as at from ${SCHEMA}.migrations order by id`,
    );
    for (const { name, at } of rows) applied.set(name as string, at as string);
  }
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.replace(/\.sql$/, ''))
    .toSorted();
  return [...new Set([...names, ...applied.keys()])].map((name) => {
    const appliedAt = applied.get(name);
    return appliedAt === undefined ? { name } : { name, appliedAt };
  });
}

/**
 * Applies migrations, or takes them back, and gives their names. One process at a time does it, the others wait; all of
 * them are one transaction, so that one that fails leaves everything as it was.
 */
export async function migrate(
  session: Session,
  { direction, count, folder = MIGRATIONS }: MigrateOptions,
): Promise<readonly string[]> {
  if (
    direction === 'up' &&
    (await migrationStatus(session, folder)).every((one) => one.appliedAt !== undefined)
  )
    return [];
  const { runner } = await loadRunner();
  const done = await runner({
    dbClient: clientOf(session),
    dir: folder,
    direction,
    ...(count === undefined ? {} : { count }),
    migrationsTable: 'migrations',
    migrationsSchema: SCHEMA,
    createMigrationsSchema: true,
    advisoryLockMode: 'wait',
    singleTransaction: true,
    checkOrder: true,
    verbose: false,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  return done.map(({ name }) => name);
}

function silent(): void {}

/** A session as what the runner takes for a client of `pg`: it only ever calls `query`. */
function clientOf(session: Session): ClientBase {
  const client = {
    async query(text: string, values?: readonly Parameter[]) {
      const rows =
        values === undefined ? await session.run(text) : (await session.query({ text, values })).rows;
      return { rows };
    },
  };
  return client as unknown as ClientBase;
}
