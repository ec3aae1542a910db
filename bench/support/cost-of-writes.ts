import { median, spreadOf } from './statistics.ts';
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
/** The share of hits of the process is steady where that of so many plays differs by so little from that of those before, … */
const TOGETHER = 8;
const STEADY = 0.005;
/** … which is waited for through so many of them. */
const MOST_WARMING = 4;

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
    let share = 0;
    for (let warming = 0; warming < MOST_WARMING; warming += 1) {
      const before = share;
      share = 0;
      for (let one = 0; one < TOGETHER; one += 1) share += (await play(one % 2 === 0)).hits / TOGETHER;
      if (Math.abs(share - before) <= STEADY) break;
    }
    say(`${(100 * share).toFixed(1)}% by facts of the process, before anything counts`);

    const costs: number[] = [];
    const perWrite: number[] = [];
    const rates: { readonly without: number; readonly with: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const first = await play(false);
      const [one, other] = [await play(true), await play(true)];
      const last = await play(false);
      const without = {
        rate: (first.rate + last.rate) / 2,
        processor: (first.processor + last.processor) / 2,
      };
      const rate = (one.rate + other.rate) / 2;
      rates.push({ without: 1_000 * without.rate, with: 1_000 * rate });
      costs.push(100 * (1 - rate / without.rate));
      perWrite.push(
        (one.processor + other.processor - 2 * without.processor) / (one.written + other.written),
      );
    }
    return [
      {
        name: 'cache-trace/cost-of-writes',
        value: median(costs),
        unit: '%',
        spread: spreadOf(costs),
        target: { atMost: 10 },
        note: `of the decisions a second: ${Math.round(median(rates.map((one) => one.with)))} where 1% of what happens are writes, ${Math.round(median(rates.map(({ without }) => without)))} where none are`,
      },
      {
        name: 'cache-trace/cost-of-writes/processor',
        value: median(perWrite),
        unit: 'µs',
        spread: spreadOf(perWrite),
        note: 'that a write takes of the processor in both instances together',
      },
    ];
  } finally {
    await Promise.all([writer, ...instances].map((one) => one.stop()));
  }
}

interface Play {
  /** Decisions a millisecond. */
  readonly rate: number;
  /** Share of the decisions by facts of the process. */
  readonly hits: number;
  /** Microseconds of the processor. */
  readonly processor: number;
  readonly written: number;
}

function summed(played: readonly PlayedApart[]): Omit<Play, 'written'> {
  const sum = (of: (one: PlayedApart) => number): number => played.reduce((all, one) => all + of(one), 0);
  return {
    rate: sum(({ reads, milliseconds }) => reads / milliseconds),
    hits: sum(({ hits }) => hits) / sum(({ reads }) => reads),
    processor: sum(({ processor }) => processor),
  };
}
