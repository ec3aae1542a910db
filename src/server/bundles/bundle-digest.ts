import { createHash } from 'node:crypto';
import type { SourceText } from '../../dsl/source/source-text.ts';

/**
 * `sha256:` and 64 hexadecimal digits over the files, sorted by path. Paths count from the folder of the bundle, line
 * breaks as `\n`, and every part is preceded by its length, so that no two bundles look the same.
 */
export function bundleDigest(files: readonly SourceText[], folder: string): string {
  const hash = createHash('sha256');
  const root = folder
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/*$/, '/');
  const parts = files.map(({ path, text }) => ({
    path: path.startsWith(root) ? path.slice(root.length) : path,
    text: text.replaceAll('\r\n', '\n'),
  }));
  parts.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const { path, text } of parts) {
    for (const part of [path, text]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return `sha256:${hash.digest('hex')}`;
}
