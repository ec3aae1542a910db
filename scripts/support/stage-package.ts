import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../build.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Lays out in an empty folder what the published package installs, and gives the path of its command. */
export async function stagePackage(folder: string): Promise<string> {
  await buildPackage(join(folder, 'dist'));
  for (const part of ['bin', 'migrations', 'policies', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  // A folder of its own, so that what is compiled is kept there.
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.'))
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  return join(folder, 'bin/velro.mjs');
}
