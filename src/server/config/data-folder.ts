import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { StartError } from './start-error.ts';

/** Makes a folder that only its owner can enter, or accepts one that is there and can be written. */
export async function prepareFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (!(await stat(path)).isDirectory()) throw new StartError(`${path} is no folder`);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') throw new StartError(`${path} is no folder`);
    throw new StartError(`cannot use ${path} to keep data in: ${code ?? String(error)}`);
  }
}
