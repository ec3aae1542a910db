import { expect } from 'chai';
import fc from 'fast-check';
import { ChangeHistory, tagOf } from '../../../../src/server/cache/change-history.ts';
import { reliable, type Snapshot, seesAllOf } from '../../../../src/server/cache/snapshot.ts';

interface Transaction {
  readonly id: bigint;
  /** What it made of records, by name. */
  readonly writes: Map<string, number>;
  isOver: boolean;
}

/** A moment: what had been committed, in order, and the snapshot of a statement. */
interface Moment {
  readonly committed: readonly Transaction[];
  readonly snapshot: Snapshot;
}

const RECORDS = ['a', 'b'];
const STEP = fc.record({
  what: fc.constantFrom('begin', 'write', 'commit', 'commit'),
  which: fc.nat(5),
  record: fc.constantFrom(...RECORDS),
});

/** All moments of a database whose transactions go on at the same time. */
function momentsOf(steps: readonly { what: string; which: number; record: string }[]): Moment[] {
  const running: Transaction[] = [];
  const committed: Transaction[] = [];
  const moments: Moment[] = [];
  let next = 1n;
  let written = 0;
  let latest = 0n;
  for (const { what, which, record } of [...steps, { what: 'none', which: 0, record: '' }]) {
    const one = running[which % Math.max(1, running.length)];
    if (what === 'begin') running.push({ id: next++, writes: new Map(), isOver: false });
    else if (what === 'write' && one !== undefined) one.writes.set(record, (written += 1));
    else if (what === 'commit' && one !== undefined) {
      running.splice(running.indexOf(one), 1);
      committed.push(one);
      if (one.id > latest) latest = one.id;
    }
    const xmax = latest + 1n;
    const open = running.map(({ id }) => id).filter((id) => id < xmax);
    const xmin = open.reduce((least, id) => (id < least ? id : least), xmax);
    moments.push({ committed: [...committed], snapshot: { xmin, xmax, running: new Set(open) } });
  }
  return moments;
}

/** What a record was at a moment. */
function valueAt({ committed }: Moment, record: string): number {
  return committed.reduce((value, { writes }) => writes.get(record) ?? value, 0);
}

/** A replica does not say what is still running. */
function asSaid({ snapshot }: Moment, isReplica: boolean): Snapshot {
  return isReplica ? { ...snapshot, running: new Set() } : snapshot;
}

describe('a slice of a shared level that is settled', () => {
  it('is as the database was at the newest beat, whenever and wherever it was loaded', () => {
    let settled = 0;
    let later = 0;
    fc.assert(
      fc.property(
        fc.array(STEP, { minLength: 5, maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        (steps, loadedAt, beatAt, isReplica) => {
          const moments = momentsOf(steps);
          const load = moments[loadedAt % moments.length] as Moment;
          const beat = moments[beatAt % moments.length] as Moment;
          const said = asSaid(load, isReplica);
          if (!seesAllOf(beat.snapshot, said, isReplica)) return;
          settled += 1;
          if (loadedAt % moments.length > beatAt % moments.length) later += 1;
          // When the beat came back, everything that it saw had been told of.
          const history = new ChangeHistory(100);
          for (const { id, writes } of beat.committed)
            for (const record of writes.keys()) history.note({ type: 'item', id: record, transaction: id });
          for (const record of RECORDS) {
            const snapshot = reliable(said, isReplica);
            const loading = { snapshot, since: 0, isPrimary: false };
            if (history.mayHide([tagOf('item', record)], ['item'], loading)) continue;
            expect(valueAt(load, record)).to.equal(valueAt(beat, record));
          }
        },
      ),
      { numRuns: 5_000 },
    );
    expect(settled).to.be.above(500);
    expect(later).to.be.above(20);
  });

  it('is not taken for settled when the beat has not seen all that it may have seen', () => {
    const snapshot = (xmin: bigint, xmax: bigint, ...running: bigint[]): Snapshot => ({
      xmin,
      xmax,
      running: new Set(running),
    });
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(5n, 9n, 5n, 7n), false)).to.equal(true);
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(5n, 8n, 5n, 7n), false)).to.equal(true);
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(5n, 9n, 5n), false)).to.equal(false);
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(5n, 10n, 5n, 7n), false)).to.equal(false);
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(5n, 7n, 5n), false)).to.equal(true);
    // A replica may have seen whatever is before its end.
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(4n, 5n), true)).to.equal(true);
    expect(seesAllOf(snapshot(5n, 9n, 5n, 7n), snapshot(4n, 6n), true)).to.equal(false);
  });
});
