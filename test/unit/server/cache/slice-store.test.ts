import { expect } from 'chai';
import fc from 'fast-check';
import type { Slice } from '../../../../src/server/cache/slice.ts';
import { SliceStore } from '../../../../src/server/cache/slice-store.ts';
import { sliceOf } from '../../../support/slices.ts';

const TAGS = ['user:a', 'user:b', 'item:a', 'item:b', 'item:c'];
const KEYS = fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6');
const put = fc.record({
  do: fc.constant('put' as const),
  key: KEYS,
  tags: fc.subarray(TAGS),
  companion: fc.boolean(),
});
const get = fc.record({ do: fc.constant('get' as const), key: KEYS });
const find = fc.record({ do: fc.constant('find' as const), key: KEYS });
const change = fc.record({
  do: fc.constant('change' as const),
  type: fc.constantFrom('user', 'item', undefined),
  id: fc.constantFrom('a', 'b', undefined),
  at: fc.constantFrom(5n, 20n),
});
const clear = fc.constant({ do: 'clear' as const });
const detach = fc.record({ do: fc.constant('detach' as const), settled: KEYS });
const STEPS = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: put },
    { weight: 4, arbitrary: get },
    { weight: 4, arbitrary: find },
    { weight: 3, arbitrary: change },
    { weight: 1, arbitrary: clear },
    { weight: 2, arbitrary: detach },
  ),
  { maxLength: 60 },
);

function concerns(slice: Slice, type: string | undefined, id: string | undefined): boolean {
  if (type === undefined) return true;
  return slice.tags.some((tag) => (id === undefined ? tag.startsWith(`${type}:`) : tag === `${type}:${id}`));
}

describe('the store of slices', () => {
  it('remembers why a slice went, and which transaction changed it', () => {
    const store = new SliceStore({ entries: 1, bytes: 100_000 });
    store.put(sliceOf('k1', ['user:a']));
    store.change({ type: 'user', id: 'a', transaction: 20n });
    expect(store.whyGone('k1')).to.deep.equal({ why: 'changed', transaction: 20n });
    store.put(sliceOf('k1', ['user:a']));
    expect(store.whyGone('k1')).to.equal(undefined);
    store.put(sliceOf('k2', ['user:b']));
    expect(store.whyGone('k1')).to.deep.equal({ why: 'evicted' });
  });

  it('keeps its bounds, and nothing that a change concerns, whatever is done', () => {
    fc.assert(
      fc.property(STEPS, fc.integer({ min: 1, max: 5 }), (steps, entries) => {
        const bounds = { entries, bytes: 8_000 };
        const store = new SliceStore(bounds);
        const alive = new Set<Slice>();
        for (const step of steps) {
          switch (step.do) {
            case 'put': {
              const made = sliceOf(step.key, step.tags);
              store.put(made);
              alive.add(made);
              const companion = sliceOf(`${step.key} of the other root`, step.tags);
              if (!step.companion) break;
              store.attach(made, companion);
              if (made.companion === companion) alive.add(companion);
              break;
            }
            case 'get':
              expect(store.get(step.key)?.isDropped ?? false).to.equal(false);
              break;
            case 'find': {
              const found = store.find(step.key.slice(0, 1), step.key.slice(1));
              expect(found?.isDropped ?? false).to.equal(false);
              expect(found).to.equal(store.get(step.key));
              break;
            }
            case 'change': {
              const { type, id, at } = step;
              store.change({ type, id, transaction: at });
              for (const one of alive)
                if (concerns(one, type, id) && at === 20n) expect(one.isDropped).to.equal(true);
              break;
            }
            case 'detach':
              store.detachAll(({ key }) => key <= step.settled);
              break;
            case 'clear':
              store.clear();
              for (const one of alive) expect(one.isDropped).to.equal(true);
          }
          for (const one of alive) if (one.isDropped) alive.delete(one);
          expect(store.status.entries).to.be.at.most(bounds.entries);
          expect(store.status.bytes).to.be.at.most(bounds.bytes);
          expect([...alive].reduce((sum, { bytes }) => sum + bytes, 0)).to.equal(store.status.bytes);
        }
      }),
    );
  });

  it('keeps companions until what they were loaded with is settled', () => {
    const store = new SliceStore({ entries: 10, bytes: 100_000 });
    const [one, two] = [sliceOf('one', ['item:a']), sliceOf('two', ['item:b'])] as const;
    const companions = [sliceOf('of one', ['user:a']), sliceOf('of two', ['user:a'])] as const;
    for (const [index, slice] of [one, two].entries()) {
      store.put(slice);
      store.attach(slice, companions[index] as Slice);
    }
    const bytes = (...slices: readonly Slice[]): number =>
      slices.reduce((sum, slice) => sum + slice.bytes, 0);
    expect(store.status.bytes).to.equal(bytes(one, two, ...companions));
    store.detachAll((slice) => slice === one);
    expect(store.status.bytes).to.equal(bytes(one, two, companions[1]));
    expect(one.companion).to.equal(undefined);
    expect(two.companion).to.equal(companions[1]);
    store.detachAll(() => true);
    expect(store.status.bytes).to.equal(bytes(one, two));
    expect(store.get('one')).to.equal(one);
  });

  it('makes room by what nobody used since it was last looked at', () => {
    const store = new SliceStore({ entries: 3, bytes: 1_000_000 });
    for (const key of ['a', 'b', 'c']) store.put(sliceOf(key, []));
    store.get('a');
    store.put(sliceOf('d', []));
    const kept = ['a', 'b', 'c', 'd'].filter((key) => store.get(key) !== undefined);
    expect(kept).to.deep.equal(['a', 'c', 'd']);
    expect(store.status).to.include({ entries: 3, evicted: 1, invalidated: 0 });
  });

  it('holds a thousand of twenty thousand, half of which were used', () => {
    const store = new SliceStore({ entries: 1_000, bytes: 1_000_000_000 });
    for (let n = 0; n < 20_000; n += 1) {
      store.put(sliceOf(`k${n}`, [`user:${n}`]));
      if (n % 2 === 0) store.get(`k${n}`);
    }
    expect(store.status).to.include({ entries: 1_000, evicted: 19_000 });
  });

  it('leaves what saw the change', () => {
    const store = new SliceStore({ entries: 10, bytes: 1_000_000 });
    store.put(sliceOf('old', ['user:a'], 10n));
    store.put(sliceOf('new', ['user:a'], 30n));
    store.change({ type: 'user', id: 'a', transaction: 20n });
    expect(store.get('old')).to.equal(undefined);
    expect(store.get('new')).to.not.equal(undefined);
    expect(store.status.invalidated).to.equal(1);
  });
});
