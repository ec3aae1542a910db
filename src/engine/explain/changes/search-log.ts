import type { Unchangeable } from '../types.ts';

/** So much work, counted in combinations and values tried, is done before a search ends early. */
const MAXIMUM_STEPS = 60_000;
/** Of more parts that cannot be changed than these only the first are named. */
const MAXIMUM_REASONS = 8;

/** What a search has spent, and what it found that cannot be changed. */
export class SearchLog {
  #steps = 0;
  #endedEarly = false;
  #noted = 0;
  #condition: (() => string) | undefined;
  readonly #reasons = new Map<string, Unchangeable>();

  /** Whether something was left out for want of room or time. */
  get endedEarly(): boolean {
    return this.#endedEarly;
  }

  /** In the order in which they were found, each once. */
  get reasons(): readonly Unchangeable[] {
    return [...this.#reasons.values()].slice(0, MAXIMUM_REASONS);
  }

  /** How many parts were found that cannot be changed, each as often as it was found. */
  get noted(): number {
    return this.#noted;
  }

  /** Counts work; false once there was too much of it. */
  spend(steps: number): boolean {
    this.#steps += steps;
    if (this.#steps > MAXIMUM_STEPS) this.#endedEarly = true;
    return this.#steps <= MAXIMUM_STEPS;
  }

  /** Says that something was left out. */
  endEarly(): void {
    this.#endedEarly = true;
  }

  /** What is noted meanwhile is about this condition, unless it names another. */
  about<T>(condition: () => string, run: () => T): T {
    const before = this.#condition;
    this.#condition = condition;
    const result = run();
    this.#condition = before;
    return result;
  }

  note({ why, condition, text }: Unchangeable): void {
    this.#noted += 1;
    const reason = { why, condition: condition ?? this.#condition?.() ?? null, text };
    const key = `${why} ${text}`;
    if (!this.#reasons.has(key)) this.#reasons.set(key, reason);
  }
}
