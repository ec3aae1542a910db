import { parseDuration } from '../../dsl/types/parse-duration.ts';
import { PURPOSES, type Purpose } from '../store/database.ts';
import type { Environment } from './environment.ts';
import { StartError } from './start-error.ts';

/** The bounds of one pool; times in milliseconds. */
export interface PoolSettings {
  /** So many connections stay open once they were needed. */
  readonly min: number;
  readonly max: number;
  /** How long to wait for a connection. */
  readonly acquire: number;
  /** How long a statement may take. */
  readonly query: number;
  /** After this time without use a connection beyond `min` is closed. */
  readonly idle: number;
  /** So many failures in a row open the pool's breaker. */
  readonly failures: number;
}

export interface DatabaseConfiguration {
  /** `postgres://…`; undefined for the embedded database. */
  readonly url: string | undefined;
  /** A replica for the read pool; the primary unless given. */
  readonly readUrl: string | undefined;
  /** Connections that this process may have in all. */
  readonly connections: number;
  /** How long a start waits for the database, in milliseconds. */
  readonly startTimeout: number;
  readonly pools: Readonly<Record<Purpose, PoolSettings>>;
}

const SECOND = 1_000;

/** With the connection that listens for notifications, 210 at most. */
export const DEFAULT_POOLS: Readonly<Record<Purpose, PoolSettings>> = {
  auth: pool(10, 50, 2, 5, 120, 3),
  read: pool(20, 75, 2, 10, 300, 5),
  write: pool(5, 25, 5, 30, 600, 3),
  analytics: pool(5, 20, 10, 120, 900, 5),
  admin: pool(2, 9, 10, 600, 1_800, 2),
  batch: pool(5, 30, 60, 1_800, 1_200, 5),
};
const DEFAULT_CONNECTIONS = 210;
const DEFAULT_START_TIMEOUT = 30 * SECOND;

function pool(
  min: number,
  max: number,
  acquire: number,
  query: number,
  idle: number,
  failures: number,
): PoolSettings {
  return { min, max, acquire: acquire * SECOND, query: query * SECOND, idle: idle * SECOND, failures };
}

/** Reads the variables `VELRO_DATABASE_…` and `VELRO_POOL_…`; throws a `StartError` that names what is wrong. */
export function readDatabaseConfiguration(
  environment: Environment,
  options: { readonly url?: string | undefined } = {},
): DatabaseConfiguration {
  const url = urlOf('VELRO_DATABASE_URL', options.url ?? environment['VELRO_DATABASE_URL']);
  const readUrl = urlOf('VELRO_DATABASE_READ_URL', environment['VELRO_DATABASE_READ_URL']);
  if (readUrl !== undefined && url === undefined)
    throw new StartError('VELRO_DATABASE_READ_URL is a replica of VELRO_DATABASE_URL, which is not set');
  const pools = Object.fromEntries(
    PURPOSES.map((purpose) => {
      const name = `VELRO_POOL_${purpose.toUpperCase()}`;
      return [purpose, poolOf(name, environment[name] ?? '', DEFAULT_POOLS[purpose])];
    }),
  ) as Record<Purpose, PoolSettings>;
  return {
    url,
    readUrl,
    connections: whole('VELRO_DATABASE_CONNECTIONS', environment, DEFAULT_CONNECTIONS, PURPOSES.length),
    startTimeout: duration('VELRO_DATABASE_START_TIMEOUT', environment, DEFAULT_START_TIMEOUT),
    pools,
  };
}

function urlOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)) return text;
  // Not repeated: it may hold a password.
  throw new StartError(`${name} must be a URL such as postgres://user@host:5432/database`);
}

/** `max=40 acquire=500ms` changes two of the defaults. */
function poolOf(name: string, text: string, defaults: PoolSettings): PoolSettings {
  const settings: Record<string, number> = { ...defaults };
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [key = '', value = ''] = part.split('=', 2);
    const isTime = key === 'acquire' || key === 'query' || key === 'idle';
    const number = isTime ? parseDuration(value) : /^\d{1,5}$/.test(value) ? Number(value) : undefined;
    const least = key === 'min' ? 0 : 1;
    if (!Object.hasOwn(settings, key) || number === undefined || number < least)
      throw new StartError(
        `${name} must be like \`min=2 max=10 acquire=2s query=10s idle=5m failures=3\`, and has ${JSON.stringify(part)}`,
      );
    settings[key] = number;
  }
  const read = settings as unknown as PoolSettings;
  if (read.min > read.max)
    throw new StartError(`${name} has a min of ${read.min} over its max of ${read.max}`);
  return read;
}

function whole(name: string, environment: Environment, otherwise: number, least: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return otherwise;
  if (/^\d{1,5}$/.test(text) && Number(text) >= least) return Number(text);
  throw new StartError(`${name} must be a whole number from ${least} on`);
}

function duration(name: string, environment: Environment, otherwise: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return otherwise;
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  throw new StartError(`${name} must be a duration such as 30s`);
}
