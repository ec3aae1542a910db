import type { SourceText } from '../../dsl/source/source-text.ts';

/** The text of each file of a bundle by its path: what is digested, signed and stored. */
export type BundleFiles = ReadonlyMap<string, string>;

/** The files of a bundle in the form that does not hang on where it is: paths count from its folder, line breaks are `\n`. */
export function canonicalFiles(files: readonly SourceText[], folder: string): BundleFiles {
  const root = folder
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/*$/, '/');
  return new Map(
    files.map(({ path, text }) => [
      path.startsWith(root) ? path.slice(root.length) : path,
      canonicalText(text),
    ]),
  );
}

export function canonicalText(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
