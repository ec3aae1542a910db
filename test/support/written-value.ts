/** One write; what is not known to have failed may have happened from `begin` on, and has by `end`. */
export interface Write<T> {
  readonly value: T;
  readonly begin: number;
  readonly end: number;
}

/** A value that is written again and again, one write after the other, and what it was before the first. */
export interface WrittenValue<T> {
  readonly first: T;
  readonly writes: Write<T>[];
}

/** What the value may have been at a moment. */
export function valuesAt<T>({ first, writes }: WrittenValue<T>, moment: number): ReadonlySet<T> {
  const values = new Set<T>();
  for (let at = lastBegun(writes, moment); at >= 0; at -= 1) {
    const { value, end } = writes[at] as Write<T>;
    values.add(value);
    if (end < moment) return values;
  }
  return values.add(first);
}

/** How long before a moment the value was last this one, as far as is certain; Infinity if it never was. */
export function sinceHeld<T>({ first, writes }: WrittenValue<T>, value: T, moment: number): number {
  const last = lastBegun(writes, moment);
  if ((writes[last]?.value ?? first) === value) return 0;
  for (let at = last; at >= 0; at -= 1)
    if ((writes[at - 1]?.value ?? first) === value) return Math.max(0, moment - (writes[at] as Write<T>).end);
  return Infinity;
}

/** When the value may have changed between two moments. */
export function* changesWithin<T>({ writes }: WrittenValue<T>, from: number, to: number): Generator<number> {
  for (let at = lastBegun(writes, to); at >= 0; at -= 1) {
    const { begin, end } = writes[at] as Write<T>;
    if (end < from) return;
    if (begin >= from) yield begin;
    if (end <= to) yield end;
  }
}

/** The last write that had begun, or -1. */
function lastBegun<T>(writes: readonly Write<T>[], moment: number): number {
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((writes[middle] as Write<T>).begin <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
