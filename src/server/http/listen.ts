import { randomUUID } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StartError } from '../config/start-error.ts';
import { problemDocument } from './problem.ts';
import { PROBLEMS, type ProblemCode } from './problem-catalogue.ts';
import { mayTakeItsTime } from './slow-requests.ts';

/** An `import` of it would load everything that it exports, the client of the web among it. */
const { createServer } = process.getBuiltinModule('node:http');

/** A server that takes connections. */
export interface Listening {
  readonly server: Server;
  /** Where it is, as people open it: `http://127.0.0.1:3010`. */
  readonly url: string;
}

/** Headers must be here after so many milliseconds, … */
const HEADERS_TIMEOUT = 10_000;
/** … and the whole request after so many. */
const REQUEST_TIMEOUT = 30_000;
/** How often it is looked for those that take longer. */
const TIMEOUT_SWEEP = 5_000;
/** An idle connection is kept so long: longer than what balancers do, so that they are the ones to close. */
const KEEP_ALIVE_TIMEOUT = 65_000;

/** Listens on a host and a port (0 for any); throws a `StartError` when that is not possible. */
export async function listen(listener: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: TIMEOUT_SWEEP,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      // It is required all the same, and what lacks it is told so in a problem document.
      requireHostHeader: false,
    },
    listener,
  );
  server.on('clientError', answerClientError);
  // An expectation that is not known is ignored: the request is answered like any other, and not with an empty 417.
  server.on('checkExpectation', listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(startErrorOf(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  const address = server.address() as AddressInfo;
  return { server, url: `http://${hostInUrl(address)}:${address.port}` };
}

/** What is no HTTP, or came too slowly: nothing behind it can answer, so it is answered here. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Told once a request, and nothing else happens to it.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && mayTakeItsTime(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = codeOf(error);
  const { status } = PROBLEMS[code];
  const requestId = randomUUID();
  const body = JSON.stringify(
    problemDocument(code, DETAILS[code] ?? 'the request cannot be read', requestId),
  );
  socket.end(
    [
      `HTTP/1.1 ${status} ${REASONS[status] ?? ''}`,
      'Content-Type: application/problem+json',
      `X-Request-ID: ${requestId}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function codeOf({ code }: NodeJS.ErrnoException): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'malformed_http';
}

const DETAILS: Partial<Readonly<Record<ProblemCode, string>>> = {
  headers_too_large: 'headers may have 16 KiB',
  request_timeout: `headers must be here after ${HEADERS_TIMEOUT / 1_000} seconds, a request after ${REQUEST_TIMEOUT / 1_000}`,
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function hostInUrl({ address, family }: AddressInfo): string {
  // Who listens on all addresses is reached on this one.
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return family === 'IPv6' ? `[${address}]` : address;
}

function startErrorOf(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(`port ${port} on ${host} is taken; choose another one with PORT`);
    case 'EACCES':
      return new StartError(`port ${port} may not be used; choose one from 1024 on with PORT`);
    default:
      return new StartError(`cannot listen on ${host}:${port}: ${error.code ?? error.message}`);
  }
}
