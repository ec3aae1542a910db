import { median, spreadOf } from './statistics.ts';
import type { BenchOptions, Result, Spread, Target } from './suite.ts';

/** One of several ways to do the same, which are measured beside each other. */
export interface Candidate<Input> {
  readonly name: string;
  /** Runs once; what it returns is used, so that no compiler leaves it out. It must not await. */
  readonly run: (input: Input) => unknown;
}

/** Where inputs come from: made afresh just before they are used, outside the time that is measured. */
export interface Inputs<Input> {
  /** So many inputs; it is asked once for all candidates of a turn, which are given the same ones or equal ones. */
  readonly make: (count: number) => readonly Input[];
  /** How many inputs are made at a time: few enough to stay in the processor's cache. */
  readonly atATime: number;
}

/** Nanoseconds a run, one sample a round. */
export interface Timing {
  readonly name: string;
  readonly samples: readonly number[];
}

/** So many rounds are measured; each gives one sample of every candidate. */
const ROUNDS = { full: 41, quick: 3 };
/** A sample is taken over so many milliseconds at least. */
const MILLISECONDS = { full: 25, quick: 2 };
const WARM_UP_MILLISECONDS = { full: 400, quick: 20 };

/**
 * Measures candidates beside each other in one process: after a warm-up of all, round after round each has its turn, in
 * an order that moves on by one each round, so that what disturbs the machine for a while disturbs all of them.
 */
export function measure<Input>(
  candidates: readonly Candidate<Input>[],
  inputs: Inputs<Input>,
  { quick }: Pick<BenchOptions, 'quick'>,
): readonly Timing[] {
  const kind = quick ? 'quick' : 'full';
  const batches = candidates.map((candidate) => {
    const perBatch = warmUp(candidate, inputs, WARM_UP_MILLISECONDS[kind]);
    return Math.max(1, Math.ceil(MILLISECONDS[kind] / perBatch));
  });
  const samples = candidates.map((): number[] => []);
  for (let round = 0; round < ROUNDS[kind]; round += 1) {
    for (let turn = 0; turn < candidates.length; turn += 1) {
      const index = (turn + round) % candidates.length;
      const candidate = candidates[index];
      if (candidate === undefined) continue;
      const count = batches[index] ?? 1;
      samples[index]?.push((timeOf(candidate, inputs, count) * 1e6) / (count * inputs.atATime));
    }
  }
  return candidates.map(({ name }, index) => ({ name, samples: samples[index] ?? [] }));
}

/** Keeps the last result reachable, so that no result is without use. */
export const kept: { last: unknown } = { last: undefined };

/** Milliseconds that so many batches take. */
function timeOf<Input>(candidate: Candidate<Input>, inputs: Inputs<Input>, batches: number): number {
  let total = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const made = inputs.make(inputs.atATime);
    const before = performance.now();
    for (let index = 0; index < made.length; index += 1) kept.last = candidate.run(made[index] as Input);
    total += performance.now() - before;
  }
  return total;
}

/** Runs until the time is over; milliseconds that one batch takes in the end. */
function warmUp<Input>(candidate: Candidate<Input>, inputs: Inputs<Input>, milliseconds: number): number {
  const until = performance.now() + milliseconds;
  let last = timeOf(candidate, inputs, 1);
  while (performance.now() < until) last = timeOf(candidate, inputs, 1);
  return Math.max(last, 0.001);
}

/** The figure of one candidate in microseconds. */
export function inMicroseconds(name: string, timing: Timing, target?: Target, note?: string): Result {
  const samples = timing.samples.map((nanoseconds) => nanoseconds / 1000);
  return { name, value: median(samples), unit: 'µs', spread: spreadOf(samples), target, note };
}

/** How many times as long one takes as the other: the median over rounds of their ratio in that round. */
export function ratio(name: string, slow: Timing, fast: Timing, target?: Target, note?: string): Result {
  const samples = slow.samples.map((sample, round) => sample / (fast.samples[round] ?? Number.NaN));
  const spread: Spread = spreadOf(samples);
  return { name, value: median(samples), unit: '×', spread, target, note };
}
