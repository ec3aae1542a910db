// The process that asks. It stays, so that its own code is warm; told what to ask by its parent.
import { createRequire } from 'node:module';

/** Asks as fast as the answers come, over so many connections. */
export interface LoadOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly connections: number;
  /** A text that every answer must hold. */
  readonly expected: string;
  readonly seconds?: number;
  /** So many requests, instead of so many seconds. */
  readonly amount?: number;
}

export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  /** Answers that were no 200 or did not hold the text, and requests without an answer. */
  readonly wrong: number;
}

interface Client {
  setRequests(requests: readonly object[]): void;
}
interface Report {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly mismatches: number;
  readonly duration: number;
}
const autocannon = createRequire(import.meta.url)('autocannon') as (options: object) => Promise<Report>;

async function load(order: LoadOrder): Promise<LoadResult> {
  const { url, headers, bodies, connections, expected, seconds, amount } = order;
  const path = new URL(url).pathname;
  const requests = bodies.map((body) => ({ method: 'POST', path, headers, body }));
  const share = Math.ceil(requests.length / connections);
  let first = 0;
  const report = await autocannon({
    url,
    connections,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    setupClient(client: Client) {
      client.setRequests(requests.slice(first, first + share));
      first += share;
    },
    verifyBody: (body: Buffer | string) => body.includes(expected),
  });
  return {
    answered: report['2xx'],
    seconds: report.duration,
    wrong: report.non2xx + report.errors + report.timeouts + report.mismatches,
  };
}

process.on('message', (order: LoadOrder) => {
  load(order).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
