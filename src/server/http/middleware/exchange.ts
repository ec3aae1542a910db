import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Exchange } from '../exchange.ts';
import { Problem } from '../problem.ts';
import { traceIdOf } from '../trace-context.ts';
import type { Turn } from '../turn.ts';

/** Printable ASCII, at most 128 characters. Anything else is replaced: it would end up in logs. */
const REQUEST_ID = /^[\x20-\x7e]{1,128}$/;

/** Gives every request its id: the caller's, if it sent a usable one. Every answer says it. */
export function beginExchange(isFinishing: () => boolean, turn: Turn): RequestHandler {
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    const exchange: Exchange = {
      requestId,
      traceId: traceIdOf(traceparentOf(request.headers['traceparent'])),
      turn,
    };
    response.locals['exchange'] = exchange;
    // The next request of this connection belongs to a server that stays.
    if (isFinishing()) response.setHeader('Connection', 'close');
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      throw new Problem('malformed_http', 'the header `Host` is missing');
    }
    next();
  };
}

function traceparentOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
