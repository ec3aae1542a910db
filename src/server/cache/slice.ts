import { type Outcome, Reference, UNKNOWN, ValueMap, ValueSet } from '../../dsl/types/values.ts';
import type { LoadedFacts } from '../facts/sql/loaded-facts.ts';
import type { Age } from './allowed-ages.ts';
import { tagOf } from './change-history.ts';
import type { Snapshot } from './snapshot.ts';

/** One statement that loaded facts, here or in another instance; times in milliseconds that never go back. */
export interface Load {
  /** No other load has it, in whichever instance. */
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly beganAt: number;
  /**
   * When it had certainly ended: a beat that was sent later saw everything that it saw. Before all beats where the newest
   * one that came back is known to have.
   */
  readonly endedAt: number;
  /** Of a replica, which may show transactions before the primary does: it showed none with this number or a higher one. */
  readonly shownBefore?: bigint | undefined;
  /** Since when this process has it: from the beginning where it loaded it itself. */
  readonly heldSince: number;
}

/** How old a load is. */
export function ageOf({ beganAt, heldSince }: Load, now: number): Age {
  return { age: now - beganAt, held: now - heldSince };
}

/**
 * What one statement found of the subject, or of the resource, and of everything that it leads to: each record that was
 * found or looked for in vain as it was in one state of the database.
 */
export class Slice {
  readonly key: string;
  readonly facts: LoadedFacts;
  readonly load: Load;
  readonly tags: readonly string[];
  readonly types: ReadonlySet<string>;
  /** About what it takes of memory. */
  readonly bytes: number;
  /** A change was told of that it did not see, or it was evicted: nothing may be decided by it. */
  isDropped = false;
  /** Somebody asked for it since it was last looked at for eviction. */
  wasUsed = false;
  /** The other root's slice of the same load, where an older one of that key is kept. */
  companion: Slice | undefined;
  /** Where it is among those that were found of late. */
  place: number | undefined;
  older: Slice | undefined;
  newer: Slice | undefined;

  constructor(key: string, facts: LoadedFacts, load: Load) {
    this.key = key;
    this.facts = facts;
    this.load = load;
    const tags: string[] = [];
    const types = new Set<string>();
    let bytes = SLICE_BYTES + 2 * key.length;
    for (const { type, id, record } of facts.entries()) {
      tags.push(tagOf(type, id));
      types.add(type);
      bytes += RECORD_BYTES + 4 * (type.length + id.length);
      if (record === null) continue;
      for (const value of Object.values(record.attributes)) bytes += ATTRIBUTE_BYTES + sizeOf(value);
    }
    this.tags = tags;
    this.types = types;
    this.bytes = bytes;
  }
}

const SLICE_BYTES = 600;
const RECORD_BYTES = 250;
const ATTRIBUTE_BYTES = 24;
const VALUE_BYTES = 16;

/** About what a value takes of memory, in bytes. */
function sizeOf(value: Outcome): number {
  if (value === undefined || value === UNKNOWN) return 0;
  if (typeof value === 'string') return VALUE_BYTES + 2 * value.length;
  if (typeof value !== 'object') return VALUE_BYTES;
  if (value instanceof Reference) return 64 + 2 * (value.id.length + value.key.length);
  let bytes = 64;
  if (value instanceof ValueSet) {
    for (const item of value.items.values()) bytes += 48 + sizeOf(item);
    return bytes;
  }
  if (value instanceof ValueMap) {
    for (const item of value.keys.values()) bytes += 48 + sizeOf(item);
    for (const item of value.values.values()) bytes += 48 + sizeOf(item);
    return bytes;
  }
  for (const part of Object.values(value)) bytes += 24 + sizeOf(part as Outcome);
  return bytes;
}
