import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, PoolStatus, Purpose, Result, Row, Session, Statement } from '../database.ts';
import { DatabaseUnavailable } from '../database-unavailable.ts';
import { parameterText } from '../parameter-text.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { inTransaction } from '../transaction.ts';
import { type DatabaseThread, startDatabaseThread, type ThreadOptions } from './database-thread.ts';
import { lockFile } from './folder-lock.ts';
import type { Order } from './thread-messages.ts';
import { createTurnstile } from './turnstile.ts';

export interface EmbeddedOptions {
  /** The data folder; the database is in `database` there. */
  readonly folder: string;
  /** How long a use waits for its turn, in milliseconds. */
  readonly patience: (purpose: Purpose) => number;
  /** How long a statement may take, in milliseconds. */
  readonly longest: (purpose: Purpose) => number;
  /** How long it may take to open it and to bring it up to date, in milliseconds. */
  readonly opening: number;
  /** Brings a database that was just opened up to date. */
  readonly prepare: (session: Session) => Promise<void>;
}

interface Opened {
  readonly version: string;
  /** The one session, in which a statement may take so many milliseconds. */
  session(longest?: number): Session;
  /** Ends the database, and lets others have it. */
  close(): Promise<void>;
}

interface Subscriber {
  readonly onMessage: (payload: string) => void;
  readonly onGap: () => void;
}

/**
 * A PostgreSQL within this process, in a thread of its own, kept in the data folder and opened when it is first used. It has
 * one session, so that one use waits for the other. What it acknowledged survives the death of the process, and not that of
 * the machine. When its thread breaks off, or a statement takes too long, it is opened anew by the next use.
 */
export function createEmbeddedDatabase(options: EmbeddedOptions): Database {
  const { patience, longest } = options;
  const turnstile = createTurnstile();
  const channels = new Map<string, Set<Subscriber>>();
  let opening: Promise<Opened> | undefined;
  let opened: Opened | undefined;
  let closed = false;
  let isRefused = false;
  let hasOpened = false;

  const told: Told = {
    onNotification(channel, payload) {
      for (const { onMessage } of channels.get(channel) ?? []) onMessage(payload);
    },
    onLost() {
      opening = undefined;
      opened = undefined;
    },
  };
  const open = (): Promise<Opened> => {
    if (closed) throw new DatabaseUnavailable('unreachable', 'the embedded database was closed');
    opening ??= openAndListen().then(
      (result) => {
        isRefused = false;
        hasOpened = true;
        return (opened = result);
      },
      (error: unknown) => {
        opening = undefined;
        isRefused = true;
        throw error;
      },
    );
    return opening;
  };
  /** Whoever listened before it was lost goes on, and is told that something may have been missed. */
  const openAndListen = async (): Promise<Opened> => {
    const result = await openFolder(options, told);
    try {
      for (const [channel, subscribers] of channels) {
        await result.session().query(listening(channel));
        for (const { onGap } of subscribers) onGap();
      }
      return result;
    } catch (error) {
      await result.close();
      throw error;
    }
  };
  const use = async <T>(purpose: Purpose, work: (session: Session) => Promise<T>): Promise<T> => {
    // Nobody has it in use while it is opened for the first time, which has a time limit of its own.
    if (!hasOpened) await open();
    return turnstile.pass(async () => work((await open()).session(longest(purpose))), patience(purpose));
  };

  return {
    kind: 'embedded',
    query: (purpose, statement) => use(purpose, (session) => session.query(statement)),
    session: use,
    transaction: (purpose, work, how) => use(purpose, (session) => inTransaction(session, work, how)),
    readTogether: (purpose, statements) =>
      use(purpose, (session) =>
        inTransaction(
          session,
          async () => {
            const results: (readonly Row[])[] = [];
            for (const statement of statements) results.push((await session.query(statement)).rows);
            return results;
          },
          { isolation: 'repeatable read' },
        ),
      ),
    async listen(channel, onMessage, onGap) {
      // In its turn like everything else: within somebody's transaction it would be undone with that.
      await use('admin', (session) => session.query(listening(channel)));
      const subscriber = { onMessage, onGap };
      const subscribers = channels.get(channel) ?? new Set();
      channels.set(channel, subscribers.add(subscriber));
      onGap();
      // The session goes on listening: others may want the channel too.
      return async () => void subscribers.delete(subscriber);
    },
    status: () => ({
      kind: 'embedded',
      ...(opened === undefined ? {} : { version: opened.version }),
      pools: { embedded: statusOf(isRefused, turnstile.isTaken, turnstile.waiting, opened !== undefined) },
    }),
    async close() {
      closed = true;
      const last = await opening?.catch(() => undefined);
      opened = undefined;
      await last?.close();
    },
  };
}

