/** Why a slice is not kept any more. */
export type WhyGone = 'evicted' | 'changed';

export interface Gone {
  readonly why: WhyGone;
  /** The number of the transaction that changed it. */
  readonly transaction?: bigint;
}

/** Remembers of the slices that went last why they did. */
export class GoneKeys {
  readonly #most: number;
  readonly #reasons = new Map<string, Gone>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Gone | undefined {
    return this.#reasons.get(key);
  }

  note(key: string, gone: Gone): void {
    this.#reasons.delete(key);
    this.#reasons.set(key, gone);
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
