import type { Cluster, Redis } from 'ioredis';
import type { RedisConfiguration } from '../../config/redis-configuration.ts';
import { commandsOfCluster, type RedisCommands, TurnOfCommands } from './redis-commands.ts';
import type { SharedEntry } from './shared-level.ts';

/** What Velro asks of a Redis, or of a Cluster of them. */
export interface RedisConnection {
  /** Whether commands can be sent. */
  readonly isReady: boolean;
  getAll(keys: readonly string[]): Promise<readonly (Buffer | undefined)[]>;
  setAll(entries: readonly Pick<SharedEntry, 'key' | 'bytes' | 'expiresIn'>[]): Promise<void>;
  /** How many there were. */
  deleteAll(keys: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  readonly configuration: RedisConfiguration;
  /** Whether Redis answers has changed; what is said of it holds neither a password nor what was sent. */
  readonly onHealth: (isHealthy: boolean, reason: string | undefined) => void;
}

/** Milliseconds between two looks whether Redis answers, and how long an answer may take before it counts as lost. */
const PROBE_INTERVAL = 1_000;
const PROBE_TIMEOUT = 1_000;
/** A command without an answer for so many milliseconds has failed, whatever waits for it. */
const COMMAND_TIMEOUT = 2_000;
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds until a lost connection is tried again: these times the number of tries, up to the most. */
const RETRY = 100;
const LAST_RETRY = 2_000;

/**
 * Connects in the background, and again whenever the connection is lost: nothing waits for that. What is sent while there is none
 * fails at once, and nothing is sent twice.
 */
export async function openRedis({
  configuration,
  onHealth,
}: RedisConnectionOptions): Promise<RedisConnection> {
  // Only here: most servers do without.
  const ioredis = await import('ioredis');
  const { nodes, isCluster, prefix } = configuration;
  const retry = (times: number): number => Math.min(LAST_RETRY, RETRY * times);
  const options = {
    ...configuration.credentials,
    ...(configuration.isEncrypted ? { tls: {} } : {}),
    connectionName: 'velro',
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: retry,
  };
  let client: Redis | Cluster;
  let commands: RedisCommands;
  if (isCluster) {
    client = new ioredis.Cluster([...nodes], {
      redisOptions: { ...options, db: 0 },
      enableOfflineQueue: false,
      clusterRetryStrategy: retry,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      maxRedirections: 3,
      slotsRefreshTimeout: CONNECT_TIMEOUT,
    });
    commands = commandsOfCluster(client);
  } else {
    client = new ioredis.Redis({ ...options, ...nodes[0], db: configuration.database });
    commands = new TurnOfCommands(client);
  }

  let isHealthy: boolean | undefined;
  let reason: string | undefined;
  let isClosed = false;
  const say = (now: boolean): void => {
    if (isClosed || isHealthy === now) return;
    isHealthy = now;
    onHealth(now, now ? undefined : reason);
  };
  // Its errors hold the command that failed, with the password where that was AUTH: only what they say is kept.
  client.on('error', (error: Error) => {
    reason = error.message;
  });
  client.on('ready', () => say(true));
  client.on('close', () => say(false));
  client.on('end', () => say(false));

  let isProbing = false;
  const probe = async (): Promise<void> => {
    if (isProbing || client.status !== 'ready') return;
    isProbing = true;
    try {
      await withinTime(client.ping(), PROBE_TIMEOUT);
      say(true);
    } catch (error) {
      reason = (error as Error).message;
      say(false);
    } finally {
      isProbing = false;
    }
  };
  const timer = setInterval(() => void probe(), PROBE_INTERVAL);
  timer.unref();

  const named = (key: string): string => prefix + key;
  return {
    get isReady() {
      return !isClosed && client.status === 'ready';
    },
    getAll: (keys) => commands.getAll(keys.map(named)),
    setAll: (entries) => commands.setAll(entries.map((entry) => ({ ...entry, key: named(entry.key) }))),
    deleteAll: (keys) => commands.deleteAll(keys.map(named)),
    async close() {
      isClosed = true;
      clearInterval(timer);
      client.disconnect();
    },
  };
}

function withinTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
    timer.unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
