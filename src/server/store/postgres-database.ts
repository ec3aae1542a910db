import type { PoolClient } from 'pg';
import type { DatabaseConfiguration } from '../config/database-configuration.ts';
import { type Database, PURPOSES, type Purpose } from './database.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { createListener } from './listener.ts';
import { createPool, type Pool, sessionOf } from './pool.ts';
import { scalePools } from './scale-pools.ts';
import type { ServerFacts } from './server-facts.ts';
import { inTransaction } from './transaction.ts';

/** Purposes that only read: what their own pool cannot do now, another may. */
const INSTEAD: Partial<Readonly<Record<Purpose, Purpose>>> = { analytics: 'read', read: 'auth' };

/** The connection that listens for notifications. */
const LISTENING = 1;

/** A PostgreSQL behind six pools. Nothing is connected before it is used, but for probes. */
export function createPostgresDatabase(
  { readUrl, connections, pools: settings }: DatabaseConfiguration,
  url: string,
  { version, available }: ServerFacts,
): Database {
  const scaled = scalePools(settings, Math.min(connections, available) - LISTENING);
  const pools = Object.fromEntries(
    PURPOSES.map((purpose) => [
      purpose,
      createPool(purpose, {
        url: purpose === 'read' ? (readUrl ?? url) : url,
        settings: scaled[purpose],
        isReadOnly: purpose in INSTEAD,
      }),
    ]),
  ) as Record<Purpose, Pool>;
  const listener = createListener(url);

  /** Work that began may have had an effect, and is not repeated elsewhere: only what reads has an elsewhere. */
  const use = async <T>(purpose: Purpose, work: (client: PoolClient) => Promise<T>): Promise<T> => {
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
    listen: (channel, onMessage, onGap) => listener.listen(channel, onMessage, onGap),
    status: () => ({
      kind: 'postgresql',
      version,
      pools: Object.fromEntries(PURPOSES.map((purpose) => [purpose, pools[purpose].status()])),
    }),
    async close() {
      await listener.close();
      await Promise.all(PURPOSES.map((purpose) => pools[purpose].close()));
    },
  };
}
