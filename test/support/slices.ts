import type { Schema } from '../../src/dsl/types/schema.ts';
import { type Load, Slice } from '../../src/server/cache/slice.ts';
import { LoadedFacts } from '../../src/server/facts/sql/loaded-facts.ts';

const SCHEMA = { entities: new Map() } as unknown as Schema;

let loads = 0;

/** A load that saw all transactions before `xmax`. */
export function loadOf(xmax: bigint, beganAt: number, endedAt: number): Load {
  return {
    id: `load ${(loads += 1)}`,
    snapshot: { xmin: xmax, xmax, running: new Set() },
    beganAt,
    endedAt,
    heldSince: beganAt,
  };
}

/** A slice that looked for these records in vain. */
export function sliceOf(key: string, tags: readonly string[], load: Load | bigint = 10n): Slice {
  const facts = new LoadedFacts(SCHEMA);
  for (const tag of tags) facts.add(tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1), null);
  return new Slice(key, facts, typeof load === 'bigint' ? loadOf(load, 0, 1) : load);
}
