import type { Verdict } from '../../src/engine/decide/types.ts';
import type { Answer } from '../by-hand/answer.ts';

/** The part of a verdict that the function by hand answers too. */
export function answerOfVerdict(verdict: Verdict): Answer {
  const { permitted, code, reason, cause, claim, advice } = verdict;
  return {
    permitted,
    code,
    reason,
    cause: cause && `${cause.layer}.${cause.rule}`,
    claim,
    advice: advice?.name,
  };
}

/** Throws, with the question, when two ways to answer it differ. */
export function requireSame(question: unknown, velro: unknown, other: unknown): void {
  const [one, two] = [JSON.stringify(velro), JSON.stringify(other)];
  if (one !== two) {
    throw new Error(
      `the answers differ, so nothing is measured\nquestion ${JSON.stringify(question)}\nvelro    ${one}\nother    ${two}`,
    );
  }
}
