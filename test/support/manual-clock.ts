import type { Clock } from '../../src/server/ports.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void;
}

/** When clocks of tests begin. */
const START = Date.parse('2026-01-05T10:00:00Z');
/** A look takes so many milliseconds. */
const LOOK = 0.001;

export function manualClock(start = START): ManualClock {
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    advance: (milliseconds) => {
      elapsed += milliseconds;
    },
  };
}

/**
 * A clock on which a look takes hardly any time, and nothing else any at all: of two moments it knows which was later, and
 * however slow the machine is, nothing gets old on it.
 */
export function patientClock(): ManualClock {
  const clock = manualClock();
  return {
    now: () => Math.floor(clock.now()),
    monotonic() {
      clock.advance(LOOK);
      return clock.monotonic();
    },
    advance: (milliseconds) => clock.advance(milliseconds),
  };
}
