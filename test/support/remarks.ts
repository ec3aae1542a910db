import { SourceText } from '../../src/dsl/source/source-text.ts';
import type { SourceFile } from '../../src/dsl/syntax/ast.ts';
import { tokenize } from '../../src/dsl/syntax/lexer.ts';
import { children } from '../../src/dsl/syntax/walk.ts';

/** Where to put a remark: before which token (modulo their number), and with which line breaks around it. */
export interface RemarkPlace {
  readonly at: number;
  readonly slashes: string;
  readonly before: string;
  readonly after: string;
}
export const REMARK_SLASHES: readonly string[] = ['//', '//', '///', '////'];
export const BEFORE_REMARK: readonly string[] = [' ', '\n', '\n', '\n\n'];
export const AFTER_REMARK: readonly string[] = ['\n', '\n', '\n\n', '\n  \n\n'];

/** The text with a remark, numbered, at each of the places. */
export function withRemarks(text: string, places: readonly RemarkPlace[]): string {
  const { tokens } = tokenize(new SourceText('text', text), () => undefined);
  let result = text;
  const sorted = places
    .map((place, index) => ({ ...place, index, token: place.at % (tokens.length + 1) }))
    .toSorted((a, b) => b.token - a.token);
  for (const { token, slashes, before, after, index } of sorted) {
    const offset = tokens[token]?.startOffset ?? text.length;
    result = `${result.slice(0, offset)}${before}${slashes} remark ${index}${after}${result.slice(offset)}`;
  }
  return result;
}

/** All that is said beside the policy, sorted: a `///` that documents nothing may become a `//`. */
export function saidIn(file: SourceFile): string[] {
  const said = file.comments.map(({ text }) => text.replace(/^\/\/\/?(?!\/) ?/, ''));
  const waiting: object[] = [file];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { documentation } = node as { documentation?: string };
    if (documentation !== undefined) said.push(...documentation.split('\n'));
    waiting.push(...children(node as SourceFile));
  }
  return said.toSorted();
}
