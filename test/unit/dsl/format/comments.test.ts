import { expect } from 'chai';
import * as fc from 'fast-check';
import { formatFile } from '../../../../src/dsl/format/format-file.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { SourceFile } from '../../../../src/dsl/syntax/ast.ts';
import { tokenize } from '../../../../src/dsl/syntax/lexer.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { children } from '../../../../src/dsl/syntax/walk.ts';
import { differenceOf } from '../../../support/same-tree.ts';
import { fileArbitrary } from '../../../support/tree-arbitraries.ts';

/** Where to put a remark: before which token (modulo their number), and with which line breaks around it. */
const remarks = fc.array(
  fc.record({
    at: fc.nat(),
    slashes: fc.constantFrom('//', '//', '///', '////'),
    before: fc.constantFrom(' ', '\n', '\n', '\n\n'),
    after: fc.constantFrom('\n', '\n', '\n\n', '\n  \n\n'),
  }),
  { minLength: 1, maxLength: 8 },
);

function withRemarks(
  text: string,
  places: readonly { at: number; slashes: string; before: string; after: string }[],
): string {
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
function saidIn(file: SourceFile): string[] {
  const said = file.comments.map(({ text }) => text.replace(/^\/\/\/?(?!\/) ?/, ''));
  const waiting: object[] = [file];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { documentation } = node as { documentation?: string };
    if (documentation !== undefined) said.push(...documentation.split('\n'));
    waiting.push(...children(node as SourceFile));
  }
  return said.toSorted();
}

describe('formatting any file with remarks', () => {
  it('keeps every remark, the tree, and itself when formatted again', () => {
    let looked = 0;
    fc.assert(
      fc.property(fileArbitrary, remarks, (tree, places) => {
        const text = withRemarks(formatFile(tree), places);
        const before = parseSource(new SourceText('remarks.velro', text));
        // A line break before a name that is also the word of a declaration can change the meaning.
        fc.pre(before.diagnostics.length === 0);
        looked += 1;
        const formatted = formatFile(before.file);
        const after = parseSource(new SourceText('formatted.velro', formatted));
        expect(after.diagnostics.map((one) => one.message)).to.deep.equal([], formatted);
        expect(differenceOf(after.file, before.file)).to.equal(undefined, formatted);
        expect(saidIn(after.file)).to.deep.equal(saidIn(before.file), formatted);
        expect(formatFile(after.file)).to.equal(formatted);
      }),
      { numRuns: 1000 },
    );
    expect(looked).to.be.greaterThan(500);
  });
});
