import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';
import type { Database, Unlisten } from '../store/database.ts';
import { FACTS_CHANNEL, type FactChange, readFactChange } from '../store/schema/fact-change.ts';
import { type BeatQuestions, beatStatement } from './beat-statement.ts';
import type { Proven } from './pair-slices.ts';
import { parseSnapshot, type Snapshot } from './snapshot.ts';

/** Milliseconds between two beats. */
const INTERVAL = 150;
/** A further beat is sent so many milliseconds after the one before at the earliest. */
export const SHORTEST_INTERVAL = 20;
/** What is kept is used only while the newest beat that came back was sent at most so many milliseconds ago. */
export const TRUST = 500;
/** Beats that wait for an answer of the database; of more than these none is sent. */
const MOST_ASKED = 3;
/** Beats that are waited for; older ones are given up. */
const MOST_WAITING = 20;

/** What a beat says of the database besides that it came back. */
export interface BeatAnswer {
  /** Anything that changes whenever the definition of a watched table does. */
  readonly catalogue: string;
  /** Which transactions it saw: whatever it saw of changes has been told of. */
  readonly snapshot: Snapshot;
  /** Which database it is, and which of its lives; null while nobody has named that, undefined where it is not asked. */
  readonly identity: string | null | undefined;
  /** The newest activation of policies; undefined where there is none, or where it is not asked. */
  readonly activation: number | undefined;
}

export interface PulseOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** The tables that a beat looks at, quoted for SQL. */
  readonly tables: () => readonly string[];
  /** What beats ask besides. */
  readonly asks?: BeatQuestions;
  /** One of these cannot be asked, and is not any more. */
  readonly onUnasked?: (question: keyof BeatQuestions, error: unknown) => void;
  /** A change was told of; undefined: nobody can say of what. */
  readonly onChange: (change: FactChange | undefined) => void;
  /** Changes may have been missed, from before until now. */
  readonly onGap: () => void;
  /** What a beat that came back says; false: not everything is as it was, so that it proves nothing. */
  readonly onBeat: (answer: BeatAnswer) => boolean;
}

interface Beat {
  readonly sentAt: number;
  /** By the clock on the wall, which also goes on while the machine sleeps. */
  readonly sentOn: number;
  answer: BeatAnswer | undefined;
  isBack: boolean;
}

const NOTHING: BeatQuestions = { identity: false, activation: false };

const NEVER: Proven & Pick<Beat, 'sentOn'> = {
  sentAt: -Infinity,
  sentOn: -Infinity,
  snapshot: { xmin: 0n, xmax: 0n, running: new Set() },
};

