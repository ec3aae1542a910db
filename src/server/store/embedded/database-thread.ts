import { startThread } from '../../start-thread.ts';
import type { Row } from '../database.ts';
import { DatabaseUnavailable, failureOf } from '../database-unavailable.ts';
import { rowValueOf } from '../row-values.ts';
import {
  type Answer,
  type ErrorText,
  type NumberedOrder,
  OPENING,
  type Order,
  type RawRows,
  type ThreadData,
} from './thread-messages.ts';

export interface ThreadOptions {
  readonly place: string;
  readonly isNew: boolean;
  /** Ends the thread, whatever it does. */
  readonly signal: AbortSignal;
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called once when the thread ended though nobody closed it. */
  readonly onLost: () => void;
}

/**
 * Megabytes for what the thread allocates and soon forgets. Its rows are few at a time and the database has memory of its own;
 * memory that is used for the first time is what a start waits for most.
 */
const YOUNG = 6;

/** Where the embedded database runs. */
export interface DatabaseThread {
  readonly version: string;
  /**
   * Rejects with the error of the database, or with a `DatabaseUnavailable`. Work that takes longer than so many milliseconds
   * ends the thread: there is no other way to end it.
   */
  carryOut(
    order: Order,
    longest?: number,
  ): Promise<{ readonly rows: readonly Row[]; readonly written: number }>;
  /** Ends the database in order. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (rows: RawRows) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread; rejects when the database cannot be opened. While nobody waits for it, it keeps no process from ending. */
export async function startDatabaseThread({
  place,
  isNew,
  signal,
  onNotification,
  onLost,
}: ThreadOptions): Promise<DatabaseThread> {
  const workerData: ThreadData = { place, isNew };
  const worker = startThread('server/store/embedded/embedded-worker', {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  const waiting = new Map<number, Waiting>();
  let isOpen = false;
  let hasEnded = false;
  let isClosing = false;
  let last = OPENING;

  const wait = (id: number): Promise<RawRows> =>
    new Promise<RawRows>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
    }).finally(() => {
      waiting.delete(id);
      if (waiting.size === 0 && !isClosing) worker.unref();
    });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      hasEnded = true;
      for (const { reject } of waiting.values()) reject(gone());
      if (isOpen) onLost();
      isOpen = false;
      resolve();
    });
  });
  let cause: unknown;
  const gone = (): DatabaseUnavailable =>
    new DatabaseUnavailable(
      'unreachable',
      `the embedded database ended unexpectedly${cause instanceof Error ? `: ${cause.message}` : ''}`,
      { cause },
    );
  worker.on('error', (error) => {
    cause = error;
  });
  signal.addEventListener('abort', () => {
    cause = signal.reason;
    void worker.terminate();
  });
  worker.on('message', (answer: Answer) => {
    if ('channel' in answer) onNotification(answer.channel, answer.payload);
    else if ('error' in answer) waiting.get(answer.id)?.reject(failureOf(errorOf(answer.error)));
    else waiting.get(answer.id)?.resolve(answer.rows);
  });
  const send = (order: Order): Promise<RawRows> => {
    if (hasEnded) return Promise.reject(gone());
    last += 1;
    const numbered: NumberedOrder = { id: last, order };
    worker.postMessage(numbered);
    return wait(last);
  };
  const sendWithin = async (order: Order, longest: number): Promise<RawRows> => {
    let isLate = false;
    const timer = inTwoHalves(longest, () => {
      isLate = true;
      cause = new Error('a statement took longer than its pool allows');
      void worker.terminate();
    });
    try {
      return await send(order);
    } catch (error) {
      throw isLate ? new DatabaseUnavailable('too_slow', (cause as Error).message) : error;
    } finally {
      timer.clear();
    }
  };

  let version = '';
  try {
    version = (await wait(OPENING)).rows[0]?.[0] ?? '';
    isOpen = !hasEnded;
  } catch (error) {
    // Before anybody else may open it: two over the same files would ruin them.
    worker.ref();
    await ended;
    throw error;
  }
  return {
    version,
    async carryOut(order, longest) {
      const raw = await (longest === undefined ? send(order) : sendWithin(order, longest));
      return { rows: rowsOf(raw), written: raw.written };
    },
    async close() {
      isOpen = false;
      isClosing = true;
      if (!hasEnded) await send({ kind: 'close' }).catch(() => worker.terminate());
      await ended;
    },
  };
}

/**
 * Calls back after so many milliseconds, in two steps: what arrived while this thread was busy is read between them, so that
 * no answer that is there already comes too late.
 */
function inTwoHalves(milliseconds: number, callBack: () => void): { clear(): void } {
  let timer = setTimeout(() => {
    timer = setTimeout(callBack, milliseconds / 2);
  }, milliseconds / 2);
  return { clear: () => clearTimeout(timer) };
}

function errorOf({ message, ...properties }: ErrorText): Error {
  return Object.assign(new Error(message), properties);
}

function rowsOf({ columns, rows }: RawRows): readonly Row[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (const [at, { name, type }] of columns.entries()) {
      const value = values[at] ?? null;
      row[name] = value === null ? null : rowValueOf(type, value);
    }
    return row;
  });
}
