import type { Clock } from '../../src/server/ports.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void;
}

export function manualClock(start = Date.parse('2026-01-05T10:00:00Z')): ManualClock {
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    advance: (milliseconds) => {
      elapsed += milliseconds;
    },
  };
}
