import { expect } from 'chai';
import { TextMemo } from '../../../../src/dsl/types/text-memo.ts';

describe('TextMemo', () => {
  it('gives back what was set for the same text, whichever string holds it', () => {
    const memo = new TextMemo<number>(16);
    expect(memo.get('abc')).to.equal(undefined);
    memo.set('abc', 1);
    expect(memo.get(['a', 'b', 'c'].join(''))).to.equal(1);
    expect(memo.get('abd')).to.equal(undefined);
    expect(memo.get('')).to.equal(undefined);
    memo.set('', 2);
    expect(memo.get('')).to.equal(2);
  });

  it('never gives one text what belongs to another, however many there are', () => {
    const memo = new TextMemo<string>(8);
    const texts = Array.from({ length: 2_000 }, (_, index) =>
      `${index % 7}-text-${index}`.repeat(1 + (index % 9)),
    );
    let found = 0;
    for (const text of texts) memo.set(text, text);
    for (const text of texts) {
      const known = memo.get(text);
      if (known === undefined) continue;
      found += 1;
      expect(known).to.equal(text);
    }
    expect(found).to.be.within(1, 8);
  });

  it('keeps ids apart that differ at their end or at their beginning', () => {
    for (const id of [
      (index: number) => `5807f2cb-31e9-4a6d-9c54-b8d0e${String(7_134_000 + index)}`,
      (index: number) => `${String(58_070_000 + index)}-31e9-11ec-9c54-b8d0e7134af6`,
      (index: number) => `user-${index}`,
    ]) {
      const memo = new TextMemo<number>(4_096);
      for (let index = 0; index < 512; index += 1) memo.set(id(index), index);
      const kept = Array.from({ length: 512 }, (_, index) => memo.get(id(index))).filter(
        (one) => one !== undefined,
      );
      expect(kept.length, id(0)).to.be.greaterThan(400);
    }
  });

  it('does not remember texts that are too long', () => {
    const memo = new TextMemo<number>(16);
    memo.set('x'.repeat(513), 1);
    expect(memo.get('x'.repeat(513))).to.equal(undefined);
    memo.set('x'.repeat(512), 2);
    expect(memo.get('x'.repeat(512))).to.equal(2);
  });

  it('has more places, up to the bound, once texts that come back keep taking each other’s places', () => {
    const memo = new TextMemo<number>(16, 4_096);
    const texts = Array.from({ length: 512 }, (_, index) => `text-${index}`);
    for (let round = 0; round < 20; round += 1) {
      for (const [index, text] of texts.entries()) {
        expect(memo.getOrCompute(text, () => index)).to.equal(index);
      }
    }
    expect(memo.places).to.be.within(512, 4_096);
    const kept = texts.filter((text, index) => memo.get(text) === index);
    expect(kept.length).to.be.greaterThan(400);

    for (let index = 0; index < 50_000; index += 1) memo.set(`other-${index}`, index);
    expect(memo.places).to.equal(4_096);
  });

  it('has as many places as it began with while texts find room', () => {
    const memo = new TextMemo<number>(1_024, 4_096);
    for (let round = 0; round < 50; round += 1) {
      for (let index = 0; index < 20; index += 1) memo.set(`text-${index}`, index);
    }
    expect(memo.places).to.equal(1_024);
  });

  it('computes again what came once, and remembers what came back', () => {
    const memo = new TextMemo<number>(16);
    let computed = 0;
    const length = (text: string): number => {
      computed += 1;
      return text.length;
    };
    for (let time = 0; time < 5; time += 1) expect(memo.getOrCompute('a text', length)).to.equal(6);
    expect(computed).to.equal(2);
  });

  it('keeps its places for texts that come back while others come once', () => {
    const memo = new TextMemo<number>(1_024, 4_096);
    const known = Array.from({ length: 20 }, (_, index) => `known-${index}`);
    for (let round = 0; round < 2_000; round += 1) {
      for (const [index, text] of known.entries())
        expect(memo.getOrCompute(text, () => index)).to.equal(index);
      for (let index = 0; index < 10; index += 1) memo.getOrCompute(`once-${round}-${index}`, () => index);
    }
    expect(memo.places).to.equal(1_024);
    expect(known.every((text, index) => memo.get(text) === index)).to.equal(true);
  });

  it('comes to remember all that take turns, however many share a mark’s place', () => {
    const memo = new TextMemo<number>(16, 32_768);
    const texts = Array.from({ length: 6_000 }, (_, index) => `5807f2cb-${index}`);
    for (let round = 0; round < 60; round += 1)
      for (const [index, text] of texts.entries()) memo.getOrCompute(text, () => index);
    const kept = texts.filter((text, index) => memo.get(text) === index);
    expect(kept.length).to.be.greaterThan(5_000);
  });

  it('has a power of two of places', () => {
    expect(() => new TextMemo(12)).to.throw(RangeError);
    expect(() => new TextMemo(16, 24)).to.throw(RangeError);
  });
});
