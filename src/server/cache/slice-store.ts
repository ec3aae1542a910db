import NodeCache from 'node-cache';
import type { FactChange } from '../store/schema/fact-change.ts';
import { tagOf } from './change-history.ts';
import { type Gone, GoneKeys } from './gone-keys.ts';
import { RecentSlices } from './recent-slices.ts';
import type { Slice } from './slice.ts';
import { sees } from './snapshot.ts';

/** How much is kept. */
export interface StoreBounds {
  readonly entries: number;
  /** About, as slices reckon. */
  readonly bytes: number;
}

export interface StoreStatus {
  readonly entries: number;
  readonly bytes: number;
  /** Slices that were dropped to make room, and because of changes. */
  readonly evicted: number;
  readonly invalidated: number;
}

/** One slice may take this share of the room. */
const LARGEST_SHARE = 1 / 8;
/** Of so many slices that went it is remembered why. */
const MOST_GONE = 16_384;
const EVICTED: Gone = { why: 'evicted' };

/**
 * Keeps slices by their keys within bounds, and drops those that a change concerns. To make room the oldest goes that nobody
 * used since it was last looked at, which costs a constant amount of work for each slice that is put or used.
 */
export class SliceStore {
  readonly #bounds: StoreBounds;
  readonly #kept: NodeCache;
  /** Some of them, which are found here sooner. */
  readonly #recent = new RecentSlices();
  /** By tag: most have one slice. Companions are here as well. */
  readonly #byTag = new Map<string, Slice | Set<Slice>>();
  /** Companions that are not kept under their key. */
  readonly #companions = new Set<Slice>();
  /** Slices that have a companion, those that were given it first before the others. */
  readonly #accompanied = new Set<Slice>();
  readonly #gone = new GoneKeys(MOST_GONE);
  #entries = 0;
  #bytes = 0;
  #evicted = 0;
  #invalidated = 0;
  #oldest: Slice | undefined;
  #newest: Slice | undefined;

  constructor(bounds: StoreBounds) {
    this.#bounds = bounds;
    // The bounds are kept here, since it refuses what is beyond its own; its clock is not asked either.
    this.#kept = new NodeCache({ useClones: false, checkperiod: 0, stdTTL: 0 });
  }

  get status(): StoreStatus {
    return {
      entries: this.#entries,
      bytes: this.#bytes,
      evicted: this.#evicted,
      invalidated: this.#invalidated,
    };
  }

  get(key: string): Slice | undefined {
    const slice = this.#kept.get<Slice>(key);
    if (slice !== undefined) slice.wasUsed = true;
    return slice;
  }

  /** What is kept under the key that prefix and id make. */
  find(prefix: string, id: string): Slice | undefined {
    const recent = this.#recent.find(prefix, id);
    if (recent !== undefined) {
      recent.wasUsed = true;
      return recent;
    }
    const slice = this.get(prefix + id);
    if (slice !== undefined) this.#recent.note(prefix, id, slice);
    return slice;
  }

  /** Why what was kept under a key is not any more; undefined where that is not known. */
  whyGone(key: string): Gone | undefined {
    return this.#gone.get(key);
  }

  /** Whether there is room for it at all. */
  fits({ bytes }: Slice): boolean {
    return bytes <= this.#bounds.bytes * LARGEST_SHARE;
  }

