import { randomUUID } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from './start-error.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Creates a file that only its owner can read, unless one is there. Nobody ever sees half of it: it is written under
 * another name and linked to its own, which fails when that is taken. Throws a `StartError` when it cannot be written.
 */
export async function createSecretFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`cannot write ${path}: ${error.code ?? error.message}`);
  });
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
}
