import { expect } from 'chai';
import { SYNTAX_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/syntax.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { diagnosticsPart } from '../../../support/diagnostics-page.ts';

interface Section {
  readonly code: string;
  readonly title: string;
  readonly examples: readonly { readonly info: string; readonly text: string }[];
}

function sectionsOf(page: string): Section[] {
  return page
    .split(/^(?=### )/m)
    .slice(1)
    .map((section) => {
      const examples = [...section.matchAll(/^```velro (.*)\n([^]*?)^```$/gm)];
      const [, code = section.slice(0, 40), title = ''] = /^### (VEL\d{4}) · (.*)$/m.exec(section) ?? [];
      return {
        code,
        title,
        examples: examples.map(([, info = '', text = '']) => ({ info, text: expand(text, info) })),
      };
    });
}

function expand(text: string, info: string): string {
  const times = Number(/times=(\d+)/.exec(info)?.[1] ?? 1);
  return text
    .replaceAll(/\{\{U\+([0-9A-F]+)\}\}/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll(/\{\{(.*?)\}\}/g, (_, part: string) => part.repeat(times));
}

function codesOf(text: string): string[] {
  return [...new Set(parseSource(new SourceText('example.velro', text)).diagnostics.map((one) => one.code))];
}

describe('the page on syntax diagnostics', () => {
  const sections = sectionsOf(diagnosticsPart('VEL1'));

  it('has one section for each diagnostic, in order, with its name in words', () => {
    const entries = Object.entries(SYNTAX_DIAGNOSTICS).map(([name, entry]) => {
      return `${entry.code} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
    });
    expect(sections.map(({ code, title }) => `${code} ${title}`)).to.deep.equal(entries);
    expect(entries).to.deep.equal(entries.toSorted());
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
