// Usage: node scripts/setup.mjs
//
// Makes a checkout ready to run: installs what the lockfile says and makes sure of a Node that runs TypeScript. Runs before
// `npm test`, `npm start` and `velro`, so it has to be quick when there is nothing to do. Plain JavaScript for Node 20.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledNode, isRecentEnough, MINIMUM } from '../bin/node-runtime.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.velro-setup');
const lockFile = join(root, '.velro', 'setup.lock');

/**
 * Installs if need be. Says what is wrong on stderr and returns false if the checkout cannot be made ready.
 *
 * @param {{ tools: boolean }} needs whether development dependencies are needed; `npm ci --omit=dev` leaves them out
 */
export function setup({ tools }) {
  try {
    if (!isStamped() && !isInstalled(tools)) whileAlone(() => isInstalled(tools) || install());
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return false;
  }
}

/** What is wrong, written for whoever set up the checkout. */
export class SetupError extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`velro setup: ${text}\n`);
}

/** @param {string} file */
export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * What the stamp holds after a set-up for this lockfile on this platform.
 *
 * @param {string} folder
 */
export function expectedStamp(folder) {
  const lockfile = readIfThere(join(folder, 'package-lock.json'));
  if (lockfile === undefined) throw new SetupError('package-lock.json is missing; is this a whole checkout?');
  return `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform}-${process.arch}\n`;
}

function isStamped() {
  return readIfThere(stampFile) === expectedStamp(root);
}

/**
 * True if an `npm ci` or `npm install` has already put in place what the lockfile says.
 *
 * @param {boolean} tools
 */
function isInstalled(tools) {
  const installed = readIfThere(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const present = JSON.parse(installed).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  let isWhole = true;
  for (const [path, { version, optional, dev }] of Object.entries(wanted)) {
    if (path === '' || present[path]?.version === version) continue;
    if (present[path] !== undefined || !(optional || (dev && !tools))) return false;
    if (!optional) isWhole = false;
  }
  verifyNode();
  if (isWhole) stamp();
  return true;
}

function install() {
  say('installing the dependencies (npm ci) …');
  npmCi(root, ['--include=dev', '--include=optional']);
  verifyNode();
  stamp();
  say('done');
}

/**
 * Installs what the lockfile of a folder says.
 *
 * @param {string} folder
 * @param {readonly string[]} more options
 */
export function npmCi(folder, more) {
  const options = ['ci', ...more, '--no-audit', '--no-fund', '--loglevel=error'];
  // Under `npm run`, the npm that is running; its version is the one the user chose.
  const npm = process.env.npm_execpath ?? '';
  const isWindows = process.platform === 'win32';
  const [command, args] =
    basename(npm) === 'npm-cli.js' ? [process.execPath, [npm, ...options]] : ['npm', options];
  const { status, error } = spawnSync(command, args, {
    cwd: folder,
    shell: isWindows && command === 'npm',
    stdio: ['ignore', 2, 2], // standard output belongs to the command that needed the set-up
  });
  if (error) throw new SetupError(`cannot run npm (${error.message}); npm 10 or later must be on the PATH`);
  if (status !== 0) {
    throw new SetupError('`npm ci` failed; its message is above. Mend that and run the command again.');
  }
}

function stamp() {
  try {
    writeFileSync(stampFile, expectedStamp(root));
  } catch {
    // A read-only installation is compared with the lockfile each time: a few milliseconds, and no harm.
  }
}

/** There must be a Node that strips types: the running one or the one among the dependencies. */
function verifyNode() {
  if (isRecentEnough(process.version)) return;
  const node = bundledNode();
  const platform = `${process.platform}-${process.arch}`;
  if (node === undefined) {
    throw new SetupError(
      `no Node is bundled for ${platform}: install Node ${MINIMUM} or later (${process.version} is too old)`,
    );
  }
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  const version = stdout?.trim() ?? '';
  if (error || !isRecentEnough(version)) {
    const found = error?.message ?? (version || 'it ends without a version');
    throw new SetupError(`the bundled Node does not run (${found}): install Node ${MINIMUM} or later`);
  }
}

/**
 * One set-up at a time: a test run and a server started together must not both replace node_modules.
 *
 * @param {() => unknown} work
 */
export function whileAlone(work) {
  mkdirSync(join(root, '.velro'), { recursive: true, mode: 0o700 });
  for (let isFirst = true; !tryLock(); isFirst = false) {
    if (isFirst) say('waiting for another set-up of this checkout …');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock() {
  try {
    const file = openSync(lockFile, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    const owner = Number(readIfThere(lockFile));
    if (owner > 0 && !isAlive(owner)) rmSync(lockFile, { force: true });
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

const isMain =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isMain) process.exitCode = setup({ tools: true }) ? 0 : 1;
