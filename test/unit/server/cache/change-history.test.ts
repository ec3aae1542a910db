import { expect } from 'chai';
import fc from 'fast-check';
import { ChangeHistory, tagOf } from '../../../../src/server/cache/change-history.ts';
import { sees } from '../../../../src/server/cache/snapshot.ts';
import { SNAPSHOTS } from '../../../support/snapshots.ts';

const CHANGES = fc.array(
  fc.record({
    type: fc.constantFrom('user', 'item', undefined),
    id: fc.constantFrom('a', 'b', undefined),
    transaction: fc.integer({ min: 3, max: 25 }).map(BigInt),
  }),
  { maxLength: 40 },
);
const TAGS = fc.subarray(['user:a', 'user:b', 'item:a', 'item:b']);

const typesOf = (tags: readonly string[]): ReadonlySet<string> =>
  new Set(tags.map((tag) => tag.slice(0, tag.indexOf(':'))));
const concerns = (tags: readonly string[], type: string | undefined, id: string | undefined): boolean =>
  type === undefined || (id === undefined ? typesOf(tags).has(type) : tags.includes(tagOf(type, id)));

describe('the history of changes', () => {
  it('never lets facts be kept that lack a change, however little it remembers', () => {
    fc.assert(
      fc.property(CHANGES, TAGS, SNAPSHOTS, fc.nat(5), (changes, tags, { snapshot }, most) => {
        const history = new ChangeHistory(most);
        for (const change of changes) history.note(change);
        const lacks = changes.some(
          ({ type, id, transaction }) => concerns(tags, type, id) && !sees(snapshot, transaction),
        );
        // Of a replica, or from before the changes were told of.
        const mayHide = history.mayHide(tags, typesOf(tags), { snapshot, since: 0, isPrimary: false });
        if (lacks) expect(mayHide).to.equal(true);
      }),
    );
  });

  it('lets facts be kept that lack nothing, as long as it remembers all', () => {
    fc.assert(
      fc.property(CHANGES, TAGS, SNAPSHOTS, (changes, tags, { snapshot }) => {
        const history = new ChangeHistory(100);
        for (const change of changes) history.note(change);
        const lacks = changes.some(
          ({ type, id, transaction }) => concerns(tags, type, id) && !sees(snapshot, transaction),
        );
        const mayHide = history.mayHide(tags, typesOf(tags), { snapshot, since: 0, isPrimary: false });
        expect(mayHide).to.equal(lacks);
      }),
    );
  });

  it('knows that the primary had seen what it told of before it was asked', () => {
    const history = new ChangeHistory(2);
    for (let n = 0n; n < 10n; n += 1n) history.note({ type: 'user', id: 'a', transaction: 50n + n });
    // A transaction that goes on and on.
    const snapshot = { xmin: 5n, xmax: 100n, running: new Set([5n]) };
    const mayHide = (since: number, isPrimary: boolean): boolean =>
      history.mayHide(['user:a'], ['user'], { snapshot, since, isPrimary });
    expect(mayHide(history.position, true)).to.equal(false);
    expect(mayHide(history.position, false)).to.equal(true);
    expect(mayHide(3, true)).to.equal(true);
  });

  it('of what was missed asks only replicas, which may not show it yet', () => {
    const history = new ChangeHistory(100);
    history.missed(40n);
    const mayHide = (xmin: bigint, isPrimary: boolean): boolean =>
      history.mayHide(['user:a'], ['user'], {
        since: history.position,
        isPrimary,
        snapshot: { xmin, xmax: 90n, running: new Set() },
      });
    expect(mayHide(39n, false)).to.equal(true);
    expect(mayHide(40n, false)).to.equal(false);
    expect(mayHide(39n, true)).to.equal(false);
  });

  it('knows what was told of before it was known what had been missed', () => {
    const history = new ChangeHistory(100);
    // It began after the beat that says what was missed, and was told of before that had answered.
    history.note({ type: 'user', id: 'a', transaction: 50n });
    history.missed(45n);
    // It was running while a load began that was already under way.
    const snapshot = { xmin: 50n, xmax: 51n, running: new Set([50n]) };
    for (const isPrimary of [true, false])
      expect(history.mayHide(['user:a'], ['user'], { snapshot, since: 0, isPrimary })).to.equal(true);
  });
});
