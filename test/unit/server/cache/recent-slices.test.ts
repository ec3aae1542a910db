import { expect } from 'chai';
import { RecentSlices } from '../../../../src/server/cache/recent-slices.ts';
import { sliceOf } from '../../../support/slices.ts';

describe('slices that were found of late', () => {
  it('are found by what their keys are made of, and by nothing else', () => {
    const recent = new RecentSlices();
    const slice = sliceOf('user|1', ['user:1']);
    recent.note('user|', '1', slice);
    expect(recent.find('user|', '1')).to.equal(slice);
    expect(recent.find('user', '|1')).to.equal(undefined);
    expect(recent.find('item|', '1')).to.equal(undefined);
    expect(recent.find('user|', '2')).to.equal(undefined);
  });

  it('give way to others of the same place', () => {
    const recent = new RecentSlices();
    // The last characters alone choose the place.
    const [one, other] = [sliceOf('user|a000000', ['user:a']), sliceOf('user|b000000', ['user:b'])];
    recent.note('user|', 'a000000', one);
    recent.note('user|', 'b000000', other);
    expect(recent.find('user|', 'a000000')).to.equal(undefined);
    // What lost its place does not take that of another with it.
    recent.forget(one);
    expect(recent.find('user|', 'b000000')).to.equal(other);
  });

  it('are not found once they were forgotten, or dropped', () => {
    const recent = new RecentSlices();
    const [forgotten, dropped, cleared] = ['a', 'b', 'c'].map((id) => {
      const slice = sliceOf(`user|${id}`, [`user:${id}`]);
      recent.note('user|', id, slice);
      return slice;
    });
    if (forgotten === undefined || dropped === undefined) throw new Error('no slices');
    recent.forget(forgotten);
    expect(recent.find('user|', 'a')).to.equal(undefined);
    dropped.isDropped = true;
    expect(recent.find('user|', 'b')).to.equal(undefined);
    expect(recent.find('user|', 'c')).to.equal(cleared);
    recent.clear();
    expect(recent.find('user|', 'c')).to.equal(undefined);
  });
});
