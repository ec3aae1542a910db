import { expect } from 'chai';
import { measure } from '../../../bench/support/measure.ts';

describe('measuring', () => {
  it('takes samples that are long enough, also where the last batch of the warm-up was slow', () => {
    const asked: number[] = [];
    let first: number | undefined;
    // Says that batches take 0.01 ms, and those at the end of a warm-up of 20 ms a hundred times as long.
    const time = (batches: number): number => {
      asked.push(batches);
      first ??= performance.now();
      return batches * (asked.length > 1 && performance.now() - first >= 19 ? 1 : 0.01);
    };
    measure([{ name: 'one', time }], { quick: true });
    const samples = asked.filter((batches) => batches > 1);
    expect(samples.length).to.equal(3);
    for (const batches of samples) expect(batches * 0.01).to.be.at.least(1);
  });
});
