import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { SourceText } from '../../dsl/source/source-text.ts';
import { StartError } from '../config/start-error.ts';

/** A bundle has at most so many files, … */
export const MAXIMUM_FILES = 10_000;
/** … each of at most so many bytes, … */
export const MAXIMUM_FILE_BYTES = 8 * 1024 * 1024;
/** … in folders nested at most so deep. */
const MAXIMUM_DEPTH = 32;

/**
 * All `.velro` files of a folder and its subfolders, sorted by path. Links are followed, each folder is visited once;
 * names that begin with a dot are left out. Paths begin with the folder as it was given.
 */
export async function readBundleFiles(folder: string): Promise<SourceText[]> {
  const paths: string[] = [];
  await collect(folder, 0, new Set(), paths);
  paths.sort(byCodeUnit);
  const files: SourceText[] = [];
  for (const path of paths) files.push(new SourceText(path.split(sep).join('/'), await readPolicyText(path)));
  return files;
}

async function collect(folder: string, depth: number, visited: Set<string>, into: string[]): Promise<void> {
  if (depth > MAXIMUM_DEPTH)
    throw new StartError(`${folder} is nested more than ${MAXIMUM_DEPTH} folders deep`);
  const real = await readable(folder, () => realpath(folder));
  if (visited.has(real)) return;
  visited.add(real);
  const names = (await readable(folder, () => readdir(folder))).filter((name) => !name.startsWith('.'));
  for (const name of names.toSorted(byCodeUnit)) {
    const path = join(folder, name);
    const kind = await stat(path).catch(() => undefined);
    if (kind?.isDirectory()) await collect(path, depth + 1, visited, into);
    else if (kind?.isFile() && name.endsWith('.velro')) {
      if (kind.size > MAXIMUM_FILE_BYTES)
        throw new StartError(`${path} has more than ${MAXIMUM_FILE_BYTES} bytes`);
      into.push(path);
      if (into.length > MAXIMUM_FILES)
        throw new StartError(`${folder} holds more than ${MAXIMUM_FILES} policy files`);
    } else if (kind === undefined && name.endsWith('.velro')) {
      throw new StartError(`cannot read ${path}: it is a link to nothing`);
    }
  }
}

/** The text of a policy file, which is UTF-8; throws a `StartError` for what cannot be read. */
export async function readPolicyText(path: string): Promise<string> {
  const bytes = await readable(path, () => readFile(path));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new StartError(`${path} is not UTF-8`);
  }
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'ENOENT' ? `there is no ${path}` : `cannot read ${path}: ${code ?? String(error)}`,
    );
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
