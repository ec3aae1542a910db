import type { Spread } from './suite.ts';

/** The value below which a share (0 to 1) of the samples lies, interpolated. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The quartiles. */
export function spreadOf(samples: readonly number[]): Spread {
  return { low: quantile(samples, 0.25), high: quantile(samples, 0.75) };
}
