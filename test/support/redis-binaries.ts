import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAME = 'redis-server';
/** While a package is being installed, Debian asks this program whether its service may be started. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
const APT_OPTIONS = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];

export interface RedisSearch {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whether this account may install packages. */
  readonly isRoot?: boolean;
  readonly say?: (line: string) => void;
}

/**
 * The program `redis-server`: `$REDIS_SERVER`, else the one on the path, else Debian's, which is installed when it is first
 * needed and this account may. Throws an error that says what is missing and what would help.
 */
export function redisBinary({
  environment = process.env,
  isRoot = process.getuid?.() === 0,
  say = (line) => process.stderr.write(`${line}\n`),
}: RedisSearch = {}): string {
  const given = environment['REDIS_SERVER'];
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given;
    throw new Error(`REDIS_SERVER is ${given}, and there is no such file`);
  }
  const find = (name: string): string | undefined =>
    (environment['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path));
  const found = find(NAME);
  if (found !== undefined) return found;
  const apt = find('apt-get');
  let failure = '';
  if (isRoot && apt !== undefined) {
    say('installing a Redis for the tests (apt-get install redis-server) …');
    failure = install(apt, environment);
  }
  const installed = find(NAME);
  if (installed !== undefined) return installed;
  throw new Error(
    'these tests need a Redis 7 or later: install one (Debian: apt-get install redis-server), ' +
      `or set REDIS_SERVER to its program redis-server${failure}`,
  );
}

/** Installs Debian's package without starting its service; says what went wrong, if anything did. */
function install(apt: string, environment: NonNullable<RedisSearch['environment']>): string {
  const run = (...args: readonly string[]): void => {
    execFileSync(apt, [...APT_OPTIONS, ...args], {
      env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  const packages = ['install', '--yes', '--no-install-recommends', NAME];
  const forbidsServices = !existsSync(SERVICE_POLICY);
  if (forbidsServices) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    try {
      run(...packages);
    } catch {
      // What is known of the mirror is old, or nothing yet.
      run('update');
      run(...packages);
    }
    return '';
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: Buffer; readonly message: string };
    const said = stderr?.toString('utf8').trim() ?? '';
    return `\napt-get failed: ${(said === '' ? message : said).slice(-1_000)}`;
  } finally {
    if (forbidsServices) rmSync(SERVICE_POLICY, { force: true });
  }
}
