import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import CircuitBreaker from 'opossum';
import type { PoolClient } from 'pg';
import pg from 'pg';
import PgPool from 'pg-pool';
import type { PoolSettings } from '../config/database-configuration.ts';
import type { PoolStatus, Purpose, Result, Row, Session, Statement } from './database.ts';
import { DatabaseUnavailable, failureOf, isAnswer } from './database-unavailable.ts';
import { parameterText } from './parameter-text.ts';
import { createHealth } from './pool-health.ts';
import { ROW_PARSERS } from './row-values.ts';

/** The connections of one purpose, behind a circuit breaker. */
export interface Pool {
  /** Lends a connection to the work; rejects with a `DatabaseUnavailable` when there is none in time. */
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  status(): PoolStatus;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly url: string;
  readonly settings: PoolSettings;
  /** Connections refuse to write. */
  readonly isReadOnly: boolean;
  /** Connections send what they are given at once, instead of one statement after the answer to the other; COPY is none of it. */
  readonly isPipelined?: boolean;
}

/** The database cancels a statement that is too slow; what does not even do that is given up on after so many milliseconds more. */
const GRACE = 1_000;
/** An open breaker tries again after so many milliseconds, and after twice as many each time, … */
const FIRST_RETRY = 500;
/** … up to so many. */
const LAST_RETRY = 2_000;
/** A probe without an answer for so many milliseconds has failed. */
const PROBE_TIMEOUT = 5_000;

/** What is under way when a pool is closed has so many milliseconds to end. */
const CLOSING = 2_000;

/** What the pool says to those whose turn did not come; every other error is one of connecting. */
const NO_TURN = 'timeout exceeded when trying to connect';

const TYPES = {
  // oxlint-disable-next-line typescript/no-explicit-any -- what `pg` says of its parsers
  getTypeParser: (type: number): any => ROW_PARSERS[type] ?? String,
};

export function createPool(
  purpose: Purpose | 'watch',
  { url, settings, isReadOnly, isPipelined = false }: PoolOptions,
): Pool {
  const { min, max, acquire, query, idle, failures } = settings;
  const pool = new PgPool<pg.Client>({
    connectionString: url,
    application_name: `velro ${purpose}`,
    min,
    max,
    connectionTimeoutMillis: acquire,
    query_timeout: query + GRACE,
    idleTimeoutMillis: idle,
    keepAlive: true,
    pipeline: isPipelined,
    types: TYPES,
    Client: pg.Client,
    // Its type says that nobody waits for it; the pool does.
    onConnect: (client) =>
      client.query({ text: sessionSettings(query, isReadOnly, isPipelined), ...limit(acquire) }) as never,
  });
  // A connection that dies while nobody uses it has left the pool already.
  pool.on('error', () => {});
  const clients = new Set<pg.Client>();
  pool.on('connect', (client) => void clients.add(client));
  pool.on('remove', (client) => void clients.delete(client));

  const acquireClient = async (): Promise<PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      const { message } = error as Error;
      throw message === NO_TURN
        ? new DatabaseUnavailable('busy', `all ${max} connections of the ${purpose} pool are in use`)
        : new DatabaseUnavailable('unreachable', message, { cause: error });
    }
  };

  const attempt = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await acquireClient();
    // Told to whoever waits for an answer; without a listener it would end the process.
    const onError = (): void => {};
    client.on('error', onError);
    let broken: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof DatabaseUnavailable && !isAnswer(error.cause)) broken = error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  };

  const options: CircuitBreaker.Options = {
    timeout: false,
    resetTimeout: FIRST_RETRY,
    // It opens after failures in a row, and not by a rate.
    errorThresholdPercentage: 100,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    errorFilter: (error: unknown) => !(error instanceof DatabaseUnavailable && error.isFailure),
  };
  const breaker = new CircuitBreaker(attempt, options);
  let inRow = 0;
  breaker.on('success', () => {
    inRow = 0;
  });
  breaker.on('failure', () => {
    inRow += 1;
    options.resetTimeout = breaker.halfOpen
      ? Math.min(LAST_RETRY, 2 * (options.resetTimeout ?? FIRST_RETRY))
      : FIRST_RETRY;
    if (inRow >= failures) breaker.open();
  });

  const use = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    try {
      return (await breaker.fire(work)) as T;
    } catch (error) {
      if (!CircuitBreaker.isOurError(error as Error)) throw error;
      throw new DatabaseUnavailable('open', `the ${purpose} pool waits until the database answers again`);
    }
  };
  const health = createHealth(() =>
    use(async (client) => {
      await runStatement(client, { text: 'select 1' }, PROBE_TIMEOUT);
    }),
  );

  return {
    use,
    status: () => ({
      state: !breaker.closed ? 'open' : health.state(inRow > 0),
      most: max,
      connections: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      ...health.latest(),
    }),
    async close() {
      health.stop();
      breaker.shutdown();
      await Promise.race([pool.end(), delay(CLOSING, undefined, { ref: false })]);
      // What is not done by now is cut; the database undoes it.
      for (const client of clients) socketOf(client)?.destroy();
    },
  };
}

