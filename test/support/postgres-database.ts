import { type PostgresServer, startPostgres } from './postgres-server.ts';

/** A database that belongs to one suite. */
export interface TestDatabase {
  readonly server: PostgresServer;
  readonly name: string;
  readonly url: string;
  /** Runs statements as a superuser. */
  run(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

let shared: Promise<PostgresServer> | undefined;
let made = 0;

/** The server that all suites of a process share: started when the first asks for it, gone with it. Nobody may kill or pause it. */
export function sharedPostgres(): Promise<PostgresServer> {
  return (shared ??= startPostgres({ settings: { max_connections: 300 } }));
}

/** A new database on a server, a copy of its database `template`. */
export async function createTestDatabase(
  server: PostgresServer,
  template = 'template1',
): Promise<TestDatabase> {
  made += 1;
  const name = `suite_${made}`;
  await server.run(`create database ${name} template ${template}`);
  return { server, name, url: server.url(name), run: (sql) => server.run(sql, name) };
}

/**
 * A database for all tests of a suite. Call it inside `describe`; a machine without PostgreSQL fails the suite, and the
 * failure says what is missing.
 */
export function postgresDatabase(): TestDatabase {
  let current: TestDatabase | undefined;
  before(async function makeDatabase() {
    this.timeout(180_000); // The first one starts the server, or even installs it.
    current = await createTestDatabase(await sharedPostgres());
  });
  after(async () => {
    await current?.server.run(`drop database ${current.name} with (force)`);
    current = undefined;
  });
  return new Proxy({} as TestDatabase, {
    get: (_target, name) => {
      if (current === undefined) throw new Error('the database of a suite is there in its tests only');
      return Reflect.get(current, name) as unknown;
    },
  });
}
