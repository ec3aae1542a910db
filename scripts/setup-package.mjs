// Makes a package of its own ready, such as artillery/: heavy tools that nobody needs who does not use them. JavaScript like
// setup.mjs, whose parts it uses.

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expectedStamp, npmCi, readIfThere, SetupError, say, whileAlone } from './setup.mjs';

/**
 * Installs what the lockfile of a package says, if that is not there yet. Says what is wrong on stderr and returns false if
 * it cannot be made ready.
 *
 * @param {string} folder
 * @param {string} size what the first time costs, such as `about 460 MB`
 */
export function setupPackage(folder, size) {
  const stampFile = join(folder, 'node_modules', '.velro-setup');
  const isReady = () => readIfThere(stampFile) === expectedStamp(folder);
  try {
    if (isReady()) return true;
    whileAlone(() => {
      if (isReady()) return;
      say(`installing ${basename(folder)}/ (npm ci, once, ${size}) …`);
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