function listening(channel: string): Statement {
  return { text: `listen ${quoteIdentifier(channel)}` };
}

/** Whether the embedded database of a folder has yet to be made. */
export function isToBeMade(folder: string): boolean {
  const place = placeIn(folder);
  return existsSync(unfinishedIn(folder)) || !existsSync(place) || readdirSync(place).length === 0;
}

function placeIn(folder: string): string {
  return join(folder, 'database');
}

/** The file that is there while the database is made. */
function unfinishedIn(folder: string): string {
  return join(folder, 'database.unfinished');
}

type Told = Pick<ThreadOptions, 'onNotification' | 'onLost'>;

async function openFolder(
  { folder, opening, prepare }: EmbeddedOptions,
  { onNotification, onLost }: Told,
): Promise<Opened> {
  const place = placeIn(folder);
  const unlock = lockFile(join(folder, 'database.lock'), `the embedded database in ${folder}`);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(lateOpening(opening)), opening);
  let thread: DatabaseThread | undefined;
  try {
    // A process that died while it made the database has told nobody of anything in it. It says so beforehand, and not
    // afterwards that all is well: what is not known to be unfinished may be all that somebody has.
    const unfinished = unfinishedIn(folder);
    const isNew = isToBeMade(folder);
    if (existsSync(unfinished)) rmSync(place, { recursive: true, force: true });
    if (isNew) writeFileSync(unfinished, '');
    const lost = (): void => {
      unlock();
      onLost();
    };
    const opened = await startDatabaseThread({
      place,
      isNew,
      signal: late.signal,
      onNotification,
      onLost: lost,
    });
    thread = opened;
    const session = (longest?: number): Session => sessionOf(opened, longest);
    await prepare(session());
    rmSync(unfinished, { force: true });
    return {
      version: opened.version,
      session,
      async close() {
        await opened.close();
        unlock();
      },
    };
  } catch (error) {
    // Before anybody else may open it: two over the same files would ruin them.
    await thread?.close();
    unlock();
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function lateOpening(milliseconds: number): DatabaseUnavailable {
  return new DatabaseUnavailable(
    'too_slow',
    `the embedded database was not open within ${milliseconds / 1_000} s; VELRO_DATABASE_START_TIMEOUT gives it longer`,
  );
}

function sessionOf(thread: DatabaseThread, longest: number | undefined): Session {
  const carryOut = (order: Order) => thread.carryOut(order, longest);
  return {
    async query<R extends Row>({ text, values = [] }: Statement): Promise<Result<R>> {
      const { rows, written } = await carryOut({ kind: 'query', text, values: values.map(parameterText) });
      return { rows: rows as readonly R[], count: written || rows.length };
    },
    async run(script) {
      const { rows } = await carryOut({ kind: 'run', script });
      return rows;
    },
    async copy(table, columns, pieces) {
      const text = `copy ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(', ')}) from '/dev/blob'`;
      // The whole of what is read at once is in memory.
      for (const piece of pieces) await carryOut({ kind: 'copy', text, piece });
    },
  };
}

function statusOf(isRefused: boolean, isTaken: boolean, waiting: number, isOpen: boolean): PoolStatus {
  return {
    // It cannot be opened: another process has it, or the disk is full.
    state: isRefused ? 'critical' : 'healthy',
    most: 1,
    connections: isOpen ? 1 : 0,
    idle: isOpen && !isTaken ? 1 : 0,
    waiting,
  };
}
