import { expect } from 'chai';
import { BoundedBatches } from '../../../../../src/server/cache/shared/bounded-batches.ts';
import { eventually } from '../../../../support/eventually.ts';

describe('bounded batches', () => {
  it('write some at a time, one batch after the other, and give up what finds no room or fails', async () => {
    const batches: (readonly number[])[] = [];
    const ended = { written: 0, given: 0 };
    let atOnce = 0;
    const all = new BoundedBatches<number>({
      most: 7,
      atOnce: 3,
      async write(items) {
        expect((atOnce += 1)).to.equal(1);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        batches.push(items);
        if (items.includes(4)) throw new Error('broken');
      },
      onEnd(count, isWritten) {
        if (isWritten) ended.written += count;
        else ended.given += count;
      },
    });
    all.add([1, 2]);
    all.add([3, 4, 5, 6, 7, 8, 9]);
    expect(all.waiting).to.equal(7);
    expect(ended).to.deep.equal({ written: 0, given: 2 });
    await eventually('all is done', () => ended.written + ended.given === 9);
    expect(batches).to.deep.equal([[1, 2, 3], [4, 5, 6], [7]]);
    expect(ended).to.deep.equal({ written: 4, given: 5 });
    all.add([10]);
    all.clear();
    expect(all.waiting).to.equal(0);
    all.add([11]);
    await eventually('what came later is written', () => batches.length === 4);
    expect(batches.at(-1)).to.deep.equal([11]);
  });
});
