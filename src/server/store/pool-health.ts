import type { PoolState } from './database.ts';

/** Slower than this, in milliseconds, is degraded, … */
const DEGRADED = 1_000;
/** … and slower than this critical. */
const CRITICAL = 5_000;
/** Milliseconds between two probes. */
const INTERVAL = 1_000;

export interface Health {
  /** The state, where `isFailing` says whether the last use failed. */
  state(isFailing: boolean): Exclude<PoolState, 'open'>;
  /** Milliseconds that the last probe took, if there was one. */
  latest(): { readonly latency?: number };
  stop(): void;
}

/** Watches something by probing it; at most one probe is under way. */
export function createHealth(probe: () => Promise<void>): Health {
  let startedAt: number | undefined;
  let latency: number | undefined;
  const run = async (): Promise<void> => {
    if (startedAt !== undefined) return;
    startedAt = performance.now();
    try {
      await probe();
      latency = performance.now() - startedAt;
    } catch {
      // The breaker counts it.
    } finally {
      startedAt = undefined;
    }
  };
  const timer = setInterval(() => void run(), INTERVAL);
  timer.unref();
  return {
    state(isFailing) {
      const waited = startedAt === undefined ? 0 : performance.now() - startedAt;
      const slowest = Math.max(latency ?? 0, waited);
      if (isFailing || slowest > CRITICAL) return 'critical';
      return slowest > DEGRADED ? 'degraded' : 'healthy';
    },
    latest: () => (latency === undefined ? {} : { latency: Math.round(latency * 10) / 10 }),
    stop: () => clearInterval(timer),
  };
}
