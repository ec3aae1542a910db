import { expect } from 'chai';
import * as fc from 'fast-check';
import { formatFile } from '../../../../src/dsl/format/format-file.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { differenceOf } from '../../../support/difference-of.ts';
import {
  AFTER_REMARK,
  BEFORE_REMARK,
  REMARK_SLASHES,
  saidIn,
  withRemarks,
} from '../../../support/remarks.ts';
import { fileArbitrary } from '../../../support/tree-arbitraries.ts';

const remarks = fc.array(
  fc.record({
    at: fc.nat(),
    slashes: fc.constantFrom(...REMARK_SLASHES),
    before: fc.constantFrom(...BEFORE_REMARK),
    after: fc.constantFrom(...AFTER_REMARK),
  }),
  { minLength: 1, maxLength: 8 },
);

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