/** The socket of a connection, which the types of `pg` do not show. */
function socketOf(client: pg.Client): Socket | undefined {
  return (client as unknown as { connection?: { stream?: Socket } }).connection?.stream;
}

/**
 * Values are read in one form, whatever the settings of the server, the account or the database. What is pipelined are few
 * statements, asked again and again: each is planned once, as the database would do from the sixth time on; until then it
 * would plan it anew each time, which takes several times as long as to carry it out.
 */
function sessionSettings(query: number, isReadOnly: boolean, isPipelined: boolean): string {
  return `set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601';
    set statement_timeout = ${query}; set idle_in_transaction_session_timeout = ${query};
    set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'};
    set plan_cache_mode = ${isPipelined ? 'force_generic_plan' : 'auto'}`;
}

/** Limits how long this client waits for one answer; `pg` reads it and its types do not say so. */
function limit(milliseconds: number | undefined): object {
  return milliseconds === undefined ? {} : { query_timeout: milliseconds };
}

/** What statements of a connection answer. */
export function sessionOf(client: pg.ClientBase): Session {
  return {
    query: (statement) => runStatement(client, statement),
    async run(script) {
      try {
        // Of several statements there are several results, of which the types know nothing.
        const results = (await client.query<Record<string, unknown>>(script)) as
          | pg.QueryResult
          | pg.QueryResult[];
        const last = Array.isArray(results) ? results.at(-1) : results;
        return (last?.rows ?? []) as readonly Row[];
      } catch (error) {
        throw failureOf(error);
      }
    },
    async copy(table, columns, pieces) {
      const names = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
      const { from } = await import('pg-copy-streams');
      const target = client.query(from(`copy ${pg.escapeIdentifier(table)} (${names}) from stdin`));
      try {
        await pipeline(Readable.from(pieces), target);
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/**
 * The rows of statements that all see one state. On a pipelined connection all are sent before the first is answered; after
 * one that fails the others are refused, and the end of the transaction undoes it.
 */
export async function readTogether(
  client: pg.ClientBase,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  const sent = [BEGIN_READING, ...statements, COMMIT].map((statement) => runStatement(client, statement));
  // The connection is free once all are answered; what is told is what failed first.
  await Promise.allSettled(sent);
  const results = await Promise.all(sent);
  return results.slice(1, -1).map(({ rows }) => rows);
}

const BEGIN_READING: Statement = { text: 'begin isolation level repeatable read, read only' };
const COMMIT: Statement = { text: 'commit' };

async function runStatement<R extends Row>(
  client: pg.ClientBase,
  { text, values = [], name }: Statement,
  timeout?: number,
): Promise<Result<R>> {
  try {
    const { rows, rowCount } = await client.query<R>({
      text,
      ...(values.length === 0 ? {} : { values: values.map(parameterText) }),
      ...(name === undefined ? {} : { name }),
      ...limit(timeout),
    } as pg.QueryConfig);
    return { rows, count: rowCount ?? 0 };
  } catch (error) {
    throw failureOf(error);
  }
}
