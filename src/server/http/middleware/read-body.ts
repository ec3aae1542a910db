import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { TSchema } from 'typebox';
import { exchangeOf } from '../exchange.ts';
import { parseBody } from '../parse-body.ts';
import { Problem } from '../problem.ts';
import { createValidator } from '../validator.ts';

/** A body has at most so many bytes, unless its route says otherwise. */
export const MAXIMUM_BODY = 64 * 1024;
/** So much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const MAXIMUM_DISCARDED = 1024 * 1024;

/** Reads the JSON body of a request and checks it by a schema, compiled here. */
export function readBody(schema: TSchema, maximum = MAXIMUM_BODY): RequestHandler {
  const validate = createValidator(schema);
  const read = (bytes: Buffer): unknown => {
    const body = parseBody(bytes);
    const errors = validate(body);
    if (errors === undefined) return body;
    throw new Problem('invalid_request', 'the body does not have the required form; see `errors`', {
      errors,
    });
  };
  return (request, response, next) => {
    const exchange = exchangeOf(response);
    if (exchange.authenticationExpired) return next();
    checkHeaders(request);
    const goOn = (outcome: Buffer | Problem): void => {
      // Nobody above an event catches what is thrown here.
      try {
        if (outcome instanceof Problem) throw outcome;
        exchange.body = read(outcome);
      } catch (error) {
        return next(error);
      }
      next();
    };
    readBytes(request, maximum, (outcome) => exchange.turn(() => goOn(outcome)));
  };
}

/** Content negotiation as far as we go: JSON in UTF-8, not compressed. */
function checkHeaders({ headers }: IncomingMessage): void {
  // How nearly everybody says it.
  if (headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined) return;
  const type = /^\s*([^;]*?)\s*(?:;(.*))?$/s.exec(headers['content-type'] ?? '');
  if (type?.[1]?.toLowerCase() !== 'application/json') {
    throw new Problem('unsupported_content_type', 'send `Content-Type: application/json`');
  }
  const charset = /(?:^|;)\s*charset\s*=\s*"?([^";\s]*)/i.exec(type[2] ?? '')?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new Problem('unsupported_content_type', 'JSON is UTF-8; send no other charset');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_content_encoding', 'send the body as it is', {
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
}

/** Calls back once: with the whole body, or with why there is none. */
function readBytes(
  request: IncomingMessage,
  maximum: number,
  callback: (outcome: Buffer | Problem) => void,
): void {
  const discarded = Math.max(maximum, MAXIMUM_DISCARDED);
  const chunks: Buffer[] = [];
  let size = 0;
  let finished = false;
  const finish = (outcome: Buffer | Problem): void => {
    if (finished) return;
    finished = true;
    callback(outcome);
  };
  const tooLarge = (headers: Readonly<Record<string, string>> = {}): Problem =>
    new Problem('body_too_large', `a body may have ${maximum} bytes`, { headers });
  const refuse = (): void => {
    request.off('data', onData);
    finish(tooLarge({ Connection: 'close' }));
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > discarded) refuse();
    else if (size <= maximum) chunks.push(chunk);
  };
  const onEnd = (): void => {
    const [first] = chunks;
    if (size > maximum) finish(tooLarge());
    else finish(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, size));
  };
  // The caller is gone: nobody reads the answer, but whoever waits here must go on.
  const onGone = (): void => {
    if (!finished) finish(new Problem('malformed_http', 'the body ended too early'));
  };
  request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  if (Number(request.headers['content-length'] ?? 0) > discarded) refuse();
}
