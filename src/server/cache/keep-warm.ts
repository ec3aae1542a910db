import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { within } from '../decide/deadline.ts';
import type { ActiveBundle, BundleSource, FactStore } from '../ports.ts';
import type { Database } from '../store/database.ts';
import type { CachedFactStore } from './fact-cache.ts';
import { readHotQuestions, writeHotQuestions } from './hot-question-table.ts';
import { HotQuestions } from './hot-questions.ts';

/** So many questions are counted, and so many of them are written down and loaded ahead. */
const MOST_COUNTED = 5_000;
const MOST_WARMED = 1_000;
/** Milliseconds between two looks whether another bundle answers. */
const LOOKING = 250;
/** Milliseconds between two loads ahead: no more than fifty come in a second, one after the other. */
const PACE = 20;
/** Whoever comes so many milliseconds late is busy, and so is a database for which requests wait. */
const LATE = 50;
/** After so many milliseconds it ends, however far it is. */
const LONGEST = 120_000;
/** Loads that failed in a row end it too. */
const MOST_FAILURES = 3;
/** Milliseconds between two times that hot questions are written down, and what a heat is worth then. */
const WRITING = 60_000;
const COOLING = 0.95;
/** Milliseconds that the last writing may take. */
const LAST_WRITE = 1_000;

export interface KeepWarmOptions {
  readonly cache: CachedFactStore;
  readonly bundles: BundleSource;
  readonly database: Database;
  readonly log: Logger;
}

/** Counts what is asked, and loads the facts of what is asked most ahead, once they are not kept any more. */
export interface Warmth {
  /** The same facts; what is asked of these is counted. */
  readonly facts: FactStore;
  /** From now on facts are loaded ahead whenever another bundle answers. */
  start(): void;
  /** Writes down what is hot, and ends. */
  stop(): Promise<void>;
}

export function keepWarm({ cache, bundles, database, log }: KeepWarmOptions): Warmth {
  const hot = new HotQuestions(MOST_COUNTED);
  const stopping = new AbortController();
  const { signal } = stopping;
  const timers: NodeJS.Timeout[] = [];
  /** The bundle that was warmed, or is being. */
  let warmed: ActiveBundle['engine'] | undefined;
  let isAtIt = false;
  let hasRead = false;
  let hasFailed = false;

  const failed = (err: unknown): void => {
    if (!hasFailed) log.warn({ err }, 'the hottest questions were not read or written');
    hasFailed = true;
  };
  const pause = (milliseconds: number): Promise<void> =>
    delay(milliseconds, undefined, { ref: false, signal });

  /** What is asked for while it is loaded ahead waits for nothing: a busy server does nothing ahead. */
  const isBusy = (): boolean =>
    Object.values(database.status().pools).some(({ waiting, state }) => waiting > 0 || state === 'open');

  const warm = async ({ engine }: ActiveBundle): Promise<void> => {
    const until = performance.now() + LONGEST;
    const isOver = (): boolean =>
      signal.aborted || performance.now() > until || bundles.current().engine !== engine;
    if (!hasRead) {
      hasRead = true;
      hot.learn(await readHotQuestions(database, MOST_WARMED));
    }
    if (hot.size === 0) return;
    // Nothing is kept before it is known which tables are watched.
    cache.adopt(engine.bundle);
    while (!isOver() && !isReady(cache)) await pause(LOOKING);
    let failures = 0;
    for (const { question } of hot.top(MOST_WARMED)) {
      for (;;) {
        const before = performance.now();
        await pause(PACE);
        if (isOver() || failures >= MOST_FAILURES) return;
        if (performance.now() - before <= PACE + LATE && !isBusy()) break;
      }
      const { action, subject, resource } = question;
      const request = engine.prepare({ subject, action: { name: action }, resource });
      const { triple } = request;
      if (triple === undefined || triple.isNew) continue;
      try {
        if ((await cache.warm({ request, triple }, engine.bundle)) === 'gone') hot.forget(question);
        failures = 0;
      } catch {
        // The pools count it.
        failures += 1;
      }
    }
  };

  const look = (): void => {
    const active = bundles.current();
    if (isAtIt || active.engine === warmed) return;
    warmed = active.engine;
    isAtIt = true;
    warm(active)
      .catch((error: unknown) => {
        if (!signal.aborted) failed(error);
      })
      .finally(() => {
        isAtIt = false;
      });
  };

  const write = async (): Promise<void> => {
    const heats = hot.top(MOST_WARMED);
    if (heats.length === 0) return;
    try {
      await writeHotQuestions(database, heats);
    } catch (error) {
      failed(error);
    }
  };

  return {
    facts: {
      load(request, triple, bundle, wish) {
        const served = cache.load(request, triple, bundle, wish);
        if (!(served instanceof Promise)) hot.note(triple, request);
        return served;
      },
      loadAll(questions, bundle, wish) {
        const served = cache.loadAll(questions, bundle, wish);
        if (!(served instanceof Promise))
          for (const { triple, request } of questions) hot.note(triple, request);
        return served;
      },
      size: () => cache.size(),
    },
    start() {
      timers.push(
        setInterval(look, LOOKING),
        setInterval(() => {
          void write();
          hot.cool(COOLING);
        }, WRITING),
      );
      for (const timer of timers) timer.unref();
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      if (timers.length > 0) await within(write(), LAST_WRITE);
    },
  };
}

function isReady(cache: CachedFactStore): boolean {
  const { isTrusted, watched } = cache.status();
  return isTrusted && watched.length > 0;
}
