import type { PoolClient } from 'pg';
import type { DatabaseConfiguration, PoolSettings } from '../config/database-configuration.ts';
import { type Database, PURPOSES, type Purpose } from './database.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { createListener } from './listener.ts';
import { createPool, type Pool, readTogether, sessionOf } from './pool.ts';
import { type ReplicaWatch, watchReplica } from './replica-watch.ts';
import { scalePools } from './scale-pools.ts';
import type { ServerFacts } from './server-facts.ts';
import { inTransaction } from './transaction.ts';

/** Purposes that only read: what their own pool cannot do now, another may. */
const INSTEAD: Partial<Readonly<Record<Purpose, Purpose>>> = { analytics: 'read', read: 'auth' };

/** Purposes by whose connections several statements may be sent together. */
const PIPELINED: ReadonlySet<Purpose> = new Set(['auth', 'read']);

/** The connection that listens for notifications. */
const LISTENING = 1;

/** The bounds of the two connections that watch a replica. */
const WATCHING: PoolSettings = { min: 0, max: 1, acquire: 1_000, query: 1_000, idle: 60_000, failures: 3 };

/** A PostgreSQL behind six pools. Nothing is connected before it is used, but for probes. */
export function createPostgresDatabase(
  { readUrl, connections, pools: settings }: DatabaseConfiguration,
  url: string,
  { version, available }: ServerFacts,
): Database {
  const scaled = scalePools(
    settings,
    Math.min(connections, available) - LISTENING - (readUrl === undefined ? 0 : 1),
  );
  const pools = Object.fromEntries(
    PURPOSES.map((purpose) => [
      purpose,
      createPool(purpose, {
        url: purpose === 'read' ? (readUrl ?? url) : url,
        settings: scaled[purpose],
        isReadOnly: purpose in INSTEAD,
        isPipelined: PIPELINED.has(purpose),
      }),
    ]),
  ) as Record<Purpose, Pool>;
  const listener = createListener(url);
  const replica = readUrl === undefined ? undefined : openReplica(url, readUrl);

  /** Work that began may have had an effect, and is not repeated elsewhere: only what reads has an elsewhere. */
  const use = async <T>(purpose: Purpose, work: (client: PoolClient) => Promise<T>): Promise<T> => {
    if (purpose === 'read' && replica?.watch.isFresh() === false) return pools.auth.use(work);
    try {
      return await pools[purpose].use(work);
    } catch (error) {
      const instead = INSTEAD[purpose];
      const isGone =
        error instanceof DatabaseUnavailable && (error.reason === 'open' || error.reason === 'unreachable');
      if (instead === undefined || !isGone) throw error;
      return pools[instead].use(work);
    }
  };

  return {
    kind: 'postgresql',
    query: (purpose, statement) => use(purpose, (client) => sessionOf(client).query(statement)),
    session: (purpose, work) => use(purpose, (client) => work(sessionOf(client))),
    transaction: (purpose, work, options) =>
      use(purpose, (client) => inTransaction(sessionOf(client), work, options)),
    readTogether: (purpose, statements) => use(purpose, (client) => readTogether(client, statements)),
    listen: (channel, onMessage, onGap) => listener.listen(channel, onMessage, onGap),
    status: () => ({
      kind: 'postgresql',
      version,
      ...(replica === undefined ? {} : { replica: replica.watch.status() }),
      pools: Object.fromEntries(PURPOSES.map((purpose) => [purpose, pools[purpose].status()])),
    }),
    async close() {
      await listener.close();
      await replica?.close();
      await Promise.all(PURPOSES.map((purpose) => pools[purpose].close()));
    },
  };
}

/** A replica, watched through a connection of its own to either server, so that no load keeps the proof waiting. */
function openReplica(url: string, readUrl: string): { watch: ReplicaWatch; close: () => Promise<unknown> } {
  const pools = [url, readUrl].map((one) =>
    createPool('watch', { url: one, settings: WATCHING, isReadOnly: true }),
  ) as [Pool, Pool];
  const watch = watchReplica(...pools);
  return {
    watch,
    close() {
      watch.stop();
      return Promise.all(pools.map((one) => one.close()));
    },
  };
}
