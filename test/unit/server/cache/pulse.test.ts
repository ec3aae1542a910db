import { mock } from 'node:test';
import { expect } from 'chai';
import { Pulse, SHORTEST_INTERVAL } from '../../../../src/server/cache/pulse.ts';
import type { Database, Result } from '../../../../src/server/store/database.ts';

/** Between two beats that are sent anyway. */
const INTERVAL = 150;

describe('a pulse', () => {
  let now = 0;
  /** Beats that were sent, in order, and when. */
  let sent: { readonly number: string; readonly at: number }[] = [];
  let notify = (_number: string): void => {};
  let pulse: Pulse;
  /** What may not be asked. */
  let refused: readonly string[] = [];
  let unasked: string[] = [];

  const database = {
    listen(channel: string, onMessage: (payload: string) => void, onGap: () => void) {
      if (channel.startsWith('velro_beat_')) notify = onMessage;
      onGap();
      return Promise.resolve(() => Promise.resolve());
    },
    query(_purpose: string, { text, values }: { readonly text: string; readonly values: readonly string[] }) {
      sent.push({ number: values[1] as string, at: now });
      if (refused.some((table) => text.includes(table)))
        return Promise.reject(Object.assign(new Error('refused'), { code: '42501' }));
      const rows = [{ catalogue: 'same', snapshot: '5:5:' }];
      return Promise.resolve({ rows } as unknown as Result);
    },
  } as unknown as Database;

  /** Lets time pass, a millisecond after the other, and whatever waits for a promise meanwhile. */
  const pass = async (milliseconds: number): Promise<void> => {
    for (let one = 0; one < milliseconds; one += 1) {
      now += 1;
      mock.timers.tick(1);
      await settle();
    }
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const comesBack = async (): Promise<void> => {
    notify(sent.at(-1)?.number as string);
    await settle();
  };

  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    now = 1_000;
    sent = [];
    refused = [];
    unasked = [];
    pulse = new Pulse({
      database,
      clock: { now: () => now, monotonic: () => now },
      tables: () => [],
      asks: { identity: true, activation: true },
      onUnasked: (question) => void unasked.push(question),
      onChange() {},
      onGap() {},
      onBeat: () => true,
    });
    await pulse.start();
    await settle();
    await comesBack();
  });
  afterEach(async () => {
    await pulse.stop();
    mock.timers.reset();
  });

  it('beats at its interval while nobody asks for more', async () => {
    expect(sent).to.have.length(1);
    await pass(INTERVAL - 1);
    expect(sent).to.have.length(1);
    await pass(1);
    expect(sent).to.have.length(2);
    expect(pulse.hastened).to.equal(0);
  });

  it('beats soon when it is hastened, and proves what was loaded before', async () => {
    await pass(50);
    const loadedAt = now;
    pulse.hasten();
    expect(sent).to.have.length(1);
    await pass(1);
    expect(sent).to.have.length(2);
    expect(pulse.proven.sentAt).to.be.below(loadedAt);
    await comesBack();
    expect(pulse.proven.sentAt).to.be.above(loadedAt);
    expect(pulse.hastened).to.equal(1);
  });

  it('keeps a distance between two beats, however often it is hastened', async () => {
    for (let one = 0; one < 100; one += 1) {
      pulse.hasten();
      await pass(1);
      await comesBack();
    }
    expect(sent.length).to.be.above(3);
    for (const [index, { at }] of sent.entries())
      if (index > 0) expect(at - (sent[index - 1]?.at ?? 0)).to.be.at.least(SHORTEST_INTERVAL);
  });

  it('has one beat under way that it was hastened to, and another once that has come back', async () => {
    pulse.hasten();
    await pass(SHORTEST_INTERVAL);
    expect(sent).to.have.length(2);
    // This one cannot prove what is loaded after it was sent.
    pulse.hasten();
    await pass(3 * SHORTEST_INTERVAL);
    expect(sent).to.have.length(2);
    await comesBack();
    await pass(1);
    expect(sent).to.have.length(3);
  });

  it('sends what is due at its interval, whatever is under way', async () => {
    pulse.hasten();
    await pass(INTERVAL);
    expect(sent).to.have.length(3);
  });

  it('asks nothing besides that may not be asked, and proves what it proves', async () => {
    refused = ['velro_state.policy_activations'];
    const { sentAt } = pulse.proven;
    await pass(2 * INTERVAL);
    await comesBack();
    expect(unasked).to.deep.equal(['activation']);
    expect(pulse.proven.sentAt).to.be.above(sentAt);
    refused = ['velro_state.cache_life'];
    await pass(2 * INTERVAL);
    await comesBack();
    expect(unasked).to.deep.equal(['activation', 'identity']);
    expect(pulse.proven.sentAt).to.equal(now);
  });

  it('sends nothing once it has stopped', async () => {
    pulse.hasten();
    await pulse.stop();
    pulse.hasten();
    await pass(2 * INTERVAL);
    expect(sent).to.have.length(1);
  });
});
