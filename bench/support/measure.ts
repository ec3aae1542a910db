import { median, spreadOf } from './statistics.ts';
import type { BenchOptions, Result, Target } from './suite.ts';

/** One of several ways to do the same, which are measured beside each other. */
export interface Candidate {
  readonly name: string;
  /** Milliseconds that so many batches of inputs take, the making of the inputs left out. */
  readonly time: (batches: number) => number;
}

/** So many inputs are made at a time, just before they are used: they fit into the processor's cache. */
export const BATCH = 64;

/** Keeps the last result reachable, so that no result is without use. */
export const kept: { last: unknown } = { last: undefined };

/**
 * A candidate that runs once for each input. `make` gives as many new ones as it is asked for, outside the time that is
 * measured, so that nothing is known of them beforehand. `run` must not await.
 */
export function candidate<Input>(
  name: string,
  make: (count: number) => readonly Input[],
  run: (input: Input) => unknown,
): Candidate {
  return {
    name,
    time(batches) {
      let total = 0;
      for (let batch = 0; batch < batches; batch += 1) {
        const inputs = make(BATCH);
        const before = performance.now();
        for (let index = 0; index < BATCH; index += 1) kept.last = run(inputs[index] as Input);
        total += performance.now() - before;
      }
      return total;
    },
  };
}

/** Nanoseconds a run, one sample a round. */
export interface Timing {
  readonly name: string;
  readonly samples: readonly number[];
}

/** So many rounds are measured; each gives one sample of every candidate. */
const ROUNDS = { full: 41, quick: 3 };
/** A sample is taken over so many milliseconds at least. */
const MILLISECONDS = { full: 20, quick: 1 };
const WARM_UP_MILLISECONDS = { full: 500, quick: 20 };

/**
 * Measures candidates beside each other in one process: after a warm-up of all, round after round each has its turn, in
 * an order that moves on by one each round, so that what disturbs the machine for a while disturbs all of them.
 */
export function measure(
  candidates: readonly Candidate[],
  { quick }: Pick<BenchOptions, 'quick'>,
): readonly Timing[] {
  const kind = quick ? 'quick' : 'full';
  const batches = candidates.map((one) =>
    Math.max(1, Math.ceil(MILLISECONDS[kind] / warmUp(one, WARM_UP_MILLISECONDS[kind]))),
  );
  const samples = candidates.map((): number[] => []);
  for (let round = 0; round < ROUNDS[kind]; round += 1) {
    for (let turn = 0; turn < candidates.length; turn += 1) {
      const index = (turn + round) % candidates.length;
      const count = batches[index] ?? 1;
      const milliseconds = candidates[index]?.time(count) ?? Number.NaN;
      samples[index]?.push((milliseconds * 1e6) / (count * BATCH));
    }
  }
  return candidates.map(({ name }, index) => ({ name, samples: samples[index] ?? [] }));
}

/**
 * Runs until the time is over; milliseconds that the quickest batch took. By a slower one, such as that in which the processor was
 * taken away, a sample would be of too few runs, all of them with cold caches.
 */
function warmUp({ time }: Candidate, milliseconds: number): number {
  const until = performance.now() + milliseconds;
  let quickest = time(1);
  while (performance.now() < until) quickest = Math.min(quickest, time(1));
  return Math.max(quickest, 0.001);
}

/** The figure of one candidate in microseconds. */
export function inMicroseconds(name: string, timing: Timing, target?: Target, note?: string): Result {
  const samples = timing.samples.map((nanoseconds) => nanoseconds / 1000);
  return { name, value: median(samples), unit: 'µs', spread: spreadOf(samples), target, note };
}

/** How many times as long one takes as the other: the median over rounds of their ratio in that round. */
export function ratio(name: string, slow: Timing, fast: Timing, target?: Target, note?: string): Result {
  const samples = slow.samples.map((sample, round) => sample / (fast.samples[round] ?? Number.NaN));
  return { name, value: median(samples), unit: '×', spread: spreadOf(samples), target, note };
}
