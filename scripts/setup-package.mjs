// Usage: node scripts/setup-package.mjs <folder>
//
// Makes a package of its own ready, such as artillery/ or bench/: heavy tools that nobody needs who does not use them.
// JavaScript like setup.mjs, whose parts it uses.

import { realpathSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectedStamp, npmCi, readIfThere, SetupError, say, whileAlone } from './setup.mjs';

/**
 * Installs what the lockfile of a package says, if that is not there yet. Says what is wrong on stderr and returns false if
 * it cannot be made ready.
 *
 * @param {string} folder
 * @param {string} [size] what the first time costs, such as `about 460 MB`
 */
export function setupPackage(folder, size) {
  const stampFile = join(folder, 'node_modules', '.velro-setup');
  const isReady = () => readIfThere(stampFile) === expectedStamp(folder);
  try {
    if (isReady()) return true;
    whileAlone(() => {
      if (isReady()) return;
      say(`installing ${basename(folder)}/ (npm ci, once${size === undefined ? '' : `, ${size}`}) …`);
      npmCi(folder, ['--omit=dev']);
      writeFileSync(stampFile, expectedStamp(folder));
      say('done');
    });
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return false;
  }
}

const isMain =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isMain) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    say('usage: node scripts/setup-package.mjs <folder>');
    process.exitCode = 2;
  } else if (!setupPackage(resolve(folder))) process.exitCode = 1;
}
