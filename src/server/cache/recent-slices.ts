import type { Slice } from './slice.ts';

/** A power of two. */
const PLACES = 8_192;
/** The last characters of an id choose its place: ids differ there. */
const AT_THE_END = 6;

/**
 * Slices that were found of late, in a bounded number of places, by what their keys are made of: so they are found again without
 * a key being made and hashed. A slice has one place, where it takes the place of another. This keeps nothing by itself: what the
 * store drops has to be forgotten, and nothing that was dropped is ever found.
 */
export class RecentSlices {
  readonly #prefixes: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #ids: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #slices: (Slice | undefined)[] = Array.from({ length: PLACES }, () => undefined);

  find(prefix: string, id: string): Slice | undefined {
    const place = placeOf(id);
    const slice = this.#slices[place];
    if (slice === undefined || slice.isDropped) return undefined;
    return this.#ids[place] === id && this.#prefixes[place] === prefix ? slice : undefined;
  }

  /** The slice was found under the key that prefix and id make. */
  note(prefix: string, id: string, slice: Slice): void {
    const place = placeOf(id);
    this.#prefixes[place] = prefix;
    this.#ids[place] = id;
    this.#slices[place] = slice;
    slice.place = place;
  }

  forget(slice: Slice): void {
    const { place } = slice;
    if (place !== undefined && this.#slices[place] === slice) this.#slices[place] = undefined;
  }

  clear(): void {
    this.#slices.fill(undefined);
  }
}

function placeOf(id: string): number {
  let place = 0;
  for (let at = Math.max(0, id.length - AT_THE_END); at < id.length; at += 1)
    place = Math.imul(place, 31) + id.charCodeAt(at);
  return (place ^ (place >>> 13)) & (PLACES - 1);
}
