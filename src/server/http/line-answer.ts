import { once } from 'node:events';
import type { Response } from 'express';
import { EXPIRED, within } from '../decide/deadline.ts';
import { PATIENCE } from './body-chunks.ts';
import { exchangeOf } from './exchange.ts';
import { SECURITY_HEADERS } from './send-json.ts';

export const JSON_LINES = 'application/x-ndjson';

/** An answer of JSON Lines that begins with its first line. Each resolves once there is room for the next. */
export interface LineAnswer {
  readonly hasBegun: boolean;
  write(line: object): Promise<void>;
  end(): void;
}

export function lineAnswer(response: Response): LineAnswer {
  let hasBegun = false;
  return {
    get hasBegun() {
      return hasBegun;
    },
    async write(line) {
      if (!hasBegun) {
        hasBegun = true;
        response.writeHead(200, {
          'X-Request-ID': exchangeOf(response).requestId,
          'Content-Type': JSON_LINES,
          // Its client may go on sending what nobody reads any more.
          Connection: 'close',
          ...SECURITY_HEADERS,
        });
      }
      if (response.write(`${JSON.stringify(line)}\n`)) return;
      const drained = await within(
        Promise.race([once(response, 'drain'), once(response, 'close')]),
        PATIENCE,
      );
      // Nobody reads it.
      if (drained === EXPIRED) response.destroy();
    },
    end: () => void response.end(),
  };
}
