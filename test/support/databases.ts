import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDatabaseConfiguration } from '../../src/server/config/database-configuration.ts';
import { type Database, PURPOSES } from '../../src/server/store/database.ts';
import { openDatabase } from '../../src/server/store/open-database.ts';
import { OPENING_TIMEOUT, PATIENT_START } from './patient-start.ts';
import { postgresDatabase } from './postgres-database.ts';

/** A database over a PostgreSQL, with variables as an operator would set them. */
export function openPostgres(
  url: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Database> {
  return openDatabase(readDatabaseConfiguration(environment, { url }), tmpdir());
}

/** The embedded database in a folder. */
export function openEmbedded(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Database> {
  return openDatabase(readDatabaseConfiguration({ ...PATIENT_START, ...environment }), folder);
}

let template: Promise<string> | undefined;

/** A new folder with an embedded database: a copy of one that is made once a run, since that takes longest. */
export async function embeddedFolder(): Promise<string> {
  template ??= makeTemplate();
  const folder = mkdtempSync(join(tmpdir(), 'velro-database-'));
  cpSync(await template, folder, { recursive: true });
  return folder;
}

async function makeTemplate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'velro-database-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const database = await openEmbedded(folder);
  await database.query('read', { text: 'select 1' });
  await database.close();
  return folder;
}

/** For suites that are not about how long something takes: a busy machine would miss what is enough for a server. */
export const PATIENT: Readonly<Record<string, string>> = Object.fromEntries(
  PURPOSES.map((purpose) => [`VELRO_POOL_${purpose.toUpperCase()}`, 'acquire=60s query=120s']),
);

/** Runs the same suite on a PostgreSQL and on the embedded database; each is open for all its tests. */
export function onEveryDatabase(title: string, suite: (database: () => Database) => void): void {
  for (const kind of ['postgresql', 'embedded'] as const) {
    describe(`${title} (${kind})`, function onOne() {
      this.timeout(OPENING_TIMEOUT);
      let database: Database | undefined;
      const server = kind === 'postgresql' ? postgresDatabase() : undefined;
      let folder = '';
      before(async () => {
        if (server !== undefined) {
          database = await openPostgres(server.url, PATIENT);
        } else {
          folder = await embeddedFolder();
          database = await openEmbedded(folder, PATIENT);
        }
      });
      after(async () => {
        await database?.close();
        if (folder !== '') rmSync(folder, { recursive: true, force: true });
      });
      suite(() => {
        if (database === undefined) throw new Error('the database of a suite is there in its tests only');
        return database;
      });
    });
  }
}
