import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { ConstantTexts } from '../../../../src/engine/compile/constant-texts.ts';

describe('a set of constant texts', () => {
  it('has what a set of the same has', () => {
    for (let size = 1; size <= 40; size += 3) {
      const texts = new Set(
        Array.from({ length: size }, (_, index) => randomBytes(index % 5).toString('latin1')),
      );
      const constant = new ConstantTexts(texts);
      const others = Array.from({ length: 500 }, (_, index) => randomBytes(index % 3).toString('latin1'));
      // A text that was put together is another object.
      for (const text of [...texts].map((one) => `${one.slice(0, 1)}${one.slice(1)}`).concat(others))
        expect(constant.has(text), JSON.stringify(text)).to.equal(texts.has(text));
    }
  });

  it('has none of texts that look alike at their ends', () => {
    const constant = new ConstantTexts(new Set(['axb', '', 'ä']));
    expect(['axb', 'ayb', '', 'ä', 'a', 'ab'].map((text) => constant.has(text))).to.deep.equal([
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});
