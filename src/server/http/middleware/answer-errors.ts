import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { exchangeOf } from '../exchange.ts';
import { Problem } from '../problem.ts';
import { sendProblem } from '../send-json.ts';

/** Answers a `Problem` as what it says; anything else is a bug, logged and answered without details. */
export function answerErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { requestId } = exchangeOf(response);
    if (error instanceof Problem) {
      const { code, message, errors, headers } = error;
      sendProblem(response, code, message, { requestId, errors, headers });
      return;
    }
    // Express reports addresses that it cannot decode as errors with a status.
    if (error instanceof URIError || (error as { status?: unknown } | null)?.status === 400) {
      sendProblem(response, 'not_found', 'the address cannot be decoded', { requestId });
      return;
    }
    log.error({ err: error, requestId }, 'internal error');
    sendProblem(response, 'internal_error', 'see the log of the server', { requestId });
  };
}
