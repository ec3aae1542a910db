import { mock } from 'node:test';
import { expect } from 'chai';
import { GuardedLevel, LEVEL_TIMEOUTS } from '../../../../../src/server/cache/shared/guarded-level.ts';
import type { SharedLevel } from '../../../../../src/server/cache/shared/shared-level.ts';
import { eventually } from '../../../../support/eventually.ts';

/** A level that answers as it is told to. */
function levelOf(get: SharedLevel['get']): SharedLevel & { asked: number; isReachable: boolean } {
  const level = {
    name: 'l2' as const,
    asked: 0,
    isReachable: true,
    get(keys: readonly string[]) {
      level.asked += 1;
      return get(keys);
    },
    put() {},
    drop() {},
    status: () => ({ isReachable: level.isReachable, waiting: 0, written: 0, unwritten: 0, deleted: 0 }),
    close: async () => {},
  };
  return level;
}

describe('a guarded level', () => {
  let guarded: GuardedLevel | undefined;
  afterEach(() => guarded?.close());

  it('gives what the level has', async () => {
    guarded = new GuardedLevel(levelOf(async (keys) => keys.map((key) => Buffer.from(key))));
    expect(await guarded.get(['a', 'b'])).to.deep.equal([Buffer.from('a'), Buffer.from('b')]);
  });

  it('is not waited for where it hangs, and is left out after some failures', async () => {
    // Time passes only where it is said: a machine that stands still for a while would try it again.
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const level = levelOf(() => new Promise(() => {}));
      guarded = new GuardedLevel(level);
      for (let n = 0; n < 3; n += 1) {
        const asked = guarded.get(['a']);
        mock.timers.tick(LEVEL_TIMEOUTS.l2);
        expect(await asked).to.equal(undefined);
      }
      expect(guarded.counts).to.deep.include({ failures: 3, skipped: 0 });
      expect(guarded.status().breaker).to.equal('open');
      expect(await guarded.get(['a'])).to.equal(undefined);
      expect(guarded.counts).to.deep.include({ failures: 3, skipped: 1 });
      expect(level.asked).to.equal(3);
    } finally {
      mock.timers.reset();
    }
  });

  it('is not left out because one answer is late for which many wait', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      let isSlow = true;
      const level = levelOf(async (keys) => {
        if (isSlow) await new Promise(() => {});
        return keys.map(() => undefined);
      });
      const one = new GuardedLevel(level);
      guarded = one;
      const askedAtOnce = [1, 2, 3, 4].map(() => one.get(['a']));
      mock.timers.tick(LEVEL_TIMEOUTS.l2);
      expect(await Promise.all(askedAtOnce)).to.deep.equal([undefined, undefined, undefined, undefined]);
      expect(one.counts).to.deep.include({ failures: 4, skipped: 0 });
      expect(one.status().breaker).to.equal('closed');
      isSlow = false;
      expect(await one.get(['a'])).to.deep.equal([undefined]);
    } finally {
      mock.timers.reset();
    }
  });

  it('is asked again after a while', async () => {
    let isBroken = true;
    const level = levelOf(async (keys) => {
      if (isBroken) throw new Error('broken');
      return keys.map(() => undefined);
    });
    guarded = new GuardedLevel(level);
    while (guarded.status().breaker !== 'open') await guarded.get(['a']);
    isBroken = false;
    await eventually('it answers', async () => (await guarded?.get(['a'])) !== undefined);
    expect(guarded.status().breaker).to.equal('closed');
  });

  it('counts what it gives up while it is left out', async () => {
    const level = levelOf(async () => {
      throw new Error('broken');
    });
    guarded = new GuardedLevel(level);
    const entry = { key: 'a', bytes: Buffer.from('a'), expiresIn: 1_000, tags: [], snapshot: '1:1:' };
    guarded.put([entry]);
    expect(guarded.status().unwritten).to.equal(0);
    while (guarded.status().breaker !== 'open') await guarded.get(['a']);
    guarded.put([entry, entry]);
    expect(guarded.status().unwritten).to.equal(2);
  });

  it('is not asked while it cannot be reached, and not believed when it answers something else', async () => {
    const level = levelOf(async () => []);
    guarded = new GuardedLevel(level);
    level.isReachable = false;
    expect(await guarded.get(['a'])).to.equal(undefined);
    expect(level.asked).to.equal(0);
    level.isReachable = true;
    expect(await guarded.get(['a'])).to.equal(undefined);
    expect(level.asked).to.equal(1);
  });
});
