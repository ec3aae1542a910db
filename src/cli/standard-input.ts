import { decodeUtf8 } from '../server/decode-utf8.ts';
import { UsageError } from './usage-error.ts';

/** The most that a command reads from standard input, in bytes. */
const MAXIMUM_BYTES = 16 * 1024 * 1024;

/** All of standard input as UTF-8; more than 16 MiB is refused. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_BYTES) throw new UsageError('standard input is larger than 16 MiB');
    chunks.push(chunk);
  }
  const text = decodeUtf8(Buffer.concat(chunks));
  if (typeof text === 'string') return text;
  throw new UsageError(`standard input is not UTF-8: see byte ${text.offset + 1}`);
}
