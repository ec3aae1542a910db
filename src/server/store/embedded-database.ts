import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { PGlite } from '@electric-sql/pglite';
import { prepareFolder } from '../config/data-folder.ts';
import type { Database, PoolStatus, Purpose, Result, Row, Session, Statement } from './database.ts';
import { DatabaseUnavailable, failureOf } from './database-unavailable.ts';
import { lockFile, type Unlock } from './folder-lock.ts';
import { parameterText } from './parameter-text.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { ROW_PARSERS } from './row-values.ts';
import { inTransaction } from './transaction.ts';
import { createTurnstile } from './turnstile.ts';

export interface EmbeddedOptions {
  /** The data folder; the database is in `database` there. */
  readonly folder: string;
  /** How long a use waits for its turn, in milliseconds. */
  readonly patience: (purpose: Purpose) => number;
  /** Brings a database that was just opened up to date. */
  readonly prepare: (session: Session) => Promise<void>;
}

interface Opened {
  readonly lite: PGlite;
  readonly session: Session;
  readonly version: string;
  readonly unlock: Unlock;
}

/**
 * A PostgreSQL within this process, kept in the data folder and opened when it is first used. It has one session, so that
 * one use waits for the other. What it acknowledged survives the death of the process, and not that of the machine.
 */
export function createEmbeddedDatabase({ folder, patience, prepare }: EmbeddedOptions): Database {
  const turnstile = createTurnstile();
  let opening: Promise<Opened> | undefined;
  let opened: Opened | undefined;
  let closed = false;
  let isRefused = false;

  const open = (): Promise<Opened> => {
    if (closed) throw new DatabaseUnavailable('unreachable', 'the embedded database was closed');
    opening ??= openFolder(folder, prepare).then(
      (result) => {
        isRefused = false;
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
  const use = <T>(purpose: Purpose, work: (session: Session) => Promise<T>): Promise<T> =>
    turnstile.pass(async () => work((await open()).session), patience(purpose));

  return {
    kind: 'embedded',
    query: (purpose, statement) => use(purpose, (session) => session.query(statement)),
    session: use,
    transaction: (purpose, work, options) => use(purpose, (session) => inTransaction(session, work, options)),
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
      await use('admin', (session) => session.query({ text: `listen ${quoteIdentifier(channel)}` }));
      const { lite } = await open();
      const stop = lite.onNotification((name, payload) => {
        if (name === channel) onMessage(payload);
      });
      onGap();
      // The session goes on listening: others may want the channel too.
      return async () => stop();
    },
    status: () => ({
      kind: 'embedded',
      ...(opened === undefined ? {} : { version: opened.version }),
      pools: { embedded: statusOf(isRefused, turnstile.isTaken, turnstile.waiting, opened !== undefined) },
    }),
    async close() {
      closed = true;
      await opening?.catch(() => {});
      if (opened === undefined) return;
      const { lite, unlock } = opened;
      opened = undefined;
      await lite.close();
      unlock();
    },
  };
}

/**
 * WebAssembly of this process is compiled by the quick compiler alone, and what never runs is not looked at. The other
 * compiler takes seconds of a core and 600 MB for the function that evaluates expressions, which is hot at once: longer than
 * all of a start, for statements that are faster by a fifth.
 */
const COMPILED_ONCE = ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up', '--wasm-lazy-validation'] as const;

/** All of its shared memory is written to at each start, and comes on top of what the system keeps of the same files. */
const SETTINGS = ['-c', 'shared_buffers=32MB'] as const;

async function openFolder(folder: string, prepare: EmbeddedOptions['prepare']): Promise<Opened> {
  await prepareFolder(folder);
  const place = join(folder, 'database');
  const unlock = lockFile(join(folder, 'database.lock'), `the embedded database in ${folder}`);
  let lite: PGlite | undefined;
  try {
    // A process that died while it made the database has told nobody of anything in it. It says so beforehand, and not
    // afterwards that all is well: what is not known to be unfinished may be all that somebody has.
    const unfinished = join(folder, 'database.unfinished');
    if (existsSync(unfinished)) rmSync(place, { recursive: true, force: true });
    const isNew = !existsSync(place) || readdirSync(place).length === 0;
    if (isNew) writeFileSync(unfinished, '');
    // Only here: its code is large, and most starts do without.
    const { PGlite } = await import('@electric-sql/pglite');
    for (const flag of COMPILED_ONCE) setFlagsFromString(flag);
    const options = {
      dataDir: place,
      parsers: ROW_PARSERS,
      serializers: AS_TEXT,
      startParams: [...PGlite.defaultStartParams, ...SETTINGS],
    };
    lite = await PGlite.create(isNew ? { ...options, loadDataDir: await emptyCluster() } : options);
    const session = sessionOf(lite);
    await lite.exec("set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601'");
    const { rows } = await session.query<{ server_version: string }>({ text: 'show server_version' });
    await prepare(session);
    rmSync(unfinished, { force: true });
    return { lite, session, version: rows[0]?.server_version ?? '', unlock };
  } catch (error) {
    // Before anybody else may open it: two over the same files would ruin them.
    await lite?.close().catch(() => {});
    unlock();
    throw error;
  }
}

/**
 * What `initdb` makes, made beforehand by an earlier release of the same PostgreSQL: unpacking it takes a quarter of the
 * time. Of another major release it would be refused.
 */
async function emptyCluster(): Promise<Blob> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  return dataDir();
}

function sessionOf(lite: PGlite): Session {
  return {
    async query<R extends Row>({ text, values = [] }: Statement): Promise<Result<R>> {
      try {
        const { rows, affectedRows } = await lite.query<R>(text, values.map(parameterText));
        return { rows, count: affectedRows || rows.length };
      } catch (error) {
        throw failureOf(error);
      }
    },
    async run(script) {
      try {
        const results = await lite.exec(script);
        return results.at(-1)?.rows ?? [];
      } catch (error) {
        throw failureOf(error);
      }
    },
    async copy(table, columns, pieces) {
      const text = `copy ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(', ')}) from '/dev/blob'`;
      try {
        // The whole of what is read at once is in memory.
        for (const piece of pieces) await lite.query(text, [], { blob: new Blob([piece]) });
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/** Parameters come as text already, which every type reads. */
const AS_TEXT = Object.fromEntries(Object.keys(ROW_PARSERS).map((type) => [type, String]));

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
