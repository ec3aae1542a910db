import type { Answer, Judgement } from './question.ts';

/** What an answer has to be: a decision with its cause, or a problem. */
export type Expected = ExpectedDecision | ExpectedProblem;

export interface ExpectedDecision {
  readonly decision: boolean;
  readonly code: string;
  /** Of the rule or limit that denied, as `layer.rule`. */
  readonly cause?: string | undefined;
  /** The claim that nobody established. */
  readonly claim?: string | undefined;
}

export interface ExpectedProblem {
  readonly status: number;
  readonly problem: string;
}

interface Body {
  readonly decision?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly requestId?: unknown;
}

/** Compares an answer with the expected one, its id with that of the request. */
export function judgeAnswer(
  name: string,
  expected: Expected,
  requestId: string,
  answer: Answer,
): Judgement & { readonly context: Readonly<Record<string, unknown>> } {
  const body = bodyOf(answer);
  const context = body?.context ?? {};
  const found = body === undefined ? 'no JSON object' : summaryOf(answer, body);
  const complain = (what: string) => `expected ${what}, got ${found}`;
  if (answer.status >= 500) {
    return { outcome: 'server_error', name, context, complaint: complain(spell(expected)) };
  }
  if (answer.headers['x-request-id'] !== requestId) {
    const id = answer.headers['x-request-id'] ?? 'none';
    return { outcome: 'wrong', name, context, complaint: complain(`the request's id, not ${id}`) };
  }
  if ('decision' in expected && isLate(answer, body)) return { outcome: 'late', name, context };
  const isRight =
    'decision' in expected
      ? isDecision(expected, answer, body)
      : isProblem(expected, requestId, answer, body);
  if (isRight) return { outcome: 'right', name, context };
  return { outcome: 'wrong', name, context, complaint: complain(spell(expected)) };
}

function bodyOf({ body }: Answer): Body | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The code alone is not enough: a permit that calls itself late would be a permit. */
function isLate({ status }: Answer, body: Body | undefined): boolean {
  return status === 200 && body?.decision === false && body.context?.['code'] === 'deadline_exceeded';
}

function isDecision(
  expected: ExpectedDecision,
  { status, headers }: Answer,
  body: Body | undefined,
): boolean {
  const context = body?.context ?? {};
  return (
    status === 200 &&
    mediaTypeOf(headers) === 'application/json' &&
    body?.decision === expected.decision &&
    context['code'] === expected.code &&
    causeOf(context) === expected.cause &&
    context['claim'] === expected.claim
  );
}

function isProblem(
  expected: ExpectedProblem,
  requestId: string,
  { status, headers }: Answer,
  body: Body | undefined,
): boolean {
  return (
    status === expected.status &&
    mediaTypeOf(headers) === 'application/problem+json' &&
    body?.status === expected.status &&
    body.code === expected.problem &&
    body.requestId === requestId &&
    !('decision' in body)
  );
}

function mediaTypeOf(headers: Answer['headers']): string | undefined {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

function causeOf({ layer, rule }: Readonly<Record<string, unknown>>): string | undefined {
  return layer === undefined && rule === undefined ? undefined : `${String(layer)}.${String(rule)}`;
}

function spell(expected: Expected): string {
  if ('problem' in expected) return `${expected.status} ${expected.problem}`;
  return decisionText(expected.decision, expected.code, expected.cause ?? expected.claim);
}

function summaryOf({ status }: Answer, { decision, context = {}, code }: Body): string {
  if (decision === undefined) return `${status} ${String(code)}`;
  const claim = context['claim'] as string | undefined;
  const text = decisionText(decision, String(context['code']), causeOf(context) ?? claim);
  return status === 200 ? text : `${status} with ${text}`;
}

function decisionText(decision: unknown, code: string, why: string | undefined): string {
  return `${decision === true ? 'a permit' : 'a denial'} (${[code, why].filter(Boolean).join(' ')})`;
}
