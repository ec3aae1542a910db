/** Which transactions a statement saw, in the numbers of `xid8`. */
export interface Snapshot {
  /** All before it are seen. */
  readonly xmin: bigint;
  /** None from it on is. */
  readonly xmax: bigint;
  /** Between the two, those that are not seen. */
  readonly running: ReadonlySet<bigint>;
}

/** Reads the text of a `pg_snapshot`: `xmin:xmax:running,…`; undefined for anything else. */
export function parseSnapshot(text: unknown): Snapshot | undefined {
  if (typeof text !== 'string') return undefined;
  const [, xmin, xmax, running] = /^(\d{1,20}):(\d{1,20}):((?:\d{1,20}(?:,\d{1,20})*)?)$/.exec(text) ?? [];
  if (xmin === undefined || xmax === undefined || running === undefined) return undefined;
  const list = running === '' ? [] : running.split(',').map(BigInt);
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), running: new Set(list) };
}

/**
 * The same, of a replica: there `pg_current_snapshot()` does not list what was still running on the primary, so that
 * nothing from `xmin` on counts as seen.
 */
export function asOfReplica({ xmin }: Snapshot): Snapshot {
  return { xmin, xmax: xmin, running: new Set() };
}

/** Whether a snapshot saw what a transaction did, given that it committed. */
export function sees({ xmin, xmax, running }: Snapshot, transaction: bigint): boolean {
  return transaction < xmin || (transaction < xmax && !running.has(transaction));
}

/** The snapshot of a statement that a server answered, as far as it can be relied on. */
export function reliable(said: Snapshot, isReplica: boolean): Snapshot {
  return isReplica ? asOfReplica(said) : said;
}

/**
 * Whether the primary's snapshot `late` sees everything that a statement with the snapshot `said` may have seen. What a
 * replica may have seen is everything before its `xmax`.
 */
export function seesAllOf(late: Snapshot, said: Snapshot, isReplica: boolean): boolean {
  if (isReplica) return said.xmax <= late.xmin;
  if (said.xmax > late.xmax) return false;
  for (const transaction of late.running)
    if (transaction < said.xmax && !said.running.has(transaction)) return false;
  return true;
}
