import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import type { CheckedBundle } from '../../../dsl/check/bundle.ts';
import type { Clock } from '../../ports.ts';
import type { Database } from '../../store/database.ts';
import type { FactChange } from '../../store/schema/fact-change.ts';
import { type Load, Slice } from '../slice.ts';
import { parseSnapshot, reliable, type Snapshot } from '../snapshot.ts';
import { decodeEntry, type EntryContent, encodeEntry } from './entry-codec.ts';
import type { GuardedLevel, GuardedLevelStatus } from './guarded-level.ts';
import { type ScopeParts, scopeOf, sharedKeyOf } from './shared-key.ts';
import type { LevelName, SharedEntry } from './shared-level.ts';
import { nameLife, readSecret } from './shared-secret.ts';

export interface SharedSlicesOptions {
  /** From the quickest to the slowest. */
  readonly levels: readonly GuardedLevel[];
  readonly database: Database;
  readonly clock: Clock;
  /** Digest of the content of a bundle; undefined of one that does not answer any more. */
  readonly digestOf: (bundle: CheckedBundle) => string | undefined;
  readonly log: Logger;
}

/** What all slices that are shared now hang on. */
interface Scope {
  readonly id: string;
  readonly bundle: CheckedBundle;
  readonly secret: KeyObject;
}

/** A slice that another instance loaded, or this one did and keeps no more. */
export interface SharedSlice {
  readonly slice: Slice;
  readonly level: LevelName;
}

/** What is to be said of a slice that was found. */
export interface Judge {
  /** Whether the newest beat is known to have seen everything that a statement with this snapshot may have seen. */
  isSettled(said: Snapshot, isReplica: boolean): boolean;
  /** Whether it may be used; else whether it is too old, or may lack a change. */
  judge(slice: Slice): 'good' | 'old' | 'stale';
}

/** How a statement that loaded slices said which state it saw. */
export interface Said {
  readonly snapshot: string;
  readonly isReplica: boolean;
}

/** Slices that wait to be written down, … */
const MOST_WAITING = 1_000;
/**
 * … for so many milliseconds: what is loaded meanwhile is written with them, and of one key only what was loaded last. Who was told of the
 * same change looks for none of them sooner, before a beat has seen it.
 */
const GATHERING = 10;

/**
 * Slices in the levels that instances share. What comes from there is believed only with a proof that an instance wrote it for exactly
 * this bundle, database, definition of the tables and key; whether it still holds is for others to say.
 */
export class SharedSlices {
  readonly #options: SharedSlicesOptions;
  #scope: Scope | undefined;
  /** For what the scope was opened, or is being opened. */
  #opening: string | undefined;
  #last: (ScopeParts & { readonly id: string }) | undefined;
  #waiting = new Map<string, { readonly slice: Slice; readonly said: Said; readonly lifetime: number }>();
  #hasFailed = false;
  /** Slices that were too long, or found no room to wait. */
  #unwritten = 0;

  constructor(options: SharedSlicesOptions) {
    this.#options = options;
  }

  /** Whether slices are shared now. */
  get isOpen(): boolean {
    return this.#scope !== undefined;
  }

  /** A beat proved that it is this database, and that its tables are defined so. */
  open(bundle: CheckedBundle, catalogue: string, identity: string | null | undefined): void {
    const digest = this.#options.digestOf(bundle);
    if (identity === undefined || digest === undefined) return this.close();
    const id = this.#idOf(digest, identity ?? '', catalogue);
    if (this.#opening === id || this.#scope?.id === id) return;
    this.#scope = undefined;
    this.#opening = id;
    void this.#enter(id, bundle, identity).finally(() => {
      if (this.#opening === id) this.#opening = undefined;
    });
  }

