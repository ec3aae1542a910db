import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { isSampled } from '../../../../src/server/audit/is-sampled.ts';

describe('isSampled', () => {
  const ids = Array.from({ length: 20_000 }, () => randomUUID());

  it('takes about as many as it says', () => {
    for (const percent of [1, 10, 50]) {
      const share = ids.filter((id) => isSampled(id, percent)).length / ids.length;
      expect(share, `${percent}%`).to.be.closeTo(percent / 100, 0.015);
    }
  });

  it('takes all of 100%, and a larger sample holds a smaller one', () => {
    expect(ids.every((id) => isSampled(id, 100))).to.equal(true);
    expect(ids.filter((id) => isSampled(id, 10)).every((id) => isSampled(id, 20))).to.equal(true);
  });
});
