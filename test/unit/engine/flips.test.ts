import { expect } from 'chai';
import type { ComparisonOperator } from '../../../src/dsl/check/checked.ts';
import { DURATION } from '../../../src/dsl/types/types.ts';
import { flipOf } from '../../../src/engine/compile/affine.ts';
import { comparer } from '../../../src/engine/compile/compile-comparison.ts';
import { type Asking, decide, NOW } from './support/ask.ts';
import { conditionEngine } from './support/conditions.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('flips', () => {
  it('name the first instant at which an affine comparison turns out otherwise, and no earlier one', () => {
    const schema = { enums: new Map(), entities: new Map() };
    const operators: readonly ComparisonOperator[] = ['==', '!=', '<', '<=', '>', '>='];
    for (const operator of operators) {
      const compare = comparer(operator, DURATION, schema);
      for (const slope of [-3, -2, -1, 1, 2, 3]) {
        for (let difference = -7; difference <= 7; difference += 1) {
          const flip = flipOf(operator, difference, slope, 100);
          const before = compare(difference, 0);
          let first = Number.POSITIVE_INFINITY;
          for (let step = 20; step >= 1; step -= 1)
            if (compare(difference + slope * step, 0) !== before) first = 100 + step;
          // An equality between two steps is passed over; naming it is early, never late.
          expect(flip, `${difference} + ${slope}t ${operator} 0`).to.be.at.most(first);
          const isExact = operator !== '==' && operator !== '!=';
          if (isExact || Number.isInteger(difference / slope))
            expect(flip, `${difference} + ${slope}t ${operator} 0`).to.equal(first);
        }
      }
    }
  });

  const DOC = { owner: 'ann', kind: 'video', size: 5, open: true };
  const rows: readonly (readonly [condition: string, flipsAt: number, asking?: Asking])[] = [
    ['resource.open', Number.POSITIVE_INFINITY],
    ['now > time("2026-01-05T11:00:00Z")', Number.POSITIVE_INFINITY],
    ['now < time("2026-01-05T13:00:00Z")', NOW + HOUR],
    ['now <= time("2026-01-05T13:00:00Z")', NOW + HOUR + 1],
    ['now >= time("2026-01-05T13:00:00Z")', NOW + HOUR],
    ['now - context.at <= 15m', NOW + 5 * MINUTE + 1, { context: { at: '2026-01-05T11:50:00Z' } }],
    ['now - context.at <= 15m', Number.POSITIVE_INFINITY, { context: { at: '2026-01-05T11:40:00Z' } }],
    ['context.at > now - 15m', NOW + 5 * MINUTE, { context: { at: '2026-01-05T11:50:00Z' } }],
    [
      'now - context.at < now - context.at',
      Number.POSITIVE_INFINITY,
      { context: { at: '2026-01-05T11:50:00Z' } },
    ],
    ['now - context.at <= 15m', Number.POSITIVE_INFINITY],
    // What was not compared, since the left side had decided, does not count.
    ['subject.age > 99 and now < time("2026-01-05T13:00:00Z")', Number.POSITIVE_INFINITY],
    ['now < time("2026-01-05T14:00:00Z") and now < time("2026-01-05T13:00:00Z")', NOW + HOUR],
    ['time.hour(now, "UTC") == 12', NOW + HOUR],
    ['time.hour(now - 30m, "UTC") == 11', NOW + HOUR / 2],
    [
      'time.hour(context.at, "UTC") == 11',
      Number.POSITIVE_INFINITY,
      { context: { at: '2026-01-05T11:50:00Z' } },
    ],
    ['now in [time("2026-01-05T13:00:00Z")]', NOW + 1],
  ];
  for (const [condition, flipsAt, asking] of rows) {
    it(`of \`${condition}\` ${Number.isFinite(flipsAt) ? `come after ${(flipsAt - NOW) / MINUTE} minutes` : 'never come'}`, () => {
      const facts = { 'user:ann': { status: 'image', age: 30, level: 'mid' }, 'doc:d': DOC };
      expect(decide(conditionEngine(condition), { ...asking, facts }).flipsAt).to.equal(flipsAt);
    });
  }

  it('are those of a denial as well', () => {
    const facts = { 'user:ann': { status: 'image', age: 30, level: 'mid' }, 'doc:d': DOC };
    const verdict = decide(conditionEngine('now > time("2026-01-06T12:00:00Z")'), { facts });
    expect([verdict.permitted, verdict.flipsAt]).to.deep.equal([false, NOW + DAY + 1]);
  });
});
