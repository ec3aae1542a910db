import { expect } from 'chai';
import { array, assert, integer, property } from 'fast-check';
import type { CheckedLimit, CheckedRate } from '../../../../src/dsl/check/bundle.ts';
import type { LimitUse } from '../../../../src/engine/decide/types.ts';
import { createLimitBuckets } from '../../../../src/server/live/limit-buckets.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const rate = (count: number, per: number, burst = count): CheckedRate =>
  ({ count, per, burst }) as CheckedRate;
const use = (bucket: string | undefined, of: CheckedRate | undefined, name = 'api'): LimitUse => ({
  limit: { name } as CheckedLimit,
  bucket,
  rate: of,
});

describe('limit buckets', () => {
  it('let the burst through within one millisecond, and not one more', () => {
    const limits = createLimitBuckets(manualClock());
    const one = use('a', rate(10, 60_000, 20));
    for (let taken = 0; taken < 20; taken += 1) expect([...limits.take([one])]).to.deep.equal([]);
    expect([...limits.take([one]).keys()]).to.deep.equal(['api']);
  });

  it('refill evenly and say how long that takes', () => {
    const clock = manualClock();
    const limits = createLimitBuckets(clock);
    const one = use('a', rate(10, 60_000, 1));
    limits.take([one]);
    expect(limits.take([one]).get('api')).to.equal(6_000);
    clock.advance(5_999);
    expect(limits.take([one]).size).to.equal(1);
    clock.advance(1);
    expect(limits.take([one]).size).to.equal(0);
    expect(limits.take([one]).size).to.equal(1);
  });

  it('never hold more than the burst', () => {
    const clock = manualClock();
    const limits = createLimitBuckets(clock);
    const one = use('a', rate(10, 1_000, 3));
    limits.take([one]);
    clock.advance(3_600_000);
    const outcomes = Array.from({ length: 5 }, () => limits.take([one]).size);
    expect(outcomes).to.deep.equal([0, 0, 0, 1, 1]);
  });

  it('count every limit of a request, also when another one is exhausted', () => {
    const limits = createLimitBuckets(manualClock());
    const uses = [use('a', rate(1, 1_000), 'small'), use('a', rate(2, 1_000), 'large')];
    expect([...limits.take(uses).keys()]).to.deep.equal([]);
    expect([...limits.take(uses).keys()]).to.deep.equal(['small']);
    expect([...limits.take(uses).keys()]).to.deep.equal(['small', 'large']);
  });

  it('keep keys apart, and limits that have equal keys', () => {
    const limits = createLimitBuckets(manualClock());
    for (const [bucket, name] of [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
    ] as const) {
      expect(limits.take([use(bucket, rate(1, 1_000), name)]).size).to.equal(0);
    }
  });

  it('exhaust where the key is unknown, and do not limit where there is no rate', () => {
    const limits = createLimitBuckets(manualClock());
    expect([...limits.take([use(undefined, rate(1, 1_000))])]).to.deep.equal([['api', undefined]]);
    for (let times = 0; times < 5; times += 1) expect(limits.take([use('a', undefined)]).size).to.equal(0);
  });

  it('take nothing when they are only looked at', () => {
    const limits = createLimitBuckets(manualClock());
    const one = use('a', rate(1, 1_000));
    for (let times = 0; times < 5; times += 1) expect(limits.peek([one]).size).to.equal(0);
    limits.take([one]);
    expect(limits.peek([one]).size).to.equal(1);
  });

  it('do not give a new plan what the old one did not leave', () => {
    const limits = createLimitBuckets(manualClock());
    limits.take([use('a', rate(1, 60_000))]);
    expect(limits.take([use('a', rate(100, 60_000))]).size).to.equal(1);
  });

  it('cut what is left to a smaller burst', () => {
    const limits = createLimitBuckets(manualClock());
    limits.take([use('a', rate(100, 60_000))]);
    const outcomes = Array.from({ length: 3 }, () => limits.take([use('a', rate(2, 60_000))]).size);
    expect(outcomes).to.deep.equal([0, 0, 1]);
  });

  it('forget full buckets for room, and nothing else', () => {
    const clock = manualClock();
    const limits = createLimitBuckets(clock, 2);
    const fast = rate(1, 1_000);
    limits.take([use('a', fast)]);
    limits.take([use('b', rate(1, 3_600_000))]);
    expect([...limits.take([use('c', fast)])], 'no room').to.deep.equal([['api', undefined]]);
    clock.advance(1_000);
    expect(limits.take([use('c', fast)]).size, 'a is full again').to.equal(0);
    expect(limits.take([use('b', rate(1, 3_600_000))]).size, 'b is remembered').to.equal(1);
  });

  it('find room behind buckets that are not full', () => {
    const clock = manualClock();
    const limits = createLimitBuckets(clock, 100);
    for (let slow = 0; slow < 99; slow += 1) limits.take([use(`slow ${slow}`, rate(1, 86_400_000))]);
    limits.take([use('fast', rate(1, 10))]);
    clock.advance(10);
    expect(limits.take([use('new', rate(1, 10))]).size).to.equal(0);
  });

  it('never permit more than burst plus what time refilled', () => {
    assert(
      property(
        integer({ min: 1, max: 20 }),
        integer({ min: 1, max: 5_000 }),
        integer({ min: 1, max: 30 }),
        array(integer({ min: 0, max: 400 }), { maxLength: 200 }),
        (count, per, burst, waits) => {
          const clock = manualClock();
          const limits = createLimitBuckets(clock);
          const one = use('a', rate(count, per, burst));
          let permitted = 0;
          for (const wait of waits) {
            clock.advance(wait);
            if (limits.take([one]).size === 0) permitted += 1;
          }
          const elapsed = waits.reduce((sum, wait) => sum + wait, 0);
          expect(permitted).to.be.at.most(burst + (elapsed * count) / per + 1e-6);
        },
      ),
    );
  });
});
