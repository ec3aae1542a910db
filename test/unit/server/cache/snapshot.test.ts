import { expect } from 'chai';
import fc from 'fast-check';
import { asOfReplica, parseSnapshot, sees } from '../../../../src/server/cache/snapshot.ts';
import { SNAPSHOTS } from '../../../support/snapshots.ts';

describe('snapshots', () => {
  it('see exactly the transactions that had ended', () => {
    fc.assert(
      fc.property(SNAPSHOTS, ({ snapshot, ended }) => {
        for (let one = 3n; one < 30n; one += 1n) expect(sees(snapshot, one)).to.equal(ended.has(one));
      }),
    );
  });

  it('of a replica, which does not say what was running, see no more than there was', () => {
    fc.assert(
      fc.property(SNAPSHOTS, ({ snapshot, ended }) => {
        const seen = asOfReplica({ ...snapshot, running: new Set() });
        for (let one = 3n; one < 30n; one += 1n) if (sees(seen, one)) expect(ended.has(one)).to.equal(true);
      }),
    );
  });

  it('are read as PostgreSQL writes them', () => {
    fc.assert(
      fc.property(SNAPSHOTS, ({ snapshot }) => {
        const text = `${snapshot.xmin}:${snapshot.xmax}:${[...snapshot.running].join(',')}`;
        expect(parseSnapshot(text)).to.deep.equal(snapshot);
      }),
    );
    for (const other of [undefined, null, 5, '', '1:2', '1:2:3,', 'a:b:', '1:2:3;4', '1:2:3:4'])
      expect(parseSnapshot(other), String(other)).to.equal(undefined);
  });
});
