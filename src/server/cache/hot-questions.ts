import type { Triple } from '../../dsl/check/bundle.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';

/** A question by its names alone, whatever bundle answers it. */
export interface HotQuestion {
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly resource: { readonly type: string; readonly id: string };
}

/** A question and how much it was asked of late. */
export interface Heat {
  readonly question: HotQuestion;
  heat: number;
}

/** One question out of so many is counted: those that are asked most are found as well. */
const SAMPLED = 4;
/** What was asked no more is forgotten when all cools down. */
const LEAST = 0.5;
/** While hardly anything is forgotten, so much of what is new is passed over before that is tried again. */
const PATIENCE = 1 / 4;

/** Counts how often questions are asked, of a bounded number of them. */
export class HotQuestions {
  readonly #most: number;
  readonly #heats = new Map<string, Heat>();
  #turn = 0;
  #passedOver = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#heats.size;
  }

  /** A question was answered by kept facts. */
  note({ action }: Triple, { subject, resource }: Pick<PreparedRequest, 'subject' | 'resource'>): void {
    this.#turn = (this.#turn + 1) % SAMPLED;
    if (this.#turn !== 0) return;
    const key = `${action}|${subject.key}|${resource.key}`;
    const known = this.#heats.get(key);
    if (known !== undefined) {
      known.heat += 1;
      return;
    }
    if (!this.#hasRoom()) return;
    const question = {
      action,
      subject: { type: subject.type, id: subject.id },
      resource: { type: resource.type, id: resource.id },
    };
    this.#heats.set(key, { question, heat: 1 });
  }

  /** What was known before this process began. */
  learn(heats: readonly Heat[]): void {
    for (const { question, heat } of heats) {
      const key = keyOf(question);
      const known = this.#heats.get(key);
      if (known !== undefined) known.heat += heat;
      else if (this.#heats.size < this.#most) this.#heats.set(key, { question, heat });
    }
  }

  forget(question: HotQuestion): void {
    this.#heats.delete(keyOf(question));
  }

  /** Those that were asked most, the hottest first. */
  top(count: number): readonly Heat[] {
    return [...this.#heats.values()].toSorted((one, other) => other.heat - one.heat).slice(0, count);
  }

  /** Time passes: what was asked once counts for less. */
  cool(factor: number): void {
    for (const [key, one] of this.#heats) {
      one.heat *= factor;
      if (one.heat <= LEAST) this.#heats.delete(key);
    }
  }

  #hasRoom(): boolean {
    if (this.#heats.size < this.#most) return true;
    this.#passedOver += 1;
    if (this.#passedOver < this.#most * PATIENCE) return false;
    this.#passedOver = 0;
    this.cool(1 / 2);
    return this.#heats.size < this.#most;
  }
}

function keyOf({ action, subject, resource }: HotQuestion): string {
  return `${action}|${subject.type}:${subject.id}|${resource.type}:${resource.id}`;
}
