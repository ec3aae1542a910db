import { expect } from 'chai';
import { formatFile } from '../../../src/dsl/format/format-file.ts';
import { SourceText } from '../../../src/dsl/source/source-text.ts';
import type { SourceFile } from '../../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../../src/dsl/syntax/parse.ts';
import { differenceOf } from '../../support/difference-of.ts';
import type { Law } from '../../support/law-pass.ts';
import {
  AFTER_REMARK,
  BEFORE_REMARK,
  REMARK_SLASHES,
  type RemarkPlace,
  saidIn,
  withRemarks,
} from '../../support/remarks.ts';

function parsed(text: string): SourceFile {
  const { file, diagnostics } = parseSource(new SourceText('formatted.velro', text));
  expect(
    diagnostics.map((one) => one.message),
    text,
  ).to.deep.equal([]);
  return file;
}

export const formatKeepsTrees: Law = {
  name: 'formatting changes no tree and no comment, and nothing that it has formatted',
  aboutRequests: false,
  premises: { files: 3, declarations: 20 },
  check({ bundle }, tally) {
    for (const file of bundle.files) {
      tally.note('files');
      tally.note('declarations', file.declarations.length);
      expectFaithful(file);
    }
  },
};

export const formatKeepsRemarks: Law = {
  name: 'formatting keeps every remark, wherever it stands',
  aboutRequests: false,
  premises: { remarks: 5 },
  check(one, tally) {
    const chance = one.chance();
    for (const { source } of chance.some(one.bundle.files, 3)) {
      const places = Array.from({ length: chance.integer(1, 8) }, (): RemarkPlace => {
        const [slashes, before, after] = [REMARK_SLASHES, BEFORE_REMARK, AFTER_REMARK].map((of) =>
          chance.pick(of),
        );
        return { at: chance.integer(0, 10_000), slashes, before, after } as RemarkPlace;
      });
      const { file, diagnostics } = parseSource(
        new SourceText(source.path, withRemarks(source.text, places)),
      );
      // A line break before a name that is also the word of a declaration can change the meaning.
      if (diagnostics.length > 0) continue;
      tally.note('remarks', places.length);
      expectFaithful(file);
    }
  },
};

function expectFaithful(file: SourceFile): void {
  const text = formatFile(file);
  const again = parsed(text);
  expect(differenceOf(again, file), text).to.equal(undefined);
  expect(saidIn(again), text).to.deep.equal(saidIn(file));
  expect(formatFile(again)).to.equal(text);
}
