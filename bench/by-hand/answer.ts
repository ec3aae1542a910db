/** What the function by hand answers: the part of a verdict that a service acts on. */
export interface Answer {
  readonly permitted: boolean;
  readonly code: string;
  readonly reason: string;
  /** `layer.rule` of the rule that forbids. */
  readonly cause: string | undefined;
  /** The required claim that nothing establishes. */
  readonly claim: string | undefined;
  readonly advice: string | undefined;
}

/** A denial by a rule; they are all made once. */
export function forbid(cause: string, reason: string, advice?: string): Answer {
  return Object.freeze({ permitted: false, code: 'forbidden', reason, cause, claim: undefined, advice });
}

export function exceed(cause: string, reason: string): Answer {
  return Object.freeze({
    permitted: false,
    code: 'limit_exceeded',
    reason,
    cause,
    claim: undefined,
    advice: 'slow_down',
  });
}

/** A denial before any rule. */
export function refuse(code: string): Answer {
  return Object.freeze({
    permitted: false,
    code,
    reason: code,
    cause: undefined,
    claim: undefined,
    advice: undefined,
  });
}

export function lack(claim: string): Answer {
  return Object.freeze({
    permitted: false,
    code: 'claim_missing',
    reason: `nothing establishes ${claim}`,
    cause: undefined,
    claim,
    advice: undefined,
  });
}

export function permit(reason: string): Answer {
  return {
    permitted: true,
    code: 'permitted',
    reason,
    cause: undefined,
    claim: undefined,
    advice: undefined,
  };
}
