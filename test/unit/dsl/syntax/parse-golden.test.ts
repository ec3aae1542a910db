import { expect } from 'chai';
import { renderDiagnostics } from '../../../../src/dsl/diagnostics/render.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { dumpTree } from '../../../support/dump-tree.ts';
import { goldenFolder } from '../../../support/golden.ts';

describe('trees of files', () => {
  const golden = goldenFolder('syntax-tree');
  for (const file of golden.files) {
    it(file.name, () => {
      const { file: tree, diagnostics } = parseSource(new SourceText(file.name, file.section('input')));
      expect(diagnostics.map((one) => one.message)).to.deep.equal([]);
      const remarks = tree.comments.map(({ text }) => `remark ${text}\n`);
      file.check('tree', `${dumpTree(tree)}${remarks.join('')}`);
    });
  }
  it('leaves no golden file unread', () => golden.assertAllRead());
});

describe('syntax errors', () => {
  const golden = goldenFolder('syntax-errors');
  for (const file of golden.files) {
    it(file.name, () => {
      const { file: tree, diagnostics } = parseSource(new SourceText(file.name, file.section('input')));
      file.check('diagnostics', renderDiagnostics(diagnostics, { color: false }));
      const survivors = tree.declarations.map((one) => {
        const { line } = tree.source.positionAt(one.span.start);
        return `${line}: ${one.kind}${'name' in one ? ` ${one.name.text}` : ''}\n`;
      });
      file.check('declarations', survivors.join(''));
    });
  }
  it('leaves no golden file unread', () => golden.assertAllRead());
});
