import { expect } from 'chai';
import * as fc from 'fast-check';
import { MAXIMUM_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../../../src/dsl/diagnostics/render.ts';
import { formatFile } from '../../../../src/dsl/format/format-file.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { Node } from '../../../../src/dsl/syntax/ast.ts';
import { MAXIMUM_FILE_LENGTH } from '../../../../src/dsl/syntax/limits.ts';
import { parseExpression, parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { KEYWORDS } from '../../../../src/dsl/syntax/tokens.ts';
import { children } from '../../../../src/dsl/syntax/walk.ts';
import { fileArbitrary } from '../../../support/tree-arbitraries.ts';

/** Reads a text in every way; what is promised of every text must hold. */
function survive(text: string): void {
  const source = new SourceText('hostile.velro', text);
  const { file, diagnostics } = parseSource(source);
  expect(diagnostics.length).to.be.at.most(MAXIMUM_DIAGNOSTICS);
  for (const { span, message } of diagnostics) {
    expect(span.start).to.be.within(0, text.length);
    expect(span.end).to.be.within(span.start, text.length);
    expect(message.length).to.be.at.most(300);
  }
  expect(renderDiagnostics(diagnostics, { color: false }).length).to.be.at.most(100_000);
  expectSpansToNest(file);
  formatFile(file);
  parseExpression(source);
}

/** Children lie within their parents, one after the other. */
function expectSpansToNest(root: Node): void {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    let { start } = node.span;
    for (const child of children(node)) {
      if (child.span.start < start || child.span.end > node.span.end || child.span.end < child.span.start) {
        throw new Error(`the span of a ${child.kind} lies outside of its ${node.kind} or before its sibling`);
      }
      start = child.span.end;
      waiting.push(child);
    }
  }
}

const WORDS = 'a b_1 1 0.5 15m 1h30m "s" r"\\" \'q\' "open { } ( ) [ ] : , . ? | = == != < >= + - * % && ;';
const pieces = [
  ...KEYWORDS.keys(),
  ...WORDS.split(' '),
  '// c\n',
  '/// d\n',
  '\n',
  '\n',
  '\u202e',
  '\ud800',
  '\u0000',
  'permit a: b on c',
  'let x = ',
  'list<a>=',
  'entity e stored {',
];

describe('hostile texts', function () {
  // Large texts on a busy machine.
  this.timeout(120_000);

  it('of random characters are survived', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survive), { numRuns: 500 });
  });

  it('of random words are survived', () => {
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 120 }).map((words) => words.join(' '));
    fc.assert(fc.property(soup, survive), { numRuns: 1500 });
  });

  it('that were cut or damaged are survived', () => {
    const damage = fc.tuple(fileArbitrary, fc.nat(), fc.nat(20), fc.constantFrom(...pieces, ''));
    fc.assert(
      fc.property(damage, ([tree, at, length, piece]) => {
        const text = formatFile(tree);
        const offset = at % (text.length + 1);
        survive(text.slice(0, offset) + piece + text.slice(offset + length));
      }),
      { numRuns: 500 },
    );
  });

  const repeated: readonly (readonly [string, string])[] = [
    ['brackets', '('],
    ['braces', '{'],
    ['declarations that never end', 'entity e stored {\n'],
    ['closing brackets', ')'],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['slashes', '/'],
    ['blanks', ' '],
    ['line breaks', '\n'],
    ['carriage returns', '\r'],
    ['digits', '9'],
    ['letters', 'a'],
    ['remarks', '//\n'],
    ['documentation', '/// a\n'],
    ['operators', 'and '],
    ['misspelt words', 'permt '],
    ['rules without an end', 'permit a: b on c when (\n'],
    ['split brackets', 'context { a: list<b>= c }\n'],
    ['invisible characters', '\u202e'],
    ['halves of characters', '\ud800'],
    ['half names', 'permit a:\n'],
  ];
  for (const [what, piece] of repeated) {
    it(`of nothing but ${what} are survived, also when they are large`, () => {
      const text = piece.repeat(Math.floor(MAXIMUM_FILE_LENGTH / piece.length));
      survive(text);
      survive(`let x = ${text.slice(8)}`);
      survive(`let x = a${text.slice(9)}`);
    });
  }

  it('may have large lists', () => {
    const { file, diagnostics } = parseSource(
      new SourceText('large.velro', `let x = [${'1,'.repeat(400_000)}1]`),
    );
    expect(diagnostics).to.deep.equal([]);
    expect(formatFile(file)).to.have.length.greaterThan(800_000);
  });

  it('over the limit are not read', () => {
    const { file, diagnostics } = parseSource(
      new SourceText('large.velro', ' '.repeat(MAXIMUM_FILE_LENGTH + 1)),
    );
    expect(diagnostics.map((one) => one.code)).to.deep.equal(['VEL1001']);
    expect(file.declarations).to.deep.equal([]);
    expect(
      parseSource(new SourceText('large.velro', ' '.repeat(MAXIMUM_FILE_LENGTH))).diagnostics,
    ).to.deep.equal([]);
  });
});
