import type { IncomingMessage } from 'node:http';
import { EXPIRED, within } from '../decide/deadline.ts';
import { Problem } from './problem.ts';

/** The body of a request as it comes. No more of it is taken from the connection than is asked for. */
export interface BodyChunks {
  /** Throws a `Problem` when nothing comes for too long; rejects when the client is gone. */
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Reads and throws away what is left, up to so many bytes, so that its sender gets to read the answer. */
  discard(most: number): Promise<void>;
}

/** Whoever sends nothing for so many milliseconds while it is their turn is given up on. */
export const PATIENCE = 30_000;

export function bodyChunks(request: IncomingMessage, patience = PATIENCE): BodyChunks {
  // Not iterated over directly: whoever leaves such a loop early cuts the connection.
  const iterator = request[Symbol.asyncIterator]();
  const next = async (): Promise<Uint8Array | undefined> => {
    const found = await within(iterator.next(), patience);
    if (found === EXPIRED)
      throw new Problem('request_timeout', `nothing came for ${patience / 1_000} seconds`, {
        headers: { Connection: 'close' },
      });
    return found.done === true ? undefined : (found.value as Uint8Array);
  };
  async function* read(): AsyncGenerator<Uint8Array> {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
  }
  return {
    chunks: read(),
    async discard(most) {
      let size = 0;
      for (let chunk = await next(); chunk !== undefined && size < most; chunk = await next())
        size += chunk.length;
    },
  };
}
