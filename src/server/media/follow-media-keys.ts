import { readFileSync, statSync } from 'node:fs';
import { parseMediaKeyDocument } from './media-key-document.ts';
import { keysOf } from './media-keys.ts';
import type { MediaKeys } from './media-token.ts';

/** The file is looked at no more often than this, in milliseconds. */
const PACE = 1000;

/**
 * The keys of a file as they stand there now, give or take a second, so that a rotation reaches every process; undefined
 * while the file is not there, cannot be read or is damaged. `monotonic` tells milliseconds from an arbitrary start.
 */
export function followMediaKeys(
  path: string,
  monotonic: () => number = () => performance.now(),
): () => MediaKeys | undefined {
  let keys: MediaKeys | undefined;
  let stamp: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const time = monotonic();
    if (time - lookedAt < PACE) return keys;
    lookedAt = time;
    const found = stampOf(path);
    if (found === undefined) keys = undefined;
    else if (found !== stamp) keys = read(path);
    stamp = found;
    return keys;
  };
}

/** Differs once the file was replaced or written to; undefined when it is not there. */
function stampOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return undefined;
  }
}

function read(path: string): MediaKeys | undefined {
  try {
    return keysOf(parseMediaKeyDocument(JSON.parse(readFileSync(path, 'utf8')), path));
  } catch {
    // Whatever is wrong with the file, it is not there to check tokens with.
    return undefined;
  }
}
