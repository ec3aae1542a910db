import { sfc32 } from './sfc32.ts';

/** The demo's days: late enough for a platform with a past, early enough to be past on any clock that is set. */
const FIRST_DAY = Date.UTC(2023, 0, 1);
const LAST_DAY = Date.UTC(2025, 5, 1);

/** Draws the demo's facts: the same seed draws the same ones. */
export class DemoRandom {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = sfc32(seed, 0);
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  /** True in so many of 100 draws. */
  percent(share: number): boolean {
    return this.below(100) < share;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Milliseconds since the epoch, a whole second. */
  time(after: number = FIRST_DAY): number {
    const seconds = Math.max(1, Math.floor((LAST_DAY - after) / 1000));
    return after + this.below(seconds) * 1000;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** A random UUID of version 4. */
  uuid4(): string {
    return this.#uuid(this.hex(12), '4');
  }

  /** A UUID of version 7 that was made at this instant. */
  uuid7(at: number): string {
    return this.#uuid(at.toString(16).padStart(12, '0'), '7');
  }

  #uuid(head: string, version: '4' | '7'): string {
    const variant = this.pick(['8', '9', 'a', 'b']);
    const tail = `${head.slice(0, 8)}-${head.slice(8)}-${version}${this.hex(3)}-${variant}${this.hex(3)}`;
    return `${tail}-${this.hex(12)}`;
  }
}

/** A time as facts spell it. */
export function spellTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
