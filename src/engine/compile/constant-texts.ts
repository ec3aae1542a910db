import type { Key } from '../../dsl/types/values.ts';

const MASK = 255;

/**
 * A set of texts that is asked about many others. Of most that are not in it a look at their length and ends says so, which
 * spares a hash of all their characters.
 */
export class ConstantTexts {
  readonly #texts: ReadonlySet<Key>;
  readonly #mayBe = new Uint8Array(MASK + 1);

  constructor(texts: ReadonlySet<string>) {
    this.#texts = texts;
    for (const text of texts) this.#mayBe[markOf(text)] = 1;
  }

  has(text: string): boolean {
    return this.#mayBe[markOf(text)] === 1 && this.#texts.has(text);
  }
}

/** The empty text has no code at its ends, which counts as 0. */
function markOf(text: string): number {
  const { length } = text;
  return (length + text.charCodeAt(0) * 31 + text.charCodeAt(length - 1) * 17) & MASK;
}
