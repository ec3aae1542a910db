import { PROBLEMS, type ProblemCode } from './problem-catalogue.ts';
import type { PolicyFinding } from './schemas/policy-schema.ts';

/** What is wrong with one place in a request. */
export interface FieldError {
  /** JSON pointer (RFC 6901) of the place, '' for the whole body. */
  readonly pointer: string;
  readonly message: string;
  /** Of JSON Lines: in which line the place is, from 1. */
  readonly line?: number;
}

/** Thrown by middleware and handlers to answer with a problem document. It is no bug, and its text is for the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly findings: readonly PolicyFinding[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      readonly errors?: readonly FieldError[];
      readonly findings?: readonly PolicyFinding[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = options.errors;
    this.findings = options.findings;
    this.headers = options.headers ?? {};
  }
}

/** A problem document (RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
  /** What is wrong with policies. */
  readonly findings?: readonly PolicyFinding[];
}

export function problemDocument(
  code: ProblemCode,
  detail: string,
  requestId: string | undefined,
  errors?: readonly FieldError[],
  findings?: readonly PolicyFinding[],
): ProblemDocument {
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:velro:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors === undefined ? {} : { errors }),
    ...(findings === undefined ? {} : { findings }),
  };
}
