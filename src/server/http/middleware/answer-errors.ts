import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { PolicyRefusal } from '../../policies/policy-refusal.ts';
import { DatabaseUnavailable, type UnavailableReason } from '../../store/database-unavailable.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { exchangeOf } from '../exchange.ts';
import { Problem } from '../problem.ts';
import { sendProblem } from '../send-json.ts';

const DETAILS: Readonly<Record<UnavailableReason, string>> = {
  busy: 'all connections that this request may use are in use',
  open: 'the database failed several times in a row and is given time',
  unreachable: 'the connection to the database was lost or could not be made',
  too_slow: 'the database took longer than this request may take',
};

/** Answers a `Problem` as what it says and a database that does not answer as a 503; anything else is a bug, logged and answered without details. */
export function answerErrors(log: Logger, metrics: Metrics): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const { requestId, isAnswered } = exchangeOf(response);
    if (response.headersSent || isAnswered === true) {
      log.error({ err: error, requestId }, 'internal error in an answer');
      response.destroy();
      return;
    }
    const { code, message, errors, findings, headers } = problemOf(error);
    if (error instanceof DatabaseUnavailable) log.warn({ err: error, requestId }, 'database unavailable');
    else if (code === 'internal_error') log.error({ err: error, requestId }, 'internal error');
    metrics.refused(code);
    sendProblem(response, code, message, { requestId, errors, findings, headers });
  };
}

/** What a caller is told of an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof PolicyRefusal) {
    const { code, message, findings } = error;
    return new Problem(code, message, findings.length === 0 ? {} : { findings });
  }
  if (error instanceof DatabaseUnavailable) {
    return new Problem('database_unavailable', DETAILS[error.reason], { headers: { 'Retry-After': '1' } });
  }
  // Express reports addresses that it cannot decode as errors with a status.
  if (error instanceof URIError || (error as { status?: unknown } | null)?.status === 400) {
    return new Problem('not_found', 'the address cannot be decoded');
  }
  return new Problem('internal_error', 'see the log of the server');
}
