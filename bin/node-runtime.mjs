// Which Node runs Velro. Plain JavaScript that Node 20 can read: it decides before anything newer is loaded.

import { createRequire } from 'node:module';

/** The oldest Node that strips types without a flag or a warning; package.json says the same under `engines`. */
export const MINIMUM = '22.18';

/** @param {string} version such as `v24.1.0` or `24.1.0` */
export function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = MINIMUM.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** Path of the Node that came with the dependencies; undefined on platforms that have no such package. */
export function bundledNode() {
  const isWindows = process.platform === 'win32';
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/node${isWindows ? '.exe' : ''}`);
  } catch {
    return undefined;
  }
}
