/** Longer texts are not remembered: a memo of them would be as large as they are. */
const LONGEST_TEXT = 512;
/** Of all texts so many characters at the beginning and at the end choose the place, … */
const AT_EACH_END = 8;
/** … and of one that is longer than ids are … */
const LONGEST_ID = 40;
/** … about so many throughout as well. */
const THROUGHOUT = 16;

/** Of so many texts that came once it is known that they did. */
const SEEN_ONCE = 4_096;
/** Of texts that come once, each of so many may take another's place. */
const MAY_DISPLACE = 4;

/**
 * Remembers what was computed for texts seen of late, in a bounded number of places. A text has one place, where it takes
 * the place of another; that costs no more than computing again. Looking up reads a few characters of the text and
 * compares it once, which for a text that was just received is less than a map's hash of all its characters. Where texts
 * keep taking each other's places there are twice as many from then on, up to the bound.
 */
export class TextMemo<V> {
  readonly #mostPlaces: number;
  #mask = 0;
  /** What chose the place of the text that has it: as a rule it tells that a text is another without looking at it. */
  #marks = new Int32Array(0);
  #texts: (string | undefined)[] = [];
  #values: (V | undefined)[] = [];
  /** Marks of texts that came once, and a number for each that found its place taken. Numbers keep nothing alive. */
  readonly #seen = new Int32Array(SEEN_ONCE);
  #turned = 0;
  /** So many texts lost their place since there are as many places as now. */
  #displaced = 0;

  /** Begins with so many places; both numbers are powers of two. */
  constructor(places: number, mostPlaces: number = places) {
    for (const one of [places, mostPlaces])
      if ((one & (one - 1)) !== 0) throw new RangeError(`${one} is no power of two`);
    this.#mostPlaces = mostPlaces;
    this.#layOut(places);
  }

  /** How many texts can be remembered as things are. */
  get places(): number {
    return this.#marks.length;
  }

  /** What is remembered for the text, or undefined. */
  get(text: string): V | undefined {
    const mark = markOf(text);
    const place = mark & this.#mask;
    return this.#marks[place] === mark && this.#texts[place] === text ? this.#values[place] : undefined;
  }

  set(text: string, value: V): void {
    if (text.length <= LONGEST_TEXT) this.#put(markOf(text), text, value);
  }

  /**
   * What is remembered for the text, else what is computed of it. That is remembered, unless it is undefined, once the text
   * comes back: to keep what never does costs more than to compute it.
   */
  getOrCompute(text: string, compute: (text: string) => V): V {
    if (text.length > LONGEST_TEXT) return compute(text);
    const mark = markOf(text);
    const place = mark & this.#mask;
    if (this.#marks[place] === mark && this.#texts[place] === text) return this.#values[place] as V;
    const value = compute(text);
    if (value !== undefined && this.#comesBack(mark)) this.#put(mark, text, value);
    return value;
  }

  /** Whether a text with this mark came before; if not, that is known from now on. */
  #comesBack(mark: number): boolean {
    const place = mark & (SEEN_ONCE - 1);
    const known = this.#seen[place];
    if (known === mark) {
      this.#seen[place] = 0;
      return true;
    }
    // Texts that come by turns and share a place would never be known if each took it from the other.
    if (known !== 0) this.#turned += 1;
    if (known === 0 || this.#turned % MAY_DISPLACE === 0) this.#seen[place] = mark;
    return false;
  }

  #put(mark: number, text: string, value: V): void {
    const holder = this.#texts[mark & this.#mask];
    if (holder !== undefined && holder !== text) this.#displace();
    const place = mark & this.#mask;
    this.#marks[place] = mark;
    this.#texts[place] = text;
    this.#values[place] = value;
  }

  #displace(): void {
    this.#displaced += 1;
    if (this.#displaced <= this.places / 2 || this.places >= this.#mostPlaces) return;
    const [marks, texts, values] = [this.#marks, this.#texts, this.#values];
    this.#layOut(marks.length * 2);
    for (const [index, text] of texts.entries()) {
      if (text !== undefined) this.#put(marks[index] as number, text, values[index] as V);
    }
  }

  #layOut(places: number): void {
    this.#mask = places - 1;
    this.#marks = new Int32Array(places);
    this.#texts = Array.from({ length: places }, () => undefined);
    this.#values = Array.from({ length: places }, () => undefined);
    this.#displaced = 0;
  }
}

/** A number that tells most texts apart: ids differ at their end or at their beginning, names of programs in between. */
function markOf(text: string): number {
  const { length } = text;
  const ends = Math.min(length, AT_EACH_END);
  let beginning = 0;
  let end = 0;
  for (let index = 0; index < ends; index += 1) {
    beginning = (beginning << 4) ^ text.charCodeAt(index);
    end = (end << 4) ^ text.charCodeAt(length - 1 - index);
  }
  let between = length;
  if (length > LONGEST_ID) {
    const step = Math.floor(length / THROUGHOUT);
    for (let index = step; index < length; index += step) {
      between = Math.imul(between, 31) + text.charCodeAt(index);
    }
  }
  const mark = Math.imul(beginning, 0x9e3779b1) ^ Math.imul(end, 0x85ebca6b) ^ Math.imul(between, 0xc2b2ae35);
  // The place is in the lowest bits, which a product has of the lowest bits alone.
  const mixed = Math.imul(mark ^ (mark >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
