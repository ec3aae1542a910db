import { expect } from 'chai';
import * as fc from 'fast-check';
import { formatExpression } from '../../../../src/dsl/format/format-expression.ts';
import { formatFile } from '../../../../src/dsl/format/format-file.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseExpression, parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { differenceOf } from '../../../support/difference-of.ts';
import { expressionArbitrary, fileArbitrary } from '../../../support/tree-arbitraries.ts';

describe('formatting any tree', () => {
  it('gives an expression back when parsed', () => {
    fc.assert(
      fc.property(expressionArbitrary, (tree) => {
        const text = formatExpression(tree);
        const { expression, diagnostics } = parseExpression(new SourceText('expression', text));
        expect(diagnostics.map((one) => one.message)).to.deep.equal([], text);
        expect(expression && differenceOf(expression, tree)).to.equal(undefined, text);
        expect(text).not.to.include('\n');
      }),
      { numRuns: 1500 },
    );
  });

  it('gives a file back when parsed, and the same text when formatted again', () => {
    fc.assert(
      fc.property(fileArbitrary, (tree) => {
        const text = formatFile(tree);
        const { file, diagnostics } = parseSource(new SourceText('generated.velro', text));
        expect(diagnostics.map((one) => one.message)).to.deep.equal([], text);
        expect(differenceOf(file, tree)).to.equal(undefined, text);
        expect(file.comments).to.deep.equal([]);
        expect(formatFile(file)).to.equal(text);
      }),
      { numRuns: 500 },
    );
  });
});
