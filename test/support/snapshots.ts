import fc from 'fast-check';
import type { Snapshot } from '../../src/server/cache/snapshot.ts';

/** Transactions that began in the order of their numbers; some have ended when the snapshot is taken. */
export const SNAPSHOTS: fc.Arbitrary<{ readonly snapshot: Snapshot; readonly ended: ReadonlySet<bigint> }> =
  fc.array(fc.boolean(), { maxLength: 20 }).map((ends) => {
    const numbers = ends.map((_, index) => BigInt(index + 3));
    const ended = new Set(numbers.filter((_, index) => ends[index]));
    const running = new Set(numbers.filter((_, index) => ends[index] !== true));
    const xmax = BigInt(ends.length + 3);
    return { snapshot: { xmin: [...running][0] ?? xmax, xmax, running }, ended };
  });
