import pg from 'pg';
import { StartError } from '../config/start-error.ts';
import { placeOf } from './place-of.ts';
import { shareOf } from './scale-pools.ts';

/** The oldest PostgreSQL that works. */
const OLDEST = 14;

/** What a server says of itself. */
export interface ServerFacts {
  /** Such as `15.18`. */
  readonly version: string;
  /** Connections that pools may have. */
  readonly available: number;
}

/** Asks a server; throws a `StartError` when it is too old, or does not answer within so many milliseconds. */
export async function askServer(url: string, timeout: number): Promise<ServerFacts> {
  const until = performance.now() + timeout;
  for (;;) {
    const left = Math.max(1, until - performance.now());
    try {
      return await askOnce(url, left);
    } catch (error) {
      if (error instanceof StartError) throw error;
      if (performance.now() + RETRY > until || isFinal(error))
        throw new StartError(
          `the database ${placeOf(url)} does not answer: ${(error as Error).message || (error as { code?: string }).code || 'no reason given'}`,
        );
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}

/** Milliseconds between two tries: a database that starts together with this process is waited for. */
const RETRY = 250;

/** Wrong passwords, unknown users and databases: waiting mends none of them. */
function isFinal(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(28|3D)...$/.test(code);
}

async function askOnce(url: string, timeout: number): Promise<ServerFacts> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'velro start',
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings
       where name in ('server_version', 'max_connections', 'superuser_reserved_connections', 'reserved_connections')`,
    );
    const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
    const version = settings.get('server_version')?.split(' ', 1)[0] ?? '';
    if (Number.parseInt(version, 10) < OLDEST)
      throw new StartError(
        `the database ${placeOf(url)} is PostgreSQL ${version}; ${OLDEST} or later is needed`,
      );
    const numberOf = (name: string): number => Number(settings.get(name) ?? 0);
    const reserved = numberOf('superuser_reserved_connections') + numberOf('reserved_connections');
    return { version, available: shareOf(numberOf('max_connections'), reserved) };
  } finally {
    await client.end().catch(() => {});
  }
}
