/** Why the database did not answer: all connections are in use; the pool was given up on; it cannot be reached; it took too long. */
export type UnavailableReason = 'busy' | 'open' | 'unreachable' | 'too_slow';

/** The database gave no answer within its time. Whoever asked may ask again; nothing is known of what they asked for. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
  readonly reason: UnavailableReason;

  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  /** Whether it speaks against the server. That others use all connections, or that a statement was too slow, does not. */
  get isFailure(): boolean {
    return this.reason === 'unreachable';
  }
}

/** SQLSTATEs of a server that cannot do its work: shutting down, out of resources, out of order. */
const SERVER_TROUBLE = /^(57P0[1-5]|53...|58...|XX...)$/;
/** The statement was cancelled: by `statement_timeout`, as nobody else here cancels any. */
const CANCELLED = '57014';

/**
 * What became of a statement that failed: the caller's own error stays what it is, and what says that the server is in
 * trouble, or that the connection is lost, becomes a `DatabaseUnavailable`.
 */
export function failureOf(error: unknown): Error {
  const { code, message } = error as { code?: unknown; message: string };
  if (typeof code === 'string' && isSqlState(code)) {
    if (code === CANCELLED)
      return new DatabaseUnavailable('too_slow', 'the statement took longer than its pool allows', {
        cause: error,
      });
    return SERVER_TROUBLE.test(code)
      ? new DatabaseUnavailable('unreachable', message, { cause: error })
      : (error as Error);
  }
  return new DatabaseUnavailable('unreachable', message, { cause: error });
}

/** Whether an error is an answer of the database: the connection that it came by is as good as before. */
export function isAnswer(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && isSqlState(code) && !SERVER_TROUBLE.test(code);
}

/** Five digits or capitals; the codes of Node, such as `EPIPE`, have no digit. */
function isSqlState(code: string): boolean {
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code);
}
