import { judgeAnswer } from './judge-answer.ts';
import type { Answer, Judgement } from './question.ts';

/** `limits.api` on the plan *free*, as layer 10 has it; a test holds the two equal. */
export const FREE_PLAN = { count: 10, per: 60_000, burst: 20 } as const;
/** A hasty user asks so often at most, below the limit for one object. */
const ASKED_AT_MOST = 60;

/**
 * Somebody on the plan *free* who goes on asking, one question at a time, for what they may see, until the limit stops them.
 * What has to be answered follows from the bucket: the first `burst` questions are permitted, and never more are than the
 * bucket held and was refilled with.
 */
export class HastyUser {
  readonly #name: string;
  #asked = 0;
  #permitted = 0;
  #firstAskedAt = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Whether there is another question to ask. */
  get isDone(): boolean {
    return this.#asked >= ASKED_AT_MOST;
  }

  /** Counts a question; returns what judges its answer. */
  ask(requestId: string, askedAt: number): (answer: Answer, answeredAt: number) => Judgement {
    if (this.#asked === 0) this.#firstAskedAt = askedAt;
    this.#asked += 1;
    const nth = this.#asked;
    return (answer, answeredAt) => this.#judge(nth, requestId, answer, answeredAt);
  }

  #judge(nth: number, requestId: string, answer: Answer, answeredAt: number): Judgement {
    const permit = judgeAnswer(
      `${this.#name}-within-the-limit`,
      { decision: true, code: 'permitted' },
      requestId,
      answer,
    );
    if (permit.outcome === 'right') return this.#judgePermit(permit, answeredAt);
    const isStillFull = nth <= FREE_PLAN.burst;
    if (permit.outcome !== 'wrong' || isStillFull) return permit;

    const denial = judgeAnswer(
      `${this.#name}-over-the-limit`,
      { decision: false, code: 'limit_exceeded', cause: 'limits.api' },
      requestId,
      answer,
    );
    if (denial.outcome !== 'right') return denial;
    const { retryAfter } = denial.context;
    const longest = Math.ceil(FREE_PLAN.per / FREE_PLAN.count / 1000);
    if (Number.isSafeInteger(retryAfter) && Number(retryAfter) >= 1 && Number(retryAfter) <= longest)
      return denial;
    const complaint = `expected retryAfter from 1 to ${longest}, got ${JSON.stringify(retryAfter)}`;
    return { outcome: 'wrong', name: denial.name, complaint };
  }

  #judgePermit(permit: Judgement, answeredAt: number): Judgement {
    this.#permitted += 1;
    const { count, per, burst } = FREE_PLAN;
    const most = burst + Math.floor((count * (answeredAt - this.#firstAskedAt)) / per);
    if (this.#permitted <= most) return permit;
    const complaint = `expected at most ${most} permits by now, got ${this.#permitted}`;
    return { outcome: 'wrong', name: permit.name, complaint };
  }
}
