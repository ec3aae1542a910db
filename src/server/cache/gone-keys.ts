/** Why a slice is not kept any more. */
export type WhyGone = 'evicted' | 'changed';

/** Remembers of the slices that went last why they did. */
export class GoneKeys {
  readonly #most: number;
  readonly #reasons = new Map<string, WhyGone>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): WhyGone | undefined {
    return this.#reasons.get(key);
  }

  note(key: string, reason: WhyGone): void {
    this.#reasons.delete(key);
    this.#reasons.set(key, reason);
    if (this.#reasons.size <= this.#most) return;
    const [oldest] = this.#reasons.keys();
    if (oldest !== undefined) this.#reasons.delete(oldest);
  }

  forget(key: string): void {
    this.#reasons.delete(key);
  }

  clear(): void {
    this.#reasons.clear();
  }
}
