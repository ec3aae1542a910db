import type { Response } from 'express';
import { exchangeOf } from './exchange.ts';
import { type FieldError, problemDocument } from './problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';
import { PROBLEMS } from './problem-catalogue.ts';
import type { PolicyFinding } from './schemas/policy-schema.ts';

/** On every answer: it is JSON for programs, never a page, and nobody may keep it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const SECURITY_LINES = Object.entries(SECURITY_HEADERS).flat();

/**
 * Answers with JSON once the others that are ready have their answers too, in one write: headers as a flat list and a body
 * that is text are the ways to that.
 */
export function sendJson(
  response: Response,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  contentType = 'application/json',
): void {
  sendText(response, status, JSON.stringify(body), contentType, headers);
}

/** Answers with text of a type. */
export function sendText(
  response: Response,
  status: number,
  text: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const exchange = exchangeOf(response);
  const lines = [
    'X-Request-ID',
    exchange.requestId,
    'Content-Type',
    contentType,
    'Content-Length',
    String(Buffer.byteLength(text)),
    ...SECURITY_LINES,
  ];
  for (const name of Object.keys(headers)) lines.push(name, headers[name] as string);
  exchange.isAnswered = true;
  exchange.turn(() => {
    if (!response.headersSent) response.writeHead(status, lines).end(text);
  });
}

/** Answers with a problem document. */
export function sendProblem(
  response: Response,
  code: ProblemCode,
  detail: string,
  options: {
    readonly requestId?: string | undefined;
    readonly errors?: readonly FieldError[] | undefined;
    readonly findings?: readonly PolicyFinding[] | undefined;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): void {
  const document = problemDocument(code, detail, options.requestId, options.errors, options.findings);
  sendJson(response, PROBLEMS[code].status, document, options.headers, 'application/problem+json');
}
