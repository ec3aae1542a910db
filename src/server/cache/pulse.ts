import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports.ts';
import type { Database, Unlisten } from '../store/database.ts';
import { FACTS_CHANNEL, type FactChange, readFactChange } from '../store/schema/fact-change.ts';

/** Milliseconds between two beats. */
const INTERVAL = 150;
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
  /** The number that the next transaction gets. */
  readonly next: bigint;
}

export interface PulseOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** The tables that a beat looks at, quoted for SQL. */
  readonly tables: () => readonly string[];
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
  #proven: Pick<Beat, 'sentAt' | 'sentOn'> | undefined;
  #gaps = 0;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: Unlisten[] = [];
  #isStopped = false;

  constructor(options: PulseOptions) {
    this.#options = options;
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
    this.#proven = undefined;
    const unlisten = this.#unlisten;
    this.#unlisten = [];
    await Promise.all(unlisten.map((one) => one().catch(() => {})));
  }

  /** Milliseconds since the newest beat that came back was sent; infinite without one. */
  get behind(): number {
    if (this.#proven === undefined) return Infinity;
    const { clock } = this.#options;
    const { sentAt, sentOn } = this.#proven;
    return Math.max(clock.monotonic() - sentAt, clock.now() - sentOn);
  }

  /** When the newest beat that came back was sent, by the clock that never goes back. */
  get provenAt(): number {
    return this.#proven?.sentAt ?? -Infinity;
  }

  /** How often changes may have been missed. */
  get gaps(): number {
    return this.#gaps;
  }

  #send(): void {
    if (!this.#isListening || this.#asked >= MOST_ASKED) return;
    const { database, clock, tables } = this.#options;
    const number = (this.#number += 1);
    const beat: Beat = {
      sentAt: clock.monotonic(),
      sentOn: clock.now(),
      answer: undefined,
      isBack: false,
    };
    this.#beats.set(number, beat);
    for (const old of this.#beats.keys()) {
      if (this.#beats.size <= MOST_WAITING) break;
      this.#beats.delete(old);
    }
    this.#asked += 1;
    // Never through a pool that a replica may answer.
    void database
      .query('auth', { ...BEAT, values: [this.#channel, String(number), tables()] })
      .then(
        ({ rows: [row] }) => {
          beat.answer = answerOf(row);
          this.#check(number);
        },
        // The pools count it; there is no proof.
        () => void this.#beats.delete(number),
      )
      .finally(() => {
        this.#asked -= 1;
      });
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
    if (this.#proven !== undefined && beat.sentAt <= this.#proven.sentAt) return;
    this.#proven = this.#options.onBeat(beat.answer) ? beat : undefined;
  }

  /** Beats of before prove nothing of what came after. */
  #miss(): void {
    this.#gaps += 1;
    this.#beats.clear();
    this.#proven = undefined;
    this.#options.onGap();
  }
}

function answerOf(row: Readonly<Record<string, unknown>> | undefined): BeatAnswer | undefined {
  const { catalogue, next } = row ?? {};
  if (typeof catalogue !== 'string' || typeof next !== 'string' || !/^\d{1,20}$/.test(next)) return undefined;
  return { catalogue, next: BigInt(next) };
}

/**
 * Sends the beat, and sums up how the watched tables are defined: which table each name means, its partitions, columns and
 * triggers and what these call, by the transactions that last wrote that; and whether rows are hidden from this account.
 */
const BEAT = {
  name: 'velro_beat',
  text: `
    with recursive part(oid) as (
      select to_regclass(name)::oid from unnest($3::text[]) name
      union
      select inhrelid from part join pg_inherits on inhparent = part.oid
    )
    select
      pg_notify($1, $2),
      pg_snapshot_xmax(pg_current_snapshot())::text as next,
      (
        select md5(coalesce(string_agg(line, ',' order by line), ''))
        from part
        cross join lateral (
          select 'c' || oid || ' ' || xmin || ' ' || relfilenode || ' ' || row_security_active(oid) from pg_class where oid = part.oid
          union all
          select 'a' || attrelid || ' ' || attnum || ' ' || xmin from pg_attribute where attrelid = part.oid
          union all
          select 't' || pg_trigger.oid || ' ' || pg_trigger.xmin || ' ' || pg_proc.xmin
          from pg_trigger join pg_proc on pg_proc.oid = tgfoid where tgrelid = part.oid and not tgisinternal
        ) as defined(line)
      ) || ' ' || coalesce((select string_agg(coalesce(to_regclass(name)::oid::text, '-'), ' ') from unnest($3::text[]) name), '')
      as catalogue`,
} as const;
