import { SourceText } from '../../src/dsl/source/source-text.ts';

const MARK = /^=== (\S+\.velro)\n/m;

/** Several files as one input. */
export function joinFiles(files: readonly { readonly path: string; readonly text: string }[]): string {
  return files.map(({ path, text }) => `=== ${path}\n${text}${text.endsWith('\n') ? '' : '\n'}`).join('');
}

/** The files of an input; a text without marks is one file. */
export function splitFiles(input: string): SourceText[] {
  const parts = input.split(MARK);
  const files: SourceText[] = [];
  if (parts[0] !== '' || parts.length === 1) files.push(new SourceText('input.velro', parts[0] ?? ''));
  for (let at = 1; at < parts.length; at += 2)
    files.push(new SourceText(parts[at] ?? '', parts[at + 1] ?? ''));
  return files;
}
