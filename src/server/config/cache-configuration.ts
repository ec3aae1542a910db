import type { Environment } from './environment.ts';
import { StartError } from './start-error.ts';

/** How much of the facts of a database the process keeps. */
export interface CacheConfiguration {
  readonly isOn: boolean;
  readonly entries: number;
  readonly bytes: number;
  /** Whether facts of the hottest questions are loaded ahead. */
  readonly isWarmed: boolean;
  /** Whether instances keep facts for each other in a table of the database. */
  readonly hasTable: boolean;
}

const DEFAULT_ENTRIES = 100_000;
const DEFAULT_BYTES = 128 * 1024 * 1024;

/** Reads VELRO_CACHE, VELRO_CACHE_ENTRIES, VELRO_CACHE_BYTES, VELRO_CACHE_WARM and VELRO_CACHE_TABLE; throws a `StartError` that names what is wrong. */
export function readCacheConfiguration(environment: Environment): CacheConfiguration {
  return {
    isOn: isOn(environment, 'VELRO_CACHE', true),
    entries: countOf(environment, 'VELRO_CACHE_ENTRIES', DEFAULT_ENTRIES, 1, 10_000_000),
    bytes: countOf(environment, 'VELRO_CACHE_BYTES', DEFAULT_BYTES, 65_536, 2 ** 36),
    isWarmed: isOn(environment, 'VELRO_CACHE_WARM', true),
    hasTable: isOn(environment, 'VELRO_CACHE_TABLE', false),
  };
}

function isOn(environment: Environment, name: string, otherwise: boolean): boolean {
  const text = environment[name] ?? '';
  if (text !== '' && text !== 'on' && text !== 'off')
    throw new StartError(`${name} must be on or off, and is ${quote(text)}`);
  return text === '' ? otherwise : text === 'on';
}

function countOf(
  environment: Environment,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = environment[name] ?? '';
  if (text === '') return otherwise;
  const count = Number(text);
  if (/^\d{1,12}$/.test(text) && count >= least && count <= most) return count;
  throw new StartError(`${name} must be a whole number from ${least} to ${most}, and is ${quote(text)}`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
