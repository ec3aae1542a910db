import { expect } from 'chai';
import { formatFile } from '../../src/dsl/format/format-file.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import type { SourceFile } from '../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../src/dsl/syntax/parse.ts';
import { generatedCases } from '../support/generated-case.ts';
import { assertLaw, LAW_TIMEOUT } from '../support/laws.ts';

const BUNDLES = 150;

/** A tree without places. */
function bare(file: SourceFile): unknown {
  return JSON.parse(
    JSON.stringify(file, (key, value: unknown) => (key === 'span' || key === 'source' ? undefined : value)),
  );
}

function parse(path: string, text: string): SourceFile {
  const { file, diagnostics } = parseSource(new SourceText(path, text));
  expect(diagnostics, text).to.deep.equal([]);
  return file;
}

describe('the formatter', function () {
  this.timeout(LAW_TIMEOUT);

  it('changes no tree and no comment', () => {
    assertLaw('parse(format(file)) = file', BUNDLES, generatedCases(0), ({ bundle }) => {
      for (const file of bundle.files) {
        const again = parse(file.source.path, formatFile(file));
        expect(bare(again)).to.deep.equal(bare(file));
      }
    });
  });

  it('changes nothing that it has formatted', () => {
    assertLaw('format(format(file)) = format(file)', BUNDLES, generatedCases(0), ({ bundle }) => {
      for (const file of bundle.files) {
        const once = formatFile(file);
        expect(formatFile(parse(file.source.path, once))).to.equal(once);
      }
    });
  });
});
