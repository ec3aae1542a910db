// The thread of the embedded database: opens it, and carries orders out one after the other. Statements take milliseconds of
// the processor, in which nobody else would be answered if they ran in the thread of the server.

import { parentPort, workerData } from 'node:worker_threads';
import type { PGlite, Results } from '@electric-sql/pglite';
import { openCluster } from './open-cluster.ts';
import {
  type Answer,
  type ErrorText,
  type NumberedOrder,
  OPENING,
  type Order,
  type RawRows,
  type ThreadData,
} from './thread-messages.ts';

const { place, isNew } = workerData as ThreadData;
const say = (message: Answer): void => parentPort?.postMessage(message);

async function answer(id: number, work: () => Promise<RawRows>): Promise<void> {
  try {
    say({ id, rows: await work() });
  } catch (error) {
    // What broke off cannot be used again: this ends the thread, and so whatever waits for it. The next use opens the
    // database anew, which repairs itself then.
    if (isCrash(error)) throw error;
    say({ id, error: textOf(error) });
  }
}

async function carryOut(lite: PGlite, order: Order): Promise<RawRows> {
  switch (order.kind) {
    case 'query':
      return rawRows(await lite.query(order.text, [...order.values], { rowMode: 'array' }));
    case 'run': {
      const rows = rawRows((await lite.exec(order.script, { rowMode: 'array' })).at(-1));
      // Of a script that broke off the statements before that are answered as if there were no others.
      rawRows(await lite.query('select'));
      return rows;
    }
    case 'copy':
      return rawRows(await lite.query(order.text, [], { blob: new Blob([order.piece]), rowMode: 'array' }));
    case 'close':
      await lite.close();
      return NO_ROWS;
  }
}

const NO_ROWS: RawRows = { columns: [], rows: [], written: 0 };

function rawRows(results: Results | undefined): RawRows {
  if (results?.command === undefined) throw new BrokenOff('the database broke off within a statement');
  const { fields, rows, affectedRows = 0 } = results;
  return {
    columns: fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })),
    rows: rows as unknown as RawRows['rows'],
    written: affectedRows,
  };
}

function textOf(error: unknown): ErrorText {
  if (!(error instanceof Error)) return { message: String(error) };
  const texts = Object.entries(error).filter(([, value]) => typeof value === 'string');
  return { ...(Object.fromEntries(texts) as Record<string, string>), message: error.message };
}

/**
 * A statement ended without an error and without a result. From then on others would too: what is there would seem not to
 * be.
 */
class BrokenOff extends Error {}

/** Whether the database can no longer be used, as against a statement that failed. */
function isCrash(error: unknown): boolean {
  if (error instanceof BrokenOff) return true;
  const { name, severity } = error as { readonly name?: unknown; readonly severity?: unknown };
  return name === 'RuntimeError' || name === 'RangeError' || severity === 'PANIC' || severity === 'FATAL';
}

let opened: PGlite | undefined;
await answer(OPENING, async () => {
  opened = await openCluster(place, isNew);
  opened.onNotification((channel, payload) => say({ channel, payload }));
  return rawRows(await opened.query("select current_setting('server_version')", [], { rowMode: 'array' }));
});
if (opened === undefined) process.exit(1);
const lite = opened;
parentPort?.on('message', ({ id, order }: NumberedOrder) => {
  void answer(id, () => carryOut(lite, order)).then(() => {
    if (order.kind === 'close') parentPort?.close();
  });
});
