import type { FactSource } from '../ports.ts';
import type { WhyMissed } from './why-missed.ts';

/** What the cache has done since the start. */
export interface CacheCounts {
  /** Requests by how their facts came to be known. */
  readonly requests: Record<FactSource, number>;
  /** Of those whose facts were not kept, why. */
  misses: Record<WhyMissed, number>;
  /** Those for which something was kept that was too old for the verdict. */
  tooOld: number;
  /** Statements that loaded facts to keep, those ahead of time among them. */
  loads: number;
  refreshes: number;
  /** Of the loads, those of the hottest questions after a start or another bundle. */
  warmed: number;
  /** Loads that were not kept: too large, or a change was told of that they may not have seen. */
  notKept: number;
}

export function createCounts(): CacheCounts {
  return {
    requests: { 'l1-hit': 0, 'l2-hit': 0, 'l3-hit': 0, miss: 0, bypass: 0 },
    misses: {
      untrusted: 0,
      unknown: 0,
      evicted: 0,
      changed: 0,
      unsettled: 0,
      too_old: 0,
      too_old_for_verdict: 0,
      lost: 0,
      batch: 0,
    },
    tooOld: 0,
    loads: 0,
    refreshes: 0,
    warmed: 0,
    notKept: 0,
  };
}
