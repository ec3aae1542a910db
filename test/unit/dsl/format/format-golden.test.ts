import { expect } from 'chai';
import { formatFile } from '../../../../src/dsl/format/format-file.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { SourceFile } from '../../../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { differenceOf } from '../../../support/difference-of.ts';
import { goldenFolder } from '../../../support/golden.ts';

function parsed(text: string): SourceFile {
  const { file, diagnostics } = parseSource(new SourceText('golden.velro', text));
  expect(diagnostics.map((one) => one.message)).to.deep.equal([]);
  return file;
}

describe('formatted files', () => {
  const golden = goldenFolder('format');
  for (const file of golden.files) {
    it(file.name, () => {
      const tree = parsed(file.section('input'));
      const text = formatFile(tree);
      file.check('formatted', text);
      const again = parsed(text);
      expect(differenceOf(again, tree)).to.equal(undefined);
      expect(formatFile(again)).to.equal(text);
      expect(formatFile(parsed(file.section('input').replaceAll('\n', '\r\n')))).to.equal(text);
      expect(again.comments).to.have.length(tree.comments.length);
    });
  }
  it('leaves no golden file unread', () => golden.assertAllRead());
});
