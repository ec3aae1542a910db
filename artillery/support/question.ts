export const KINDS = ['permit', 'denial', 'limited', 'malformed', 'keyless'] as const;
export type Kind = (typeof KINDS)[number];

/** A request to `POST /decide`, and what its answer has to be. */
export interface Question {
  readonly kind: Kind;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly judge: (answer: Answer) => Judgement;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/**
 * `late` is the denial of a question whose time ran out on a busy machine: it is never wrong, and tells nothing about the
 * policy. A `server_error` is a 5xx: no verdict at all.
 */
export type Outcome = 'right' | 'late' | 'wrong' | 'server_error';

export interface Judgement {
  readonly outcome: Outcome;
  /** Of the case that was tried, such as `permit.ada-updates-her-generation`. */
  readonly name: string;
  /** What was expected and what came instead; only of what is wrong or a server error. */
  readonly complaint?: string;
}
