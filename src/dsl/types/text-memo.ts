/** Longer texts are not remembered: a memo of them would be as large as they are. */
const LONGEST_TEXT = 512;
/** Up to this length so many characters at the beginning and at the end choose a text's place, … */
const LONGEST_ID = 40;
const AT_THE_BEGINNING = 8;
const AT_THE_END = 8;
/** … and of a longer text about so many throughout. */
const THROUGHOUT = 16;

/**
 * Remembers what was computed for texts seen of late, in a fixed number of places. A text has one place, where it takes
 * the place of another; that costs no more than computing again. Looking up reads a few characters of the text and
 * compares it once, which for a text that was just received is less than a map's hash of all its characters.
 */
export class TextMemo<V> {
  readonly #mask: number;
  readonly #texts: (string | undefined)[];
  readonly #values: (V | undefined)[];

  /** The number of places is a power of two. */
  constructor(places: number) {
    this.#mask = places - 1;
    if ((places & this.#mask) !== 0) throw new RangeError(`${places} is no power of two`);
    this.#texts = Array.from({ length: places }, () => undefined);
    this.#values = Array.from({ length: places }, () => undefined);
  }

  /** What is remembered for the text, or undefined. */
  get(text: string): V | undefined {
    const place = placeOf(text) & this.#mask;
    return this.#texts[place] === text ? this.#values[place] : undefined;
  }

  set(text: string, value: V): void {
    if (text.length > LONGEST_TEXT) return;
    const place = placeOf(text) & this.#mask;
    this.#texts[place] = text;
    this.#values[place] = value;
  }
}

/** A number that tells most texts apart: ids differ at their end or at their beginning, names of programs in between. */
function placeOf(text: string): number {
  const { length } = text;
  let place = length;
  const end = length > AT_THE_END ? length - AT_THE_END : 0;
  for (let index = end; index < length; index += 1) place = mix(place, text.charCodeAt(index));
  const step = length > LONGEST_ID ? Math.floor(length / THROUGHOUT) : 1;
  const until = length > LONGEST_ID ? end : Math.min(end, AT_THE_BEGINNING);
  for (let index = 0; index < until; index += step) place = mix(place, text.charCodeAt(index));
  return place ^ (place >>> 15);
}

function mix(place: number, code: number): number {
  return Math.imul(place, 0x9e3779b1) ^ code;
}
