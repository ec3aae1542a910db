import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Whether the sources run as they are; otherwise what is built of them does, which has other files. */
const isSource = import.meta.url.endsWith('.ts');
/** Folder of the package, the same for both. */
const ROOT = dirname(findPackageJSON(import.meta.url) ?? '');

/** Folder of the migrations. */
export const MIGRATIONS = join(ROOT, 'migrations');

/** Address of what a thread of its own starts with: its path below `src/`, without an extension. */
export function threadEntry(name: string): string {
  return pathToFileURL(join(ROOT, isSource ? `src/${name}.ts` : `dist/${name}.js`)).href;
}
