/**
 * Remembers what was computed for the keys used of late, never more than twice `generation` of them. Forgetting is
 * free: when the young generation is full it becomes the old one, and the old one is dropped as a whole.
 */
export class BoundedMemo<K, V> {
  readonly #generation: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(generation: number) {
    this.#generation = generation;
  }

  /** What is remembered for the key, or undefined. */
  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Keys held, those in both generations counted twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
