import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FieldError, ProblemDocument } from '../server/http/problem.ts';
import type { ImportLine } from '../server/http/schemas/entity-schema.ts';
import { linesOf } from '../server/read-lines.ts';
import { apiKey, baseUrl, noServer, type RemoteOptions } from './remote.ts';
import { UsageError } from './usage-error.ts';

/** What came of an import: what is stored, and why not all of it is. */
export interface Imported {
  readonly stored: Omit<ImportLine, 'state' | 'problem'>;
  readonly problem?: { readonly detail: string; readonly errors?: readonly FieldError[] };
}

/** Tells how much of the file is sent and how many lines are stored. */
export type OnImport = (sent: number, size: number, lines: number) => void;

/** Sends a file of JSON Lines to a server and follows its answer. */
export async function importFile(
  path: string,
  options: RemoteOptions,
  onProgress: OnImport,
): Promise<Imported> {
  const size = await sizeOf(path);
  const url = new URL('/entities/bulk', baseUrl(options));
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${await apiKey(options)}`, 'content-type': 'application/x-ndjson' },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  let stored: Imported['stored'] = { lines: 0, created: 0, replaced: 0, deleted: 0 };
  let sent = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onProgress(sent, size, stored.lines);
      done(null, chunk);
    },
  });
  // A server that has seen enough answers before all is sent; its answer says why.
  const sending = pipeline(createReadStream(path), counted, request).catch(() => {});
  try {
    const response = await answered.catch((error: NodeJS.ErrnoException) => {
      throw noServer(url, error.code ?? error.message);
    });
    for await (const { text } of linesOf(response as AsyncIterable<Uint8Array>)) {
      const line = JSON.parse(text) as ImportLine | ProblemDocument;
      if (!('state' in line)) return refusal(line, stored, url);
      const { state, problem, ...counts } = line;
      stored = counts;
      onProgress(sent, size, stored.lines);
      if (state === 'done') return { stored };
      if (state === 'failed')
        return {
          stored,
          problem: {
            detail: problem?.detail ?? 'failed',
            ...(problem?.errors && { errors: problem.errors }),
          },
        };
    }
    return { stored, problem: { detail: lostText(stored.lines) } };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return { stored, problem: { detail: lostText(stored.lines) } };
  } finally {
    request.destroy();
    await sending;
  }
}

function lostText(lines: number): string {
  return `the answer ended too early: what stands up to line ${lines} is stored, perhaps a batch more`;
}

/** What is wrong with lines is a finding; everything else is how the command was called. */
function refusal(
  { status, code, detail, errors }: ProblemDocument,
  stored: Imported['stored'],
  url: URL,
): Imported {
  if (code === 'invalid_lines') return { stored, problem: { detail, ...(errors && { errors }) } };
  throw new UsageError(`${url.origin} answered ${status}: ${detail}`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
    throw new UsageError(`${path} is no file`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
}
