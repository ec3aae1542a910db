import { setTimeout as delay } from 'node:timers/promises';
import { FactWriter } from './fact-writer.ts';
import {
  type ActivePolicies,
  type Decided,
  policyAgeOf,
  type Violation,
  violationOf,
} from './history-check.ts';
import { type Fact, historyScene, type Question, type SceneSize, SMALL_SCENE } from './history-scene.ts';
import { randomFrom } from './random-from.ts';

/** An answer; `permitted` is undefined where there was none. */
export interface HistoryAnswer {
  readonly permitted: boolean | undefined;
  readonly source: string | undefined;
  /** Digest of the policy that it names. */
  readonly policy?: string | undefined;
}

/** What asks: one of the servers. */
export interface Asker {
  /** `isFresh`: by the facts of now. */
  ask(person: string, action: string, item: string, isFresh?: boolean): Promise<HistoryAnswer>;
}

export interface Progress {
  readonly decisions: number;
  readonly flips: number;
}

export interface HistoryOptions {
  readonly url: string;
  readonly seed: number;
  /** Milliseconds that it goes on at most. */
  readonly duration: number;
  /** It ends when there are so many decisions, and it went on for so many milliseconds. */
  readonly decisions?: number;
  readonly least?: number;
  /** Milliseconds after a commit in which what was before may still be answered. */
  readonly bound: number;
  readonly servers: readonly Asker[];
  readonly size?: SceneSize;
  /** Milliseconds that a writer waits between two writes, at most. */
  readonly pause?: number;
  /** So many writes for a decision at most, however quick the machine is. */
  readonly flipsPerDecision?: number;
  /** So many decisions for a write at most, however many of them are hits. */
  readonly decisionsPerFlip?: number;
  /** Of the questions so many are to be answered by the facts of now. */
  readonly freshShare?: number;
  /** Where policies change too. */
  readonly policies?: ActivePolicies;
  /** What happens meanwhile; ends when `isOver` says so, and is told how many decisions there are. */
  readonly faults?: (random: () => number, isOver: () => boolean, decisions: () => number) => Promise<void>;
  /** Told now and then. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface HistoryResult extends Progress {
  readonly permits: number;
  /** Decisions by facts that were kept in the process. */
  readonly hits: number;
  /** Decisions by how their facts came to be known. */
  readonly sources: Readonly<Record<string, number>>;
  readonly unanswered: number;
  /** The longest time after which a version of the policies that had been replaced was still asked for and answered, in milliseconds. */
  readonly oldestPolicy: number;
  /** Answers that no state of the window gives, and those by a policy that was not active in it. */
  readonly violations: readonly Violation[];
}

const WRITERS = 4;
const READERS = 16;
/** So many questions a reader asks one after the other before others get their turn. */
const BURST = 10;
/** Whoever got no answer waits so many milliseconds. */
const AFTER_FAILURE = 20;

/** Flips facts, asks questions and lets faults happen, all at once; then holds every answer against the facts that there were. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { seed, duration, servers, bound, url, policies, freshShare = 0 } = options;
  const { decisions: enough = Infinity, flipsPerDecision = Infinity, pause = 20 } = options;
  const { decisionsPerFlip = Infinity } = options;
  const random = randomFrom(seed);
  const began = performance.now();
  const until = began + duration;
  const least = began + (options.least ?? 0);
  const { facts, questions } = historyScene(options.size ?? SMALL_SCENE);
  const decided: Decided[] = [];
  let unanswered = 0;
  let flips = 0;
  const isOver = (): boolean => {
    const now = performance.now();
    return now >= until || (now >= least && decided.length >= enough);
  };

  const readSome = async (index: number): Promise<void> => {
    const asker = servers[index] as Asker;
    while (!isOver()) {
      if (decided.length > decisionsPerFlip * (flips + 1)) {
        await delay(1);
        continue;
      }
      for (let asked = 0; asked < BURST; asked += 1) {
        // A few are asked most, as it is in life.
        const question = questions[Math.floor(random() ** 2 * questions.length)] as Question;
        const isFresh = random() < freshShare;
        const begin = performance.now();
        const { permitted, source, policy } = await asker.ask(
          question.person,
          'read',
          question.item,
          isFresh,
        );
        const end = performance.now();
        if (permitted === undefined) {
          unanswered += 1;
          await delay(AFTER_FAILURE);
          continue;
        }
        const allowed = isFresh ? 0 : bound;
        decided.push({ question, permitted, begin, end, bound: allowed, policy, source, asker: index });
      }
      await delay(random() < 0.1 ? 10 * random() : 0);
    }
  };

  const write = async (): Promise<void> => {
    const writer = new FactWriter(url);
    while (!isOver()) {
      const fact = facts[Math.floor(random() * facts.length)] as Fact;
      const mayFlip = flips <= flipsPerDecision * decided.length;
      if (mayFlip && !fact.isBusy && (!fact.value || random() >= fact.inertia)) {
        fact.isBusy = true;
        await writer.flip(fact, isOver);
        fact.isBusy = false;
        flips += 1;
      }
      await delay(random() * pause);
    }
    await writer.end();
  };

  const progress = setInterval(() => options.onProgress?.({ decisions: decided.length, flips }), 1_000);
  try {
    await Promise.all([
      ...Array.from({ length: READERS }, (_, n) => readSome(n % servers.length)),
      ...Array.from({ length: WRITERS }, write),
      options.faults?.(random, isOver, () => decided.length),
    ]);
  } finally {
    clearInterval(progress);
  }
  const sources: Record<string, number> = {};
  for (const { source = 'none' } of decided) sources[source] = (sources[source] ?? 0) + 1;
  return {
    decisions: decided.length,
    permits: decided.filter(({ permitted }) => permitted).length,
    hits: sources['l1-hit'] ?? 0,
    sources,
    unanswered,
    oldestPolicy:
      policies === undefined
        ? 0
        : Math.round(decided.reduce((most, one) => Math.max(most, policyAgeOf(one, policies)), 0)),
    flips: facts.reduce((sum, { writes }) => sum + writes.length, 0),
    violations: decided.flatMap((one) => violationOf(one, policies) ?? []),
  };
}
