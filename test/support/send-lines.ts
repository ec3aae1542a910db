import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { linesOf } from '../../src/server/read-lines.ts';
import type { TestServer } from './test-server.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
type Json = any;

/** A `POST /entities/bulk` whose lines are sent one by one while its answer is read. */
export interface LineSender {
  readonly request: ClientRequest;
  /** Resolves once there is room for more. */
  send(text: string): Promise<void>;
  end(): void;
  /** The answer's status, and its lines as they come. */
  readonly answer: Promise<{ readonly status: number; readonly lines: AsyncGenerator<Json> }>;
}

export function sendLines(server: TestServer, headers: Readonly<Record<string, string>> = {}): LineSender {
  const request = httpRequest(`${server.running.url}/entities/bulk`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.key}`,
      'content-type': 'application/x-ndjson',
      ...headers,
    },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
  }).then((response) => ({ status: response.statusCode ?? 0, lines: parsed(response) }));
  answer.catch(() => {});
  return {
    request,
    send: (text) =>
      new Promise((resolve) => {
        if (request.write(text)) resolve();
        else request.once('drain', resolve);
      }),
    end: () => void request.end(),
    answer,
  };
}

async function* parsed(response: IncomingMessage): AsyncGenerator<Json> {
  for await (const { text } of linesOf(response as AsyncIterable<Uint8Array>)) yield JSON.parse(text);
}

/** Sends all lines and reads all of the answer. */
export async function importText(
  server: TestServer,
  text: string,
  headers?: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly lines: readonly Json[] }> {
  const sender = sendLines(server, headers);
  void sender.send(text).then(() => sender.end());
  const { status, lines } = await sender.answer;
  const all: Json[] = [];
  for await (const line of lines) all.push(line);
  return { status, lines: all };
}