/**
 * Proves again and again that notifications arrive. A beat is a notification that the server sends to itself through the
 * database that it writes to; the database delivers notifications in the order of the commits, so when a beat comes back,
 * everything that was told of before it was sent has come as well.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #channel = `velro_beat_${randomBytes(8).toString('hex')}`;
  readonly #beats = new Map<number, Beat>();
  #number = 0;
  #asked = 0;
  #isListening = false;
  #proven: Proven & Pick<Beat, 'sentOn'> = NEVER;
  #asks: BeatQuestions;
  #gaps = 0;
  #timer: NodeJS.Timeout | undefined;
  /** A beat is wanted that is sent from now on. */
  #isWanted = false;
  #wanted: NodeJS.Timeout | undefined;
  #lastSentAt = -Infinity;
  #hastened = 0;
  #unlisten: Unlisten[] = [];
  #isStopped = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#asks = options.asks ?? NOTHING;
  }

  /** Begins to listen; rejects when the database cannot be opened. */
  async start(): Promise<void> {
    const { database, onChange } = this.#options;
    const facts = await database.listen(
      FACTS_CHANNEL,
      (payload) => onChange(readFactChange(payload)),
      () => {
        this.#isListening = true;
        this.#miss();
      },
    );
    const beats = await database.listen(
      this.#channel,
      (payload) => this.#cameBack(Number(payload)),
      () => this.#miss(),
    );
    this.#unlisten = [facts, beats];
    if (this.#isStopped) {
      await this.stop();
      return;
    }
    this.#timer = setInterval(() => this.#send(), INTERVAL);
    this.#timer.unref();
    this.#send();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#wanted);
    this.#proven = NEVER;
    const unlisten = this.#unlisten;
    this.#unlisten = [];
    await Promise.all(unlisten.map((one) => one().catch(() => {})));
  }

  /** Milliseconds since the newest beat that came back was sent, at this time of the clock that never goes back; infinite without one. */
  behindAt(now: number): number {
    const { sentAt, sentOn } = this.#proven;
    return Math.max(now - sentAt, this.#options.clock.now() - sentOn);
  }

  /** The newest beat that came back; one of before all times where there is none. */
  get proven(): Proven {
    return this.#proven;
  }

  /** How often changes may have been missed. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Beats that were sent besides those of the interval. */
  get hastened(): number {
    return this.#hastened;
  }

  /**
   * Sends a beat soon, which proves what has been loaded by now. Only one is under way at a time, whoever asks: so a database that is
   * slow is not asked more often, and no beat is given up that would come back.
   */
  hasten(): void {
    this.#isWanted = true;
    this.#sendWanted();
  }

  #sendWanted(): void {
    if (!this.#isWanted || this.#isStopped || this.#wanted !== undefined || this.#beats.size > 0) return;
    const passed = this.#options.clock.monotonic() - this.#lastSentAt;
    this.#wanted = setTimeout(
      () => {
        this.#wanted = undefined;
        if (this.#isWanted && this.#beats.size === 0 && this.#send()) this.#hastened += 1;
      },
      Math.max(0, SHORTEST_INTERVAL - passed),
    );
    this.#wanted.unref();
  }

  #send(): boolean {
    if (!this.#isListening || this.#asked >= MOST_ASKED) return false;
    this.#isWanted = false;
    const { database, clock, tables } = this.#options;
    const number = (this.#number += 1);
    const beat: Beat = {
      sentAt: clock.monotonic(),
      sentOn: clock.now(),
      answer: undefined,
      isBack: false,
    };
    this.#lastSentAt = beat.sentAt;
    this.#beats.set(number, beat);
    for (const old of this.#beats.keys()) {
      if (this.#beats.size <= MOST_WAITING) break;
      this.#beats.delete(old);
    }
    this.#asked += 1;
    const asks = this.#asks;
    // Never through a pool that a replica may answer.
    void database
      .query('auth', beatStatement([this.#channel, String(number), tables()], asks))
      .then(
        ({ rows: [row] }) => {
          beat.answer = answerOf(row);
          this.#check(number);
        },
        // The pools count it; there is no proof.
        (error: unknown) => {
          this.#beats.delete(number);
          this.#askLess(asks, error);
        },
      )
      .finally(() => {
        this.#asked -= 1;
        this.#sendWanted();
      });
    return true;
  }

  #cameBack(number: number): void {
    const beat = this.#beats.get(number);
    if (beat === undefined) return;
    beat.isBack = true;
    this.#check(number);
  }

  #check(number: number): void {
    const beat = this.#beats.get(number);
    if (beat === undefined || !beat.isBack || beat.answer === undefined) return;
    this.#beats.delete(number);
    const { answer, sentAt, sentOn } = beat;
    if (sentAt > this.#proven.sentAt)
      this.#proven = this.#options.onBeat(answer) ? { sentAt, sentOn, snapshot: answer.snapshot } : NEVER;
    this.#sendWanted();
  }

  /** What is not needed for the proof never stands in its way. */
  #askLess(asked: BeatQuestions, error: unknown): void {
    if (!CANNOT_BE_ASKED.has(String((error as { code?: unknown }).code))) return;
    const question = asked.activation ? 'activation' : asked.identity ? 'identity' : undefined;
    if (question === undefined || !this.#asks[question]) return;
    this.#asks = { ...this.#asks, [question]: false };
    this.#options.onUnasked?.(question, error);
  }

  /** Beats of before prove nothing of what came after. */
  #miss(): void {
    this.#gaps += 1;
    this.#beats.clear();
    this.#proven = NEVER;
    this.#options.onGap();
  }
}

/** Not allowed; no such function, table or column; not done by this server. */
const CANNOT_BE_ASKED: ReadonlySet<string> = new Set(['42501', '42883', '42P01', '42703', '0A000']);

function answerOf(row: Readonly<Record<string, unknown>> | undefined): BeatAnswer | undefined {
  const { catalogue, identity, activation } = row ?? {};
  const snapshot = parseSnapshot(row?.['snapshot']);
  if (typeof catalogue !== 'string' || snapshot === undefined) return undefined;
  if (identity !== undefined && identity !== null && typeof identity !== 'string') return undefined;
  return {
    catalogue,
    snapshot,
    identity,
    activation: typeof activation === 'number' ? activation : undefined,
  };
}
