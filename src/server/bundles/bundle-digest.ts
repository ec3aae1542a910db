import { createHash } from 'node:crypto';
import type { SourceText } from '../../dsl/source/source-text.ts';
import { canonicalFiles } from './canonical-files.ts';

/** `sha256:` and 64 hexadecimal digits over the canonical files of the bundle in a folder. */
export function bundleDigest(files: readonly SourceText[], folder: string): string {
  return digestOf(canonicalFiles(files, folder));
}

/** `sha256:` and 64 hexadecimal digits; every part is preceded by its length, so that no two bundles look the same. */
export function digestOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].toSorted(byCodeUnit)) {
    for (const part of [path, files.get(path) as string]) {
      hash.update(`${Buffer.byteLength(part)}:`).update(part);
    }
  }
  return `sha256:${hash.digest('hex')}`;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
