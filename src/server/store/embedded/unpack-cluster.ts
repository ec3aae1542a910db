import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';

/**
 * Makes a database in a folder that has none: writes there what `initdb` makes, made beforehand by an earlier release of the
 * same PostgreSQL, which takes a tenth of the time. Of another major release it would be refused.
 */
export function unpackCluster(place: string): void {
  // Straight into the folder: PGlite would copy the forty megabytes several times on their way, and write them through a
  // file system of its own.
  const packed = readFileSync(new URL('prepopulatedfs.tgz', import.meta.resolve(PACKAGE)));
  // The last four bytes say how long it is unpacked; given room for all of it, nothing is put together of pieces.
  const unpacked = gunzipSync(packed, { chunkSize: packed.readUInt32LE(packed.length - 4) + 1 });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  for (const { name, type, data } of parseTar(unpacked)) {
    const path = join(place, name);
    if (type === 'directory') mkdirSync(path, { mode: 0o700 });
    else if (type === 'file') writeFileSync(path, data ?? '', { mode: 0o600 });
    else throw new Error(`the packed database holds a ${type}, which no database has: ${name}`);
  }
}

const PACKAGE = '@electric-sql/pglite-prepopulatedfs';
