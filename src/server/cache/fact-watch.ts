import type { Logger } from 'pino';
import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { canonicalId } from '../../dsl/types/entity-id.ts';
import type { Clock } from '../ports.ts';
import type { Database } from '../store/database.ts';
import type { FactChange } from '../store/schema/fact-change.ts';
import { BundleReads } from './bundle-reads.ts';
import { ChangeHistory } from './change-history.ts';
import type { Safeguard } from './fact-cache.ts';
import type { Proven } from './pair-slices.ts';
import { type BeatAnswer, Pulse, TRUST } from './pulse.ts';

/** Changes that are remembered one by one. */
const MOST_CHANGES = 65_536;

export interface FactWatchOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Whether it is the bundle that answers now. */
  readonly answers: (bundle: CheckedBundle) => boolean;
  readonly log: Logger;
  readonly without: ReadonlySet<Safeguard>;
  /** Whether it is asked which database it is, and which of its lives. */
  readonly asksIdentity: boolean;
  /** A record, all of a type or everything has changed. */
  readonly onChange: (change: FactChange) => void;
  /** Told of the newest activation of policies with each beat that says it. */
  readonly onActivation?: ((id: number) => void) | undefined;
  /** Everything that is kept, or is being loaded, is void. */
  readonly onForget: () => void;
  /** A beat has come back that proves that everything is as it was. */
  readonly onProof: (identity: string | null | undefined) => void;
}

/**
 * Watches over what is kept: which bundle answers, how its tables are defined, which of them tell of their changes, which
 * changes were told of, and whether it is certain that all were.
 */
export class FactWatch {
  readonly history = new ChangeHistory(MOST_CHANGES);
  readonly #options: FactWatchOptions;
  readonly #pulse: Pulse;
  #current: BundleReads | undefined;
  #epoch = 0;
  /** Whether a beat has come back since: only then is known what may have been missed before. */
  #hasBeaten = false;
  #changes = 0;
  /** Which database it was at the last beat, where that is asked. */
  #identity: string | null | undefined;

  constructor(options: FactWatchOptions) {
    this.#options = options;
    const { database, clock, without, log, asksIdentity, onActivation } = options;
    this.#pulse = new Pulse({
      database,
      clock,
      tables: () => this.#current?.tables ?? [],
      asks: { identity: asksIdentity, activation: onActivation !== undefined },
      onUnasked: (question, err) => {
        if (question === 'activation') {
          log.warn({ err }, 'beats do not say which policies are active; that is looked up twice a second');
          return;
        }
        log.warn({ err }, 'not found out which database it is; instances share no facts');
        options.onProof(undefined);
      },
      onChange: (told) => {
        if (!without.has('invalidation')) this.#change(told);
      },
      onGap: () => {
        if (without.has('heartbeat')) return;
        this.#hasBeaten = false;
        this.forget();
      },
      onBeat: (answer) => this.#check(answer),
    });
  }

  start(): Promise<void> {
    return this.#pulse.start();
  }

  stop(): Promise<void> {
    return this.#pulse.stop();
  }

  /** What is known of the bundle that answers now. */
  get current(): BundleReads | undefined {
    return this.#current;
  }

  /** Grows whenever everything that was kept, or is being loaded, is void. */
  get epoch(): number {
    return this.#epoch;
  }

  get hasBeaten(): boolean {
    return this.#hasBeaten;
  }

  /** Whether what is kept may be used now. */
  get isTrusted(): boolean {
    return this.isTrustedAt(this.#options.clock.monotonic());
  }

  /** The same, where that clock was just read. */
  isTrustedAt(now: number): boolean {
    return this.trusts(this.#pulse.behindAt(now));
  }

  /** Whether what is kept may be used when the newest beat that came back was sent so many milliseconds ago. */
  trusts(behind: number): boolean {
    return behind <= TRUST || this.#options.without.has('heartbeat');
  }

  /** What was loaded before it is as the database was then, and is still kept. */
  get proven(): Proven {
    return this.#options.without.has('heartbeat') ? TAKEN_FOR_GRANTED : this.#pulse.proven;
  }

  /** Has what was loaded by now proven soon. */
  hasten(): void {
    this.#pulse.hasten();
  }

  /** Beats that were sent for that. */
  get hastened(): number {
    return this.#pulse.hastened;
  }

  get behind(): number {
    return this.#pulse.behindAt(this.#options.clock.monotonic());
  }

  get gaps(): number {
    return this.#pulse.gaps;
  }

  /** Changes that were told of. */
  get changes(): number {
    return this.#changes;
  }

  /** What is known of a bundle; undefined for one that does not answer any more. */
  adopt(bundle: CheckedBundle): BundleReads | undefined {
    if (this.#current?.bundle === bundle) return this.#current;
    // A request that began under the bundle before goes on with that, and with nothing that is kept.
    if (!this.#options.answers(bundle)) return undefined;
    this.#current = new BundleReads(bundle);
    // Ids are spelt as the bundle says, in what is remembered too; the next beat says from where on all is remembered.
    this.#hasBeaten = false;
    this.forget();
    return this.#current;
  }

  forget(): void {
    this.#epoch += 1;
    this.#options.onForget();
  }

  #change(told: FactChange | undefined): void {
    this.#changes += 1;
    // Of what nobody can say what it is, everything is assumed.
    if (told === undefined) {
      if (!this.#options.without.has('heartbeat')) this.#hasBeaten = false;
      this.forget();
      return;
    }
    const entity = told.type === undefined ? undefined : this.#current?.bundle.entities.get(told.type);
    const change = { ...told, id: canonicalId(entity, told.id) };
    this.history.note(change);
    this.#options.onChange(change);
  }

  /** Whether everything is as it was when it was last looked at. */
  #check({ catalogue, snapshot, identity, activation }: BeatAnswer): boolean {
    if (activation !== undefined) this.#options.onActivation?.(activation);
    if (!this.#hasBeaten) {
      this.history.missed(snapshot.xmax);
      this.#hasBeaten = true;
    }
    const reads = this.#current;
    if (reads === undefined) return true;
    const isSame = identity === undefined || this.#identity === undefined || this.#identity === identity;
    this.#identity = identity;
    if (reads.catalogue === catalogue && isSame) {
      reads.isConfirmed = true;
      this.#options.onProof(identity);
      return true;
    }
    // Another definition or database than before, or one of a bundle that is new: what was kept may have been changed unnoticed.
    this.forget();
    this.#hasBeaten = false;
    void this.#look(reads, catalogue);
    return false;
  }

  async #look(reads: BundleReads, catalogue: string): Promise<void> {
    const { database, log } = this.#options;
    try {
      await reads.look(catalogue, database);
    } catch (err) {
      // It is tried again with every beat.
      if (!reads.hasFailed) log.warn({ err }, 'not found out which tables are watched; nothing is kept');
      reads.hasFailed = true;
    }
  }
}

const MOST = 2n ** 64n;
const TAKEN_FOR_GRANTED: Proven = {
  sentAt: Infinity,
  snapshot: { xmin: MOST, xmax: MOST, running: new Set() },
};
