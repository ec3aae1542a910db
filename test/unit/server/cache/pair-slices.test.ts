import { expect } from 'chai';
import fc from 'fast-check';
import { type Proven, pairSlices } from '../../../../src/server/cache/pair-slices.ts';
import type { Load } from '../../../../src/server/cache/slice.ts';
import { loadOf, sliceOf } from '../../../support/slices.ts';

/** When loads began and how long they took, when which root was changed, and when the newest beat was sent. */
const HISTORY = fc.record({
  loads: fc.array(fc.tuple(fc.nat(50), fc.nat(20)), { minLength: 1, maxLength: 4 }),
  changes: fc.array(fc.record({ at: fc.nat(90), root: fc.constantFrom('s', 'r') }), { maxLength: 6 }),
  beat: fc.nat(90),
});
/** A beat that was sent then, when all transactions before `xmin` were over. */
const beatAt = (sentAt: number, xmin = 100n): Proven => ({
  sentAt,
  snapshot: { xmin, xmax: xmin, running: new Set() },
});
const MOMENTS = [...Array.from({ length: 91 }).keys()];

describe('a pair of slices', () => {
  it('is of one state, whenever there is one', () => {
    let given = 0;
    fc.assert(
      fc.property(HISTORY, ({ loads, changes, beat }) => {
        const made = loads.map(([at, takes]) => loadOf(1n, at, at + takes));
        // Loads see the state in which they begin; what was committed up to the beat has been told of.
        const isKept = (root: string, { beganAt }: Load): boolean =>
          !changes.some((one) => one.root === root && one.at > beganAt && one.at <= beat);
        const isAsAt = (root: string, { beganAt }: Load, moment: number): boolean => {
          const [from, to] = [Math.min(beganAt, moment), Math.max(beganAt, moment)];
          return !changes.some((one) => one.root === root && one.at > from && one.at <= to);
        };
        for (const one of made)
          for (const two of made) {
            const subject = isKept('s', one) ? sliceOf('s', [], one) : undefined;
            const resource = isKept('r', two) ? sliceOf('r', [], two) : undefined;
            const pair = pairSlices({ subject: 's', resource: 'r' }, { subject, resource }, beatAt(beat));
            if (pair === undefined) continue;
            given += 1;
            const isOneState = MOMENTS.some((at) => isAsAt('s', one, at) && isAsAt('r', two, at));
            expect(isOneState).to.equal(true);
          }
      }),
    );
    expect(given).to.be.greaterThan(50);
  });

  it('is found by what was loaded along with a slice, until that is settled', () => {
    const load = loadOf(1n, 10, 20);
    const subject = sliceOf('s', [], loadOf(1n, 1, 2));
    const resource = sliceOf('r', [], load);
    const companion = sliceOf('s', [], load);
    const wanted = { subject: 's', resource: 'r' };
    expect(pairSlices(wanted, { subject, resource }, beatAt(15))).to.equal(undefined);
    resource.companion = companion;
    expect(pairSlices(wanted, { subject, resource }, beatAt(15))).to.deep.equal({
      subject: companion,
      resource,
    });
    expect(pairSlices({ ...wanted, subject: 't' }, { subject: undefined, resource }, beatAt(15))).to.equal(
      undefined,
    );
    expect(pairSlices(wanted, { subject, resource }, beatAt(21))).to.deep.equal({ subject, resource });
    companion.isDropped = true;
    expect(pairSlices(wanted, { subject: undefined, resource }, beatAt(15))).to.equal(undefined);
  });

  it('is of what a replica showed only when the primary has come to show all of that', () => {
    const wanted = { subject: 's', resource: 'r' };
    const subject = sliceOf('s', [], loadOf(5n, 1, 2));
    const resource = sliceOf('r', [], { ...loadOf(5n, 1, 2), shownBefore: 9n });
    expect(pairSlices(wanted, { subject, resource }, beatAt(10, 8n))).to.equal(undefined);
    expect(pairSlices(wanted, { subject, resource }, beatAt(10, 9n))).to.deep.equal({ subject, resource });
    const ofTheSame = sliceOf('s', [], resource.load);
    expect(pairSlices(wanted, { subject: ofTheSame, resource }, beatAt(0, 1n))).to.deep.equal({
      subject: ofTheSame,
      resource,
    });
  });

  it('is the one slice, where nothing is stored of the other root', () => {
    const resource = sliceOf('r', []);
    const wanted = { subject: undefined, resource: 'r' };
    expect(pairSlices(wanted, { subject: undefined, resource }, beatAt(0))).to.deep.equal({
      subject: undefined,
      resource,
    });
    expect(pairSlices(wanted, { subject: undefined, resource: undefined }, beatAt(0))).to.equal(undefined);
  });
});
