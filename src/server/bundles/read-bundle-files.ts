import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { INVISIBLE_CHARACTER } from '../../dsl/source/invisible-characters.ts';
import { SourceText } from '../../dsl/source/source-text.ts';
import { StartError } from '../config/start-error.ts';
import { decodeUtf8 } from '../decode-utf8.ts';

/** A bundle has at most so many files, … */
export const MAXIMUM_FILES = 10_000;
/** … each of at most so many bytes, … */
const MAXIMUM_FILE_BYTES = 8 * 1024 * 1024;
/** … and of at most so many bytes together, … */
export const MAXIMUM_BUNDLE_BYTES = 16 * 1024 * 1024;
/** … in at most so many folders … */
const MAXIMUM_FOLDERS = 10_000;
/** … that nest at most so deep. */
const MAXIMUM_DEPTH = 32;

/**
 * All `.velro` files of a folder and its subfolders, sorted by path. Links are followed, each folder is visited once;
 * names that begin with a dot are left out. Paths begin with the folder as it was given.
 */
export async function readBundleFiles(folder: string): Promise<SourceText[]> {
  const found: Found = { root: folder, visited: new Set(), paths: [], bytes: 0 };
  await collect(folder, 0, found);
  const paths = found.paths.toSorted(byCodeUnit);
  const files: SourceText[] = [];
  for (const path of paths) files.push(new SourceText(path.split(sep).join('/'), await readPolicyText(path)));
  return files;
}

interface Found {
  readonly root: string;
  readonly visited: Set<string>;
  readonly paths: string[];
  bytes: number;
}

async function collect(folder: string, depth: number, found: Found): Promise<void> {
  if (depth > MAXIMUM_DEPTH)
    throw new StartError(`${folder} is nested more than ${MAXIMUM_DEPTH} folders deep`);
  const real = await readable(folder, () => realpath(folder));
  if (found.visited.has(real)) return;
  found.visited.add(real);
  if (found.visited.size > MAXIMUM_FOLDERS)
    throw new StartError(`${found.root} holds more than ${MAXIMUM_FOLDERS} folders`);
  const names = (await readable(folder, () => readdir(folder))).filter((name) => !name.startsWith('.'));
  for (const name of names.toSorted(byCodeUnit)) {
    const path = join(folder, name);
    const kind = await stat(path).catch(() => undefined);
    const isPolicy = name.endsWith('.velro');
    if (isPolicy || kind?.isDirectory()) refuseInvisible(folder, name);
    if (kind?.isDirectory()) await collect(path, depth + 1, found);
    else if (kind === undefined) await refuseUnknown(path, isPolicy);
    else if (isPolicy) {
      // What is read may have no end, or wait for someone to write: a layer must not be left out silently either.
      if (!kind.isFile()) throw new StartError(`cannot read ${path}: it is no ordinary file`);
      if (kind.size > MAXIMUM_FILE_BYTES)
        throw new StartError(`${path} has more than ${MAXIMUM_FILE_BYTES} bytes`);
      found.bytes += kind.size;
      if (found.bytes > MAXIMUM_BUNDLE_BYTES)
        throw new StartError(`${found.root} holds more than ${MAXIMUM_BUNDLE_BYTES} bytes of policies`);
      found.paths.push(path);
      if (found.paths.length > MAXIMUM_FILES)
        throw new StartError(`${found.root} holds more than ${MAXIMUM_FILES} policy files`);
    }
  }
}

/** Names stand in every finding, and so on terminals and in logs. */
function refuseInvisible(folder: string, name: string): void {
  const [character] = INVISIBLE.exec(name) ?? [];
  const isControl = /[\t\n\r]/.test(name);
  if (character === undefined && !isControl) return;
  const shown = name.replaceAll(new RegExp(INVISIBLE, 'gu'), '\uFFFD').replaceAll(/[\t\n\r]/g, '\uFFFD');
  throw new StartError(`a name in ${folder} has invisible characters: ${shown}`);
}
const INVISIBLE = new RegExp(INVISIBLE_CHARACTER, 'u');

/** Refuses what is there and leads nowhere: it may be policies that are missing. What went away meanwhile is none. */
async function refuseUnknown(path: string, isPolicy: boolean): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere || isPolicy) throw new StartError(`cannot read ${path}: it is a link to nothing`);
}

/** The text of a policy file, which is UTF-8; throws a `StartError` for what cannot be read. */
export async function readPolicyText(path: string): Promise<string> {
  const { size } = await readable(path, () => stat(path));
  if (size > MAXIMUM_FILE_BYTES) throw new StartError(`${path} has more than ${MAXIMUM_FILE_BYTES} bytes`);
  const bytes = await readable(path, () => readFile(path));
  const text = decodeUtf8(bytes);
  if (typeof text === 'string') return text;
  const line = bytes.subarray(0, text.offset).filter((byte) => byte === LINE_BREAK).length + 1;
  throw new StartError(`${path} is not UTF-8: see byte ${text.offset + 1}, on line ${line}`);
}
const LINE_BREAK = 0x0a;

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
