import { posix } from 'node:path';
import { SourceText } from '../../dsl/source/source-text.ts';

/** The text of each file of a bundle by its path: what is digested, signed and stored. */
export type BundleFiles = ReadonlyMap<string, string>;

/** The files of a bundle in the form that does not hang on where it is: paths count from its folder, line breaks are `\n`. */
export function canonicalFiles(files: readonly SourceText[], folder: string): BundleFiles {
  // However the folder was spelt: paths that were joined to it have lost what spells nothing.
  const root = posix.normalize(folder.replaceAll('\\', '/')).replace(/\/*$/, '/');
  return new Map(
    files.map(({ path: given, text }) => {
      const path = posix.normalize(given);
      return [path.startsWith(root) ? path.slice(root.length) : path, canonicalText(text)];
    }),
  );
}

/** The files as they are parsed, in the order of their paths. */
export function sourcesOf(files: BundleFiles): readonly SourceText[] {
  const paths = [...files.keys()].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return paths.map((path) => new SourceText(path, files.get(path) as string));
}

export function canonicalText(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
