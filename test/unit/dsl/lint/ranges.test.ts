import { expect } from 'chai';
import {
  areDisjoint,
  holds,
  type Interval,
  isWithin,
  type Range,
} from '../../../../src/dsl/lint/logic/range.ts';

const BOUNDS = [-Infinity, 0, 1, 2, 3, Infinity];
/** Halves stand for what lies between whole numbers. */
const VALUES = Array.from({ length: 13 }, (_, index) => index / 2 - 1.5);
const WHOLE = VALUES.filter(Number.isInteger);

function ranges(): Range[] {
  const found: Range[] = [];
  for (const low of BOUNDS.slice(0, -1)) {
    for (const high of BOUNDS.slice(1)) {
      for (const lowOpen of [true, false]) {
        for (const highOpen of [true, false]) {
          if ((low === -Infinity && !lowOpen) || (high === Infinity && !highOpen)) continue;
          found.push({ kind: 'interval', low, lowOpen, high, highOpen } satisfies Interval);
        }
      }
    }
  }
  for (const keys of [[], [1], [0, 3], [1, 2], [0, 1, 2, 3]]) {
    found.push({ kind: 'among', keys: new Set(keys) }, { kind: 'except', keys: new Set(keys) });
  }
  return found;
}

describe('ranges of values', () => {
  const all = ranges();

  it('are found disjoint only if no value lies in both, and always for two bounds', () => {
    let disjoint = 0;
    for (const a of all) {
      for (const b of all) {
        for (const isWhole of [true, false]) {
          const common = (isWhole ? WHOLE : VALUES).some((value) => holds(value, a) && holds(value, b));
          const found = areDisjoint([a, b], isWhole);
          if (found) expect(common, JSON.stringify([a, b, isWhole])).to.equal(false);
          if (!common && a.kind === 'interval' && b.kind === 'interval')
            expect(found, JSON.stringify([a, b, isWhole])).to.equal(true);
          if (found) disjoint += 1;
        }
      }
    }
    expect(disjoint).to.be.above(100);
  });

  it('lie in one another only if every value of the one lies in the other', () => {
    let within = 0;
    for (const inner of all) {
      for (const outer of all) {
        if (!isWithin(inner, outer)) continue;
        within += 1;
        for (const value of [...VALUES, -1e9, 1e9])
          if (holds(value, inner)) expect(holds(value, outer), JSON.stringify([inner, outer])).to.equal(true);
      }
    }
    expect(within).to.be.above(100);
  });

  it('know that a few whole numbers can all be taken out', () => {
    const between: Range = { kind: 'interval', low: 0, lowOpen: false, high: 2, highOpen: false };
    const out: Range = { kind: 'except', keys: new Set([0, 1, 2]) };
    expect(areDisjoint([between, out], true)).to.equal(true);
    expect(areDisjoint([between, out], false)).to.equal(false);
  });
});
