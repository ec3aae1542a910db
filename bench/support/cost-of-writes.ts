import { costsOf, type Play, playRounds, playUntilSteady } from './rounds-of-writes.ts';
import type { Result } from './suite.ts';
import { WRITES } from './trace.ts';
import { type PlayedApart, TraceProcess } from './trace-processes.ts';
import type { Scene } from './trace-scene.ts';

export interface CostOptions {
  readonly warmed: number;
  /** Rounds of four plays, in each of which every instance is asked so many questions. */
  readonly rounds: number;
  readonly questions: number;
}

const INSTANCES = 2;

/**
 * What a load of writes costs: two instances, each in a process of its own with those who ask it, and whoever writes in a third.
 * For each 99 questions that the instances have been asked one object is written, or none. Questions are the same kind of mix with
 * writes and without. A round is four plays, the two with writes between the two without, so that what drifts affects both alike.
 */
export async function measureCostOfWrites(
  { url, redisUrl, suspended }: Scene,
  { warmed, rounds, questions }: CostOptions,
  say: (text: string) => void,
): Promise<readonly Result[]> {
  const writer = new TraceProcess();
  const instances = Array.from({ length: INSTANCES }, () => new TraceProcess());
  try {
    const start = { url, redisUrl, suspended };
    await writer.tell('start', { ...start, role: 'writer', seed: 1 });
    for (const [at, one] of instances.entries())
      await one.tell('start', { ...start, role: 'instance', seed: 2 + at });
    await Promise.all(instances.map((one, at) => one.tell('warm', { count: warmed, at, of: INSTANCES })));

    const play = async (writes: boolean): Promise<Play> => {
      let [asked, written] = [0, 0];
      const writing: Promise<void>[] = [];
      const onAsked = (count: number): void => {
        asked += count;
        const due = writes ? Math.floor((asked * WRITES) / (1 - WRITES)) - written : 0;
        if (due === 0) return;
        written += due;
        writing.push(writer.tell('write', { count: due }));
      };
      for (const one of instances) one.onAsked = onAsked;
      const played = await Promise.all(instances.map((one) => one.tell('play', { count: questions })));
      await Promise.all(writing);
      return { ...summed(played), written };
    };
    const share = await playUntilSteady(play);
    say(`${(100 * share).toFixed(1)}% by facts of the process, before anything counts`);

    return costsOf('cache-trace/cost-of-writes', await playRounds(rounds, play), 'instances');
  } finally {
    await Promise.all([writer, ...instances].map((one) => one.stop()));
  }
}

function summed(played: readonly PlayedApart[]): Omit<Play, 'written'> {
  const sum = (of: (one: PlayedApart) => number): number => played.reduce((all, one) => all + of(one), 0);
  return {
    rate: sum(({ reads, milliseconds }) => reads / milliseconds),
    hits: sum(({ hits }) => hits) / sum(({ reads }) => reads),
    processor: sum(({ processor }) => processor),
  };
}
