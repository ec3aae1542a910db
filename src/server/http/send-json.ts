import type { ServerResponse } from 'node:http';
import { type FieldError, problemDocument } from './problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';
import { PROBLEMS } from './problem-catalogue.ts';

/** On every answer: it is JSON for programs, never a page, and nobody may keep it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Answers with JSON. Headers set before stay. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  contentType = 'application/json',
): void {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': bytes.length,
    ...SECURITY_HEADERS,
    ...headers,
  });
  response.end(bytes);
}

/** Answers with a problem document. */
export function sendProblem(
  response: ServerResponse,
  code: ProblemCode,
  detail: string,
  options: {
    readonly requestId?: string | undefined;
    readonly errors?: readonly FieldError[] | undefined;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): void {
  const document = problemDocument(code, detail, options.requestId, options.errors);
  sendJson(response, PROBLEMS[code].status, document, options.headers, 'application/problem+json');
}
