// Usage: node scripts/setup-package.mjs <folder>
//
// Installs a package of its own (such as bench/) as its lockfile says, when that was not done yet. The checkout itself is
// made ready by `setup.mjs`; what only some people need is installed when they ask for it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** @param {string} text */
function say(text) {
  process.stderr.write(`velro setup: ${text}\n`);
}

/** @param {string} folder returns whether it is ready */
function setupPackage(folder) {
  const lockfile = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stampFile = join(folder, 'node_modules', '.velro-setup');
  const stamp = `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform}-${process.arch}\n`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return true;
  say(`installing what ${basename(folder)}/ needs (npm ci) …`);
  // Under `npm run`, the npm that is running; its version is the one the user chose.
  const npm = process.env.npm_execpath ?? '';
  const isWindows = process.platform === 'win32';
  const options = ['ci', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, args] =
    basename(npm) === 'npm-cli.js' ? [process.execPath, [npm, ...options]] : ['npm', options];
  const { status } = spawnSync(command, args, {
    cwd: folder,
    shell: isWindows && command === 'npm',
    stdio: ['ignore', 2, 2], // standard output belongs to the command that needed the set-up
  });
  if (status !== 0) {
    say(`\`npm ci\` failed in ${basename(folder)}/; its message is above.`);
    return false;
  }
  writeFileSync(stampFile, stamp);
  say('done');
  return true;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  say('usage: node scripts/setup-package.mjs <folder>');
  process.exitCode = 2;
} else if (!setupPackage(resolve(folder))) process.exitCode = 1;
