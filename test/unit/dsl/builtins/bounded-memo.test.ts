import { expect } from 'chai';
import { BoundedMemo } from '../../../../src/dsl/builtins/support/bounded-memo.ts';

describe('bounded memo', () => {
  it('remembers', () => {
    const memo = new BoundedMemo<string, number>(2);
    memo.set('a', 0);
    expect(memo.get('a')).to.equal(0);
    expect(memo.get('b')).to.equal(undefined);
  });

  it('keeps what is asked for, forgets what is not, and never holds more than two generations', () => {
    const memo = new BoundedMemo<number, string>(10);
    memo.set(-1, 'kept');
    memo.set(-2, 'forgotten');
    for (let key = 0; key < 1000; key++) {
      memo.set(key, 'other');
      expect(memo.get(-1)).to.equal('kept');
      expect(memo.size).to.be.at.most(20);
    }
    expect(memo.get(-2)).to.equal(undefined);
  });
});
