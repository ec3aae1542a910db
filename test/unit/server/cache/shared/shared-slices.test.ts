import { expect } from 'chai';
import { pino } from 'pino';
import type { CheckedBundle } from '../../../../../src/dsl/check/bundle.ts';
import { decodeEntry } from '../../../../../src/server/cache/shared/entry-codec.ts';
import { GuardedLevel } from '../../../../../src/server/cache/shared/guarded-level.ts';
import { sharedKeyOf } from '../../../../../src/server/cache/shared/shared-key.ts';
import type { SharedEntry, SharedLevel } from '../../../../../src/server/cache/shared/shared-level.ts';
import { SharedSlices } from '../../../../../src/server/cache/shared/shared-slices.ts';
import type { Database } from '../../../../../src/server/store/database.ts';
import { SYSTEM_CLOCK } from '../../../../../src/server/system-clock.ts';
import { eventually } from '../../../../support/eventually.ts';
import { expectedOf, SCOPE, SECRET } from '../../../../support/shared-entries.ts';
import { loadOf, sliceOf } from '../../../../support/slices.ts';

const BUNDLE = { entities: new Map(), enums: new Map() } as unknown as CheckedBundle;
const SAID = { snapshot: '10:10:', isReplica: false };

describe('shared slices', () => {
  /** Those of the scope of the entries that tests share, and what is written of them, one list each time. */
  const open = async (): Promise<{ shared: SharedSlices; written: (readonly SharedEntry[])[] }> => {
    const written: (readonly SharedEntry[])[] = [];
    const level: SharedLevel = {
      name: 'l2',
      get: async (keys) => keys.map(() => undefined),
      put: (entries) => void written.push(entries),
      drop() {},
      status: () => ({ isReachable: true, waiting: 0, written: 0, unwritten: 0, deleted: 0 }),
      close: async () => {},
    };
    const shared = new SharedSlices({
      levels: [new GuardedLevel(level)],
      database: {
        query: async () => ({ rows: [{ secret: new Uint8Array(SECRET.export()) }] }),
      } as unknown as Database,
      clock: SYSTEM_CLOCK,
      digestOf: () => 'sha256:1',
      log: pino({ level: 'silent' }),
    });
    shared.open(BUNDLE, 'these tables', 'one');
    await eventually('they are open', () => shared.isOpen);
    return { shared, written };
  };
  const load = () => loadOf(10n, SYSTEM_CLOCK.monotonic(), SYSTEM_CLOCK.monotonic());

  it('are written together a moment later, of one key only the one that was loaded last', async () => {
    const { shared, written } = await open();
    const [first, last] = [load(), load()];
    shared.put([sliceOf('ann', ['user:ann'], first), sliceOf('root', ['item:root'], first)], SAID, 60_000);
    shared.put([sliceOf('ann', ['user:ann'], last), sliceOf('leaf', ['item:leaf'], last)], SAID, 60_000);
    expect(written).to.deep.equal([]);
    await eventually('they are written', () => written.length > 0);
    const entries = written.flat();
    expect(written.length).to.equal(1);
    expect(entries.map(({ key }) => key).toSorted()).to.deep.equal(
      ['ann', 'root', 'leaf'].map((key) => sharedKeyOf(SCOPE, key)).toSorted(),
    );
    const key = sharedKeyOf(SCOPE, 'ann');
    const bytes = entries.find((one) => one.key === key)?.bytes as Buffer;
    const read = decodeEntry(bytes, expectedOf({ sliceKey: 'ann', key, now: SYSTEM_CLOCK.now() }));
    expect(read?.loadId).to.equal(last.id);
    await shared.stop();
  });

  it('are not written where a change was told of meanwhile, or where nothing is shared any more', async () => {
    const { shared, written } = await open();
    const [changed, kept] = [sliceOf('ann', ['user:ann'], load()), sliceOf('bob', ['user:bob'], load())];
    shared.put([changed, kept], SAID, 60_000);
    changed.isDropped = true;
    await eventually('the other is written', () => written.length > 0);
    expect(written.flat().map(({ key }) => key)).to.deep.equal([sharedKeyOf(SCOPE, 'bob')]);

    shared.put([sliceOf('cid', ['user:cid'], load())], SAID, 60_000);
    shared.close();
    shared.open(BUNDLE, 'these tables', 'one');
    await eventually('they are open again', () => shared.isOpen);
    shared.put([sliceOf('dan', ['user:dan'], load())], SAID, 60_000);
    await eventually('what came since is written', () => written.length > 1);
    expect(written.flat().map(({ key }) => key)).to.not.include(sharedKeyOf(SCOPE, 'cid'));
    await shared.stop();
  });
});
