import type { PoolSettings } from '../config/database-configuration.ts';
import { PURPOSES, type Purpose } from './database.ts';

/** Of the connections that a server has for its users, the part that pools take: people need a few to look what is wrong. */
const SHARE = 0.9;

/** The sizes of pools that share so many connections: each gets its part, and at least one. */
export function scalePools(
  pools: Readonly<Record<Purpose, PoolSettings>>,
  available: number,
): Readonly<Record<Purpose, PoolSettings>> {
  const wanted = sumOf(PURPOSES.map((purpose) => pools[purpose].max));
  if (wanted <= available) return pools;
  const parts = PURPOSES.map((purpose) => Math.max(1, Math.floor((pools[purpose].max * available) / wanted)));
  // Those that got one though their part was less are paid for by the largest.
  while (sumOf(parts) > available && Math.max(...parts) > 1) {
    const largest = parts.indexOf(Math.max(...parts));
    parts[largest] = (parts[largest] ?? 1) - 1;
  }
  return Object.fromEntries(
    PURPOSES.map((purpose, index) => {
      const max = parts[index] ?? 1;
      return [purpose, { ...pools[purpose], max, min: Math.min(pools[purpose].min, max) }];
    }),
  ) as Record<Purpose, PoolSettings>;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** What pools may take of a server with these limits. */
export function shareOf(maxConnections: number, reserved: number): number {
  return Math.floor((maxConnections - reserved) * SHARE);
}
