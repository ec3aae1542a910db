import type { Request, Response } from 'express';
import type { Caller } from '../ports.ts';
import type { Turn } from './turn.ts';

/** What the middleware finds out about a request. */
export interface Exchange {
  readonly requestId: string;
  readonly traceId: string | undefined;
  /** Takes what is done for the request together with what is done for others that are ready. */
  readonly turn: Turn;
  /** Whether there is an answer, sent or about to be. */
  isAnswered?: boolean;
  /** Undefined on routes that are open to all. */
  caller?: Caller;
  /** On routes that are decided: `deadline authentication` passed before the caller was known. */
  authenticationExpired?: boolean;
  /** The parsed body, valid by the route's schema. */
  body?: unknown;
}

/** The exchange of a response; the first middleware puts it there. */
export function exchangeOf(response: Response): Exchange {
  return response.locals['exchange'] as Exchange;
}

export type Handler = (request: Request, response: Response) => void | Promise<void>;
