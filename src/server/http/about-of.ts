import type { Response } from 'express';
import type { About } from '../decide/about.ts';
import { exchangeOf } from './exchange.ts';

/** Of whom and in which exchange the handlers ask. */
export function aboutOf(response: Response): About {
  const { requestId, traceId, caller } = exchangeOf(response);
  return { requestId, traceId, caller };
}
