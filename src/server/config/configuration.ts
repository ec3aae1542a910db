import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { problemWithKey } from './api-key.ts';
import { type CacheConfiguration, readCacheConfiguration } from './cache-configuration.ts';
import { type DatabaseConfiguration, readDatabaseConfiguration } from './database-configuration.ts';
import type { Environment } from './environment.ts';
import { type PolicyKeyConfiguration, readPolicyKeyConfiguration } from './policy-key-configuration.ts';
import { type RedisConfiguration, readRedisConfiguration } from './redis-configuration.ts';
import { StartError } from './start-error.ts';

/** What the command line may say; it goes before the environment. */
export interface ConfigurationOptions {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where the server listens and keeps what it must not lose. */
export interface Configuration {
  /** 0 for any free port. */
  readonly port: number;
  readonly host: string;
  /** Folder of keys, emergency state, audit log and embedded database, as it was given. */
  readonly data: string;
  /** The API key if the environment gives one, else it is in `data`. */
  readonly apiKey: string | undefined;
  /** A further key, which is good for decisions only. */
  readonly decideKey: string | undefined;
  /** File of the keys that media tokens are signed with. */
  readonly mediaKeys: string;
  readonly policyKeys: PolicyKeyConfiguration;
  readonly logLevel: LogLevel;
  readonly database: DatabaseConfiguration;
  readonly cache: CacheConfiguration;
  /** Undefined without one. */
  readonly redis: RedisConfiguration | undefined;
}

export const DEFAULT_PORT = 3010;
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_DATA = '.velro';

/** Reads PORT, HOST, VELRO_DATA, VELRO_API_KEY, VELRO_DECIDE_KEY, VELRO_MEDIA_KEYS, VELRO_LOG_LEVEL and those of policy keys, the database, the cache and Redis; throws a `StartError` that names what is wrong. */
export function readConfiguration(
  environment: Environment,
  options: ConfigurationOptions = {},
): Configuration {
  const data = options.data ?? valueOf(environment, 'VELRO_DATA') ?? DEFAULT_DATA;
  const apiKey = keyOf(environment, 'VELRO_API_KEY');
  const decideKey = keyOf(environment, 'VELRO_DECIDE_KEY');
  if (apiKey !== undefined && apiKey === decideKey) {
    throw new StartError('VELRO_DECIDE_KEY must differ from VELRO_API_KEY, which is good for everything');
  }
  return {
    port: options.port ?? portOf(valueOf(environment, 'PORT')),
    host: hostOf(options.host ?? valueOf(environment, 'HOST') ?? DEFAULT_HOST),
    data,
    apiKey,
    decideKey,
    mediaKeys: mediaKeyFile(environment, data),
    policyKeys: readPolicyKeyConfiguration(environment),
    logLevel: logLevelOf(valueOf(environment, 'VELRO_LOG_LEVEL')),
    database: readDatabaseConfiguration(environment),
    cache: readCacheConfiguration(environment),
    redis: readRedisConfiguration(environment),
  };
}

/** Where media keys are: in VELRO_MEDIA_KEYS if that is set, else in the data folder. */
export function mediaKeyFile(environment: Environment, data: string): string {
  return valueOf(environment, 'VELRO_MEDIA_KEYS') ?? join(data, 'media-keys.json');
}

/** Places in the data folder, as absolute paths. */
export function dataPaths(data: string): {
  readonly folder: string;
  readonly key: string;
  readonly emergency: string;
  readonly audit: string;
  readonly auditSecret: string;
} {
  const folder = resolve(data);
  return {
    folder,
    key: join(folder, 'key'),
    emergency: join(folder, 'emergency.json'),
    audit: join(folder, 'audit'),
    auditSecret: join(folder, 'audit.secret'),
  };
}

/** A variable, where an empty one counts as not set. */
function valueOf(environment: Environment, name: string): string | undefined {
  return environment[name] === '' ? undefined : environment[name];
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new StartError(`PORT must be a whole number from 0 to 65535, and is ${quote(text)}`);
}

function hostOf(text: string): string {
  if (isIP(text) !== 0 || /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return text;
  throw new StartError(`HOST must be an address or a host name, and is ${quote(text)}`);
}

function keyOf(environment: Environment, name: string): string | undefined {
  const key = environment[name];
  // An empty key is a mistake and no way to ask for the default: a secret that failed to arrive looks like that.
  if (key === undefined) return undefined;
  const problem = problemWithKey(key);
  if (problem !== undefined) throw new StartError(`${name} ${problem}`);
  return key;
}

function logLevelOf(text: string | undefined): LogLevel {
  if (text === undefined) return 'warn';
  const level = LOG_LEVELS.find((one) => one === text);
  if (level !== undefined) return level;
  throw new StartError(`VELRO_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, and is ${quote(text)}`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
