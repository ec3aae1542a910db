import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the project's folder, with a separator at the end. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** Paths, relative to the root, of all files that are tracked or will be: what git ignores is left out. */
export function projectFiles(): string[] {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const output = execFileSync('git', options, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  // A file that was deleted and not yet committed is still listed.
  return [...new Set(output.split('\0'))]
    .filter((path) => path !== '' && existsSync(join(ROOT, path)))
    .toSorted();
}
