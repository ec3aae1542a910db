import type { Environment } from './environment.ts';
import { StartError } from './start-error.ts';

/** Where the Redis is that instances share. */
export interface RedisConfiguration {
  /** One; of a Cluster those that are asked first. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isCluster: boolean;
  readonly isEncrypted: boolean;
  readonly credentials: { readonly username?: string; readonly password?: string };
  /** The number of the database within it. */
  readonly database: number;
  /** What all keys begin with. */
  readonly prefix: string;
}

const DEFAULT_PREFIX = 'velro:';
const DEFAULT_PORT = 6379;

/**
 * Reads VELRO_REDIS_URL, VELRO_REDIS_CLUSTER and VELRO_REDIS_PREFIX; undefined without a URL. Throws a `StartError` that names
 * what is wrong, and repeats no URL: it may hold a password.
 */
export function readRedisConfiguration(environment: Environment): RedisConfiguration | undefined {
  const text = environment['VELRO_REDIS_URL'] ?? '';
  if (text === '') return undefined;
  const urls = text.split(',').map((one) => urlOf(one.trim()));
  const [first] = urls as [URL];
  const sameFor = (url: URL): string => JSON.stringify([url.protocol, url.username, url.password]);
  if (urls.some((url) => sameFor(url) !== sameFor(first)))
    throw new StartError('VELRO_REDIS_URL must have the same scheme, user and password for all nodes');
  const isCluster = clusterOf(environment) ?? urls.length > 1;
  if (!isCluster && urls.length > 1)
    throw new StartError(
      'VELRO_REDIS_URL has several nodes, which are a Cluster, and VELRO_REDIS_CLUSTER is off',
    );
  const database = databaseOf(first);
  if (isCluster && urls.some((url) => databaseOf(url) !== 0))
    throw new StartError('VELRO_REDIS_URL names the number of a database, and a Cluster has only number 0');
  const [username, password] = [first.username, first.password].map(decodeURIComponent) as [string, string];
  return {
    nodes: urls.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? DEFAULT_PORT : Number(port),
    })),
    isCluster,
    isEncrypted: first.protocol === 'rediss:',
    credentials: { ...(username !== '' && { username }), ...(password !== '' && { password }) },
    database,
    prefix: prefixOf(environment),
  };
}

function urlOf(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    const isRedis = url.protocol === 'redis:' || url.protocol === 'rediss:';
    if (isRedis && url.hostname !== '' && /^(\/\d{0,4})?$/.test(url.pathname) && isDecodable(url)) return url;
  }
  throw new StartError(
    'VELRO_REDIS_URL must be a URL such as rediss://user:password@host:6379, or several with commas',
  );
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

function databaseOf({ pathname }: URL): number {
  return Number(pathname.slice(1));
}

function clusterOf(environment: Environment): boolean | undefined {
  const text = environment['VELRO_REDIS_CLUSTER'] ?? '';
  if (text === '') return undefined;
  if (text === 'on' || text === 'off') return text === 'on';
  throw new StartError('VELRO_REDIS_CLUSTER must be on or off');
}

function prefixOf(environment: Environment): string {
  const prefix = environment['VELRO_REDIS_PREFIX'] ?? DEFAULT_PREFIX;
  if (/^[\w.:{}-]{0,64}$/.test(prefix)) return prefix;
  throw new StartError('VELRO_REDIS_PREFIX may hold letters, digits and . : { } - _, 64 at most');
}
