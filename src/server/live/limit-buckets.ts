import type { CheckedRate } from '../../dsl/check/bundle.ts';
import type { LimitUse } from '../../engine/decide/types.ts';
import type { Clock, Exhausted, LimitCounter } from '../ports.ts';

/** As many buckets are kept in memory at most, unless said otherwise. */
const MAXIMUM_BUCKETS = 250_000;
/** So many of the longest unused buckets are looked at when room is needed. */
const EVICTION_LOOK = 32;
/** A whole pass over the buckets is made at most so often, in milliseconds. */
const SWEEP_INTERVAL = 1_000;
/** One token, but for what adding fractions loses. */
const WHOLE = 1 - 1e-9;

/** What is left of one limit for one key. It is refilled evenly, `count` tokens per `per` ms, up to `burst`. */
interface Bucket {
  tokens: number;
  /** When `tokens` was right, on the monotonic clock. */
  at: number;
  rate: CheckedRate;
}

const NONE: Exhausted = new Map();

/**
 * Token buckets in this process. Memory is bounded, and the bound never widens access: only a full bucket, which says
 * nothing, is dropped for room; while there is none, keys that are not known count as exhausted.
 */
export function createLimitBuckets(clock: Clock, maximum: number = MAXIMUM_BUCKETS): LimitCounter {
  // In order of last use, from when they are half as many as there may be: taking from a bucket moves it to the end.
  const buckets = new Map<string, Bucket>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const tokensOf = (bucket: Bucket, now: number): number => {
    const { count, per, burst } = bucket.rate;
    return Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * count) / per);
  };
  const dropIfFull = (key: string, bucket: Bucket, now: number): boolean =>
    tokensOf(bucket, now) >= bucket.rate.burst && buckets.delete(key);

  const makeRoom = (now: number): boolean => {
    if (buckets.size < maximum) return true;
    let looked = 0;
    for (const [key, bucket] of buckets) {
      if (dropIfFull(key, bucket, now)) return true;
      looked += 1;
      if (looked === EVICTION_LOOK) break;
    }
    if (now - sweptAt < SWEEP_INTERVAL) return false;
    sweptAt = now;
    for (const [key, bucket] of buckets) dropIfFull(key, bucket, now);
    return buckets.size < maximum;
  };

  /** Milliseconds to wait for a token, 0 when there is one; undefined when there is no room to count. */
  const spend = (key: string, rate: CheckedRate, now: number, cost: 0 | 1): number | undefined => {
    const known = buckets.get(key);
    if (known === undefined) {
      if (cost === 0) return 0;
      if (!makeRoom(now)) return undefined;
      buckets.set(key, { tokens: rate.burst - 1, at: now, rate });
      return 0;
    }
    // What was earned so far was earned at the old rate; a change of plan counts from now on.
    const tokens = Math.min(tokensOf(known, now), rate.burst);
    const wait = tokens >= WHOLE ? 0 : ((1 - tokens) * rate.per) / rate.count;
    if (cost === 1) {
      known.tokens = wait === 0 ? Math.max(0, tokens - 1) : tokens;
      known.at = now;
      known.rate = rate;
      // The order only matters once somebody looks for room.
      if (buckets.size > maximum / 2) {
        buckets.delete(key);
        buckets.set(key, known);
      }
    }
    return wait;
  };

  const count = (uses: readonly LimitUse[], cost: 0 | 1): Exhausted => {
    if (uses.length === 0) return NONE;
    const now = clock.monotonic();
    let exhausted: Map<string, number | undefined> | undefined;
    for (const { limit, bucket, rate } of uses) {
      if (bucket !== undefined && rate === undefined) continue;
      const wait =
        bucket === undefined || rate === undefined
          ? undefined
          : spend(`${limit.name}\0${bucket}`, rate, now, cost);
      if (wait === 0) continue;
      exhausted ??= new Map();
      exhausted.set(limit.name, wait);
    }
    return exhausted ?? NONE;
  };

  return { take: (uses) => count(uses, 1), peek: (uses) => count(uses, 0) };
}
