/** What the cache has done since the start. */
export interface CacheCounts {
  /** Requests that kept facts answered, that had to load them, and that may not be answered by kept ones. */
  hits: number;
  misses: number;
  bypass: number;
  /** Of the misses, those for which something was kept that was too old for the verdict. */
  tooOld: number;
  /** Statements that loaded facts to keep, those ahead of time among them. */
  loads: number;
  refreshes: number;
  /** Of the loads, those of the hottest questions after a start or another bundle. */
  warmed: number;
  /** Loads that were not kept: too large, or a change was told of that they may not have seen. */
  notKept: number;
  /** Changes that were told of. */
  changes: number;
}

export function createCounts(): CacheCounts {
  return {
    hits: 0,
    misses: 0,
    bypass: 0,
    tooOld: 0,
    loads: 0,
    refreshes: 0,
    warmed: 0,
    notKept: 0,
    changes: 0,
  };
}
