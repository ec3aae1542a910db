/** A process of the trace, told by its parent what to do: one instance and what asks it, or whoever writes. */

import pg from 'pg';
import { keepRequestsYoung } from '../../src/server/keep-requests-young.ts';
import type { Statement } from '../../src/server/store/database.ts';
import { openPostgres } from '../../test/support/databases.ts';
import { loadReferenceBundle } from '../../test/support/reference-bundle.ts';
import { startInstance } from './cached-instance.ts';
import { readPopulation, trace } from './trace.ts';
import { Freezer, play, warm } from './trace-play.ts';
import type { Answers, Order, Orders, Say } from './trace-processes.ts';

type Doers = { readonly [Do in keyof Orders]?: (order: Orders[Do]) => Promise<Answers[Do]> };

/** Milliseconds between two times that it is said how much was asked. */
const TOLD = 20;

/** So many questions are under way at once, so that an instance has others to answer while some wait for what is loaded. */
const AT_ONCE = 64;
/** Instances only read: when others write is not their business. */
const NOBODY: Pick<Freezer, 'toggle' | 'since'> = { toggle: async () => {}, since: () => undefined };

let doers: Doers = { start };
const say = (said: Say): void => void process.send?.(said);

async function start({ role, url, redisUrl, suspended, seed }: Orders['start']): Promise<undefined> {
  const database = await openPostgres(url, { VELRO_DATABASE_CONNECTIONS: '30' });
  const population = await readPopulation(database);
  await database.close();
  if (role === 'writer') {
    // As little as it takes: whoever writes is no part of what is measured.
    const client = new pg.Client(url);
    await client.connect();
    const write = (_: unknown, { name = '', text, values = [] }: Statement): Promise<unknown> =>
      client.query({ name, text, values: [...values] });
    const freezer = new Freezer({ database: { query: write }, suspended });
    const events = trace(population, seed, 1);
    let writing = Promise.resolve();
    doers = {
      async write({ count }) {
        for (let one = 0; one < count; one += 1) {
          const { object } = events.next().value;
          writing = writing.then(() => freezer.toggle(object));
        }
        await writing;
      },
      async query(statement) {
        const answer = writing.then(() => write(undefined, statement));
        writing = answer.then(
          () => {},
          () => {},
        );
        await answer;
      },
      stop: () => client.end(),
    };
    return;
  }
  keepRequestsYoung();
  const { bundle } = loadReferenceBundle();
  const instance = await startInstance('l1+l2', { url, redisUrl, bundle });
  let asked = 0;
  const events = counted(trace(population, seed, 0), () => {
    asked += 1;
  });
  doers = {
    async warm({ count, at, of }) {
      const objects = population.objects.slice(0, count).filter((_, index) => index % of === at);
      await warm(instance, objects.toReversed());
    },
    async play({ count }) {
      asked = 0;
      const tell = (): void => {
        if (asked > 0) say({ asked });
        asked = 0;
      };
      const telling = setInterval(tell, TOLD);
      const before = process.cpuUsage();
      const { reads, milliseconds, bySource } = await play([instance], events, count, NOBODY, AT_ONCE);
      const { user, system } = process.cpuUsage(before);
      clearInterval(telling);
      tell();
      const hits = bySource.get('l1-hit') ?? 0;
      const shared = bySource.get('l2-hit') ?? 0;
      return { reads, milliseconds, hits, shared, processor: user + system };
    },
    stop: () => instance.close(),
  };
}

function* counted<T>(events: Generator<T, never>, count: () => void): Generator<T, never> {
  for (;;) {
    count();
    yield events.next().value;
  }
}

process.on('message', (order: Order) => {
  const doing = doers[order.do] as ((order: Order) => Promise<unknown>) | undefined;
  if (doing === undefined) throw new Error(`nobody does ${order.do} here`);
  doing(order).then(
    (answer) => say({ number: order.number, answer }),
    (error: unknown) => say({ number: order.number, failure: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
