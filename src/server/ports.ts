/** What the server needs of the outside. Every effect is one of these, and `app.ts` is the only place that chooses them. */
import type { WorldSource } from '../dsl/builtins/builtin.ts';
import type { CheckedBundle, Triple } from '../dsl/check/bundle.ts';
import type { FactView } from '../engine/decide/facts.ts';
import type { LimitUse, PreparedRequest } from '../engine/decide/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { AuditEntry, AuditStatus } from './audit/audit-entry.ts';
import type { Verdicts } from './cache/allowed-ages.ts';
import type { Consistency } from './cache/consistency.ts';
import type { CachedFactStore } from './cache/fact-cache.ts';
import type { EmergencyState } from './live/emergency-types.ts';
import type { Database } from './store/database.ts';

/** Time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
}

/** A question whose facts are asked for. */
export interface FactQuestion {
  readonly request: PreparedRequest;
  readonly triple: Triple;
}

/**
 * How facts of a database came to be known: they were kept, in this process, in Redis, in a table; they were not; the question may not
 * be answered by kept ones. Of facts from two places it is the slower one.
 */
export type FactSource = 'l1-hit' | 'l2-hit' | 'l3-hit' | 'miss' | 'bypass';

/** The facts of a decision. */
export interface ServedFacts extends FactView {
  /** Undefined of a store that has nothing to say of it. */
  readonly source?: FactSource;
  /** Of kept facts: which verdicts layer 7 lets them give, as old as they are. */
  readonly verdicts?: Verdicts;
}

/** How a question wants its facts. */
export interface FactWish {
  readonly consistency?: Consistency | undefined;
  /** What is kept has served already, and was too old for the verdict that it gave. */
  readonly renew?: boolean;
  /** The database is to be asked, whatever is kept. */
  readonly reload?: boolean;
}

/** Where facts are. */
export interface FactStore {
  /** The facts that this request may read, decoded by the bundle; rejects when they cannot be found out. */
  load(
    request: PreparedRequest,
    triple: Triple,
    bundle: CheckedBundle,
    wish?: FactWish,
  ): ServedFacts | Promise<ServedFacts>;
  /** The same of each of these, all of one state of the store, and in one round trip where that is over a network. */
  loadAll(
    questions: readonly FactQuestion[],
    bundle: CheckedBundle,
    wish?: FactWish,
  ): readonly ServedFacts[] | Promise<readonly ServedFacts[]>;
  /** Records held, or undefined where that is not known. */
  size(): number | undefined;
}

/** Limits that have nothing left, with the milliseconds until they have again (undefined where that is not known). */
export type Exhausted = ReadonlyMap<string, number | undefined>;

/** Counts requests against limits. */
export interface LimitCounter {
  /** Takes one from each bucket; names those that had nothing left. */
  take(uses: readonly LimitUse[]): Exhausted;
  /** Names those that have nothing left, and takes nothing. */
  peek(uses: readonly LimitUse[]): Exhausted;
}

/** Where decisions are recorded. */
export interface AuditLog {
  /**
   * Records an entry. Undefined: it follows in its own time. Otherwise the promise resolves once the entry is safely
   * stored and rejects when it cannot be.
   */
  write(entry: AuditEntry): Promise<void> | undefined;
  status(): AuditStatus;
  /** Writes what waits; no entry may follow. */
  close(): Promise<void>;
}

/** What a key is good for: asking for decisions, or administration. */
export const SCOPES = ['decide', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who called: an id that is no secret, and what the key is good for. */
export interface Caller {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Finds out who calls. */
export interface Authenticator {
  /** The caller whom an `Authorization` header proves, or undefined. */
  authenticate(authorization: string | undefined): Caller | undefined | Promise<Caller | undefined>;
}

/** The bundle that answers, as one unit: a request uses one of these from beginning to end. */
export interface ActiveBundle {
  readonly engine: Engine;
  /** The versions of the layers, in their order, joined by dots. */
  readonly version: string;
  /** `sha256:` and the digest of the canonical content. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** Its number among the published versions; undefined of one from a folder. */
  readonly published?: number | undefined;
}

/** Knows which bundle answers now. */
export interface BundleSource {
  current(): ActiveBundle;
}

/** Implementations of the builtins that need the world, and what to say about each family. */
export interface WorldSources {
  readonly sources: Readonly<Record<string, WorldSource>>;
  /** `configured` or `absent`, by name of the source, for operators. */
  readonly status: Readonly<Record<string, 'configured' | 'absent'>>;
}

/** Which dependencies are lost. */
export interface LossRegistry {
  current(): ReadonlySet<string>;
  /** When each was lost, in milliseconds since the epoch. */
  since(): ReadonlyMap<string, number>;
  set(dependency: string, lost: boolean): void;
}

/** Everything that the server is made of. */
export interface Ports {
  readonly clock: Clock;
  readonly bundles: BundleSource;
  readonly facts: FactStore;
  /** What keeps facts of the database, where something does. */
  readonly cache?: Pick<CachedFactStore, 'status' | 'describe'> | undefined;
  readonly database: Database;
  readonly limits: LimitCounter;
  readonly emergency: EmergencyState;
  readonly losses: LossRegistry;
  readonly audit: AuditLog;
  readonly authenticator: Authenticator;
  readonly world: WorldSources;
}
