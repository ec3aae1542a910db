import { expect } from 'chai';
import { SYNTAX_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/syntax.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { diagnosticSections, titleOf } from '../../../support/diagnostics-page.ts';

function codesOf(text: string): string[] {
  return [...new Set(parseSource(new SourceText('example.velro', text)).diagnostics.map((one) => one.code))];
}

describe('the page on syntax diagnostics', () => {
  const sections = diagnosticSections('VEL1');

  it('has one section for each diagnostic, in order, with its name in words', () => {
    const entries = Object.entries(SYNTAX_DIAGNOSTICS).map(([name, { code }]) => `${code} ${titleOf(name)}`);
    expect(sections.map(({ code, title }) => `${code} ${title}`)).to.deep.equal(entries);
    expect(entries).to.deep.equal(entries.toSorted());
    expect(entries.filter((entry) => !entry.startsWith('VEL1'))).to.deep.equal([]);
  });

  for (const { code, examples } of sections) {
    it(`shows what raises ${code} and how it is mended`, () => {
      const raising = examples.filter(({ info }) => info.startsWith(`raises=${code}`));
      const mended = examples.filter(({ info }) => info === 'ok');
      expect([raising.length, mended.length], 'examples of each kind').to.deep.equal([1, 1]);
      expect(examples).to.have.length(2);
      expect(codesOf(raising[0]!.text), raising[0]!.text.slice(0, 500)).to.deep.equal([code]);
      expect(codesOf(mended[0]!.text), mended[0]!.text).to.deep.equal([]);
    });
  }
});