  /** Keeps a slice in place of the one with its key. */
  put(slice: Slice): void {
    const before = this.#kept.get<Slice>(slice.key);
    if (before !== undefined) this.drop(before);
    this.#kept.set(slice.key, slice);
    this.#gone.forget(slice.key);
    this.#entries += 1;
    this.#append(slice);
    this.#index(slice);
    while (this.#entries > this.#bounds.entries || this.#bytes > this.#bounds.bytes) this.#evictOne();
  }

  /** Keeps the slice that was loaded with another one at hand as long as that is kept. */
  attach(slice: Slice, companion: Slice): void {
    if (slice.isDropped || slice.companion !== undefined) return;
    slice.companion = companion;
    this.#companions.add(companion);
    this.#accompanied.add(slice);
    this.#index(companion);
    while (this.#bytes > this.#bounds.bytes) this.#evictOne();
  }

  /** The companion is of no more use. */
  detach(slice: Slice): void {
    const { companion } = slice;
    slice.companion = undefined;
    this.#accompanied.delete(slice);
    if (companion === undefined || !this.#companions.delete(companion)) return;
    companion.isDropped = true;
    this.#unindex(companion);
  }

  /** Lets the companions go of what serves beside others by now. */
  detachAll(isSettled: (slice: Slice) => boolean): void {
    for (const slice of this.#accompanied) {
      // What was loaded later is not settled either.
      if (!isSettled(slice)) return;
      this.detach(slice);
    }
  }

  drop(slice: Slice): void {
    if (slice.isDropped) return;
    slice.isDropped = true;
    this.detach(slice);
    this.#unindex(slice);
    if (this.#companions.delete(slice)) return;
    this.#kept.del(slice.key);
    this.#recent.forget(slice);
    this.#entries -= 1;
    this.#remove(slice);
  }

  /** Drops every slice that the change concerns and that did not see it, and gives their keys. */
  change({ type, id, transaction }: FactChange): readonly string[] {
    const keys: string[] = [];
    for (const slice of this.#concerned(type, id)) {
      if (sees(slice.load.snapshot, transaction)) continue;
      const isKept = !this.#companions.has(slice);
      this.drop(slice);
      this.#invalidated += 1;
      if (isKept) this.#gone.note(slice.key, { why: 'changed', transaction });
      keys.push(slice.key);
    }
    return keys;
  }

  clear(): void {
    for (const slice of this.#all()) slice.isDropped = true;
    this.#kept.flushAll();
    this.#recent.clear();
    this.#byTag.clear();
    this.#companions.clear();
    this.#accompanied.clear();
    this.#gone.clear();
    this.#entries = 0;
    this.#bytes = 0;
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  #concerned(type: string | undefined, id: string | undefined): readonly Slice[] {
    if (type === undefined) return [...this.#all()];
    if (id === undefined) return [...this.#all()].filter(({ types }) => types.has(type));
    const found = this.#byTag.get(tagOf(type, id));
    if (found === undefined) return [];
    return found instanceof Set ? [...found] : [found];
  }

  *#all(): Generator<Slice> {
    for (let slice = this.#oldest; slice !== undefined; slice = slice.newer) yield slice;
    yield* this.#companions;
  }

  #evictOne(): void {
    const slice = this.#oldest;
    if (slice === undefined) return;
    if (slice.wasUsed) {
      slice.wasUsed = false;
      this.#remove(slice);
      this.#append(slice);
      return;
    }
    this.drop(slice);
    this.#evicted += 1;
    this.#gone.note(slice.key, EVICTED);
  }

  #index(slice: Slice): void {
    this.#bytes += slice.bytes;
    for (const tag of slice.tags) {
      const found = this.#byTag.get(tag);
      if (found === undefined) this.#byTag.set(tag, slice);
      else if (found instanceof Set) found.add(slice);
      else this.#byTag.set(tag, new Set([found, slice]));
    }
  }

  #unindex(slice: Slice): void {
    this.#bytes -= slice.bytes;
    for (const tag of slice.tags) {
      const found = this.#byTag.get(tag);
      if (found === slice) this.#byTag.delete(tag);
      else if (found instanceof Set && found.delete(slice) && found.size === 0) this.#byTag.delete(tag);
    }
  }

  #append(slice: Slice): void {
    slice.older = this.#newest;
    slice.newer = undefined;
    if (this.#newest === undefined) this.#oldest = slice;
    else this.#newest.newer = slice;
    this.#newest = slice;
  }

  #remove({ older, newer }: Slice): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
