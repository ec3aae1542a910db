import { expect } from 'chai';
import { checkBundle } from '../../../../src/dsl/check/check-bundle.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';

describe('checking', () => {
  it('works a condition out once for all the triples that it reads alike, ten thousand rules long', () => {
    const types = Array.from(
      { length: 8 },
      (_, index) => `entity t${index} stored { owner: user }\naction a, b, c, d, e on t${index} by user`,
    );
    const rules = Array.from(
      { length: 10_000 },
      (_, index) => `permit p${index}: any on any when subject.id == "s${index}"`,
    );
    const texts = {
      'a.velro': `entity user stored { active: bool }\n${types.join('\n')}\nrequire access`,
      'b.velro': `layer 1 rules version 1 grants access\n${rules.join('\n')}`,
    };
    const files = Object.entries(texts).map(([path, text]) => parseSource(new SourceText(path, text)).file);
    const { bundle } = checkBundle(files);
    expect(bundle?.triples).to.have.length(40);
    expect(bundle?.layers[0]?.rules).to.have.length(10_000);
    for (const { cases } of bundle?.layers[0]?.rules ?? []) {
      expect(cases.map(({ triples }) => triples.length)).to.deep.equal([40]);
    }
  });
});