  /** Each beat asks, and as a rule nothing is different. */
  #idOf(bundle: string, database: string, catalogue: string): string {
    const last = this.#last;
    if (last?.bundle === bundle && last.database === database && last.catalogue === catalogue) return last.id;
    const parts = { bundle, database, catalogue };
    const id = scopeOf(parts);
    this.#last = { ...parts, id };
    return id;
  }

  /** Nothing is shared until it is opened again. */
  close(): void {
    this.#scope = undefined;
    this.#opening = undefined;
    this.#waiting.clear();
  }

  async #enter(id: string, bundle: CheckedBundle, identity: string | null): Promise<void> {
    const { database, log } = this.#options;
    try {
      // The next beat says it.
      if (identity === null) return await nameLife(database);
      const secret = createSecretKey(await readSecret(database));
      if (this.#opening === id) this.#scope = { id, bundle, secret };
      this.#hasFailed = false;
    } catch (error) {
      // It is tried again with every beat. The error holds nothing of the secret.
      if (!this.#hasFailed)
        log.warn({ err: error }, 'the secret of the shared levels was not read; instances share no facts');
      this.#hasFailed = true;
    }
  }

  /** The slices of these keys that the levels have and the judge calls good. */
  async find(sliceKeys: readonly string[], judge: Judge): Promise<ReadonlyMap<string, SharedSlice>> {
    const found = new Map<string, SharedSlice>();
    const scope = this.#scope;
    if (scope === undefined) return found;
    const { levels } = this.#options;
    for (const [at, level] of levels.entries()) {
      const wanted = sliceKeys.filter((key) => !found.has(key));
      if (wanted.length === 0) break;
      const keys = wanted.map((key) => sharedKeyOf(scope.id, key));
      const entries = await level.get(keys);
      if (this.#scope !== scope) return new Map();
      if (entries === undefined) continue;
      const poisoned: string[] = [];
      for (const [index, sliceKey] of wanted.entries()) {
        const key = keys[index] as string;
        const bytes = entries[index];
        const read = bytes && this.#read(bytes, key, sliceKey, scope, judge);
        if (read === undefined) {
          if (bytes === undefined) level.counts.misses += 1;
          else poisoned.push(key);
          continue;
        }
        const is = judge.judge(read.slice);
        if (is === 'stale') level.counts.refused += 1;
        else level.counts[is === 'good' ? 'hits' : 'misses'] += 1;
        if (is !== 'good') continue;
        found.set(sliceKey, { slice: read.slice, level: level.name });
        // The quicker levels do not have it, for as long as it may be kept.
        const entry = { key, bytes: bytes as Buffer, tags: read.slice.tags, ...this.#timeOf(read.content) };
        for (const quicker of levels.slice(0, at)) if (entry.expiresIn > 0) quicker.put([entry]);
      }
      level.counts.poisoned += poisoned.length;
      if (poisoned.length > 0) level.drop({ keys: poisoned, changes: [] });
    }
    return found;
  }

  /** Writes what one statement loaded here, in a moment. */
  put(slices: readonly Slice[], said: Said, lifetime: number): void {
    if (this.#scope === undefined || lifetime <= 0) return;
    if (this.#waiting.size + slices.length > MOST_WAITING) {
      this.#unwritten += slices.length;
      return;
    }
    // Whoever asked has their answer first.
    if (this.#waiting.size === 0) setTimeout(() => this.#writeAll(), GATHERING).unref();
    for (const slice of slices) this.#waiting.set(slice.key, { slice, said, lifetime });
  }

  /** Deletes slices of which a change told, and whatever else holds what changed. */
  drop(sliceKeys: readonly string[], change: FactChange): void {
    const scope = this.#scope;
    if (scope === undefined) return;
    const keys = sliceKeys.map((key) => sharedKeyOf(scope.id, key));
    for (const level of this.#options.levels) level.drop({ keys, changes: [change] });
  }

  status(): {
    readonly isOpen: boolean;
    readonly levels: Readonly<Partial<Record<LevelName, GuardedLevelStatus>>>;
  } {
    const levels = this.#options.levels.map((level) => {
      const status = level.status();
      return [level.name, { ...status, unwritten: status.unwritten + this.#unwritten }] as const;
    });
    return { isOpen: this.isOpen, levels: Object.fromEntries(levels) };
  }

  async stop(): Promise<void> {
    this.close();
    await Promise.all(this.#options.levels.map((level) => level.close()));
  }

  #read(
    bytes: Buffer,
    key: string,
    sliceKey: string,
    scope: Scope,
    judge: Judge,
  ): { readonly slice: Slice; readonly content: EntryContent } | undefined {
    const { clock } = this.#options;
    const now = clock.now();
    const content = decodeEntry(bytes, {
      key,
      scope: scope.id,
      sliceKey,
      schema: scope.bundle,
      secret: scope.secret,
      now,
    });
    const said = parseSnapshot(content?.snapshot);
    if (content === undefined || said === undefined) return undefined;
    const { isReplica, loadId, loadedAt, facts } = content;
    const heldSince = clock.monotonic();
    const load: Load = {
      id: loadId,
      snapshot: reliable(said, isReplica),
      // Its age goes on; the clock of whoever loaded it may be a little ahead.
      beganAt: heldSince - Math.max(0, now - loadedAt),
      endedAt: judge.isSettled(said, isReplica) ? -Infinity : heldSince,
      shownBefore: isReplica ? said.xmax : undefined,
      heldSince,
    };
    return { slice: new Slice(sliceKey, facts, load), content };
  }

  /** How long an entry may still be kept, and the snapshot. */
  #timeOf({ loadedAt, lifetime, snapshot }: EntryContent): Pick<SharedEntry, 'expiresIn' | 'snapshot'> {
    const age = Math.max(0, this.#options.clock.now() - loadedAt);
    return { expiresIn: Math.floor(lifetime - age), snapshot };
  }

  #writeAll(): void {
    const { levels, clock } = this.#options;
    const scope = this.#scope;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    if (scope === undefined) return;
    const entries: SharedEntry[] = [];
    for (const { slice, said, lifetime } of waiting.values()) {
      // A change was told of meanwhile.
      if (slice.isDropped) continue;
      const { key: sliceKey, facts, load, tags } = slice;
      const content: EntryContent = {
        scope: scope.id,
        sliceKey,
        loadId: load.id,
        snapshot: said.snapshot,
        isReplica: said.isReplica,
        loadedAt: Math.floor(clock.now() - (clock.monotonic() - load.beganAt)),
        lifetime: Math.floor(lifetime),
        facts,
      };
      const key = sharedKeyOf(scope.id, sliceKey);
      const bytes = encodeEntry(key, content, scope.secret);
      const time = this.#timeOf(content);
      if (bytes === undefined) this.#unwritten += 1;
      else if (time.expiresIn > 0) entries.push({ key, bytes, tags, ...time });
    }
    if (entries.length > 0) for (const level of levels) level.put(entries);
  }
}
