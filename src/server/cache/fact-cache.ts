import type { Logger } from 'pino';
import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import type { DatabaseFactStore } from '../facts/database-fact-store.ts';
import type { Clock, FactQuestion, FactStore } from '../ports.ts';
import type { Database } from '../store/database.ts';
import type { CacheCounts } from './cache-counts.ts';
import type { SharedSlices, SharedSlicesOptions } from './shared/shared-slices.ts';
import type { StoreBounds, StoreStatus } from './slice-store.ts';
import type { WhyNot } from './why-not.ts';

export interface CachedFactStoreOptions {
  readonly store: DatabaseFactStore;
  readonly database: Database;
  readonly clock: Clock;
  /** Whether it is the bundle that answers now. */
  readonly answers: (bundle: CheckedBundle) => boolean;
  readonly bounds: StoreBounds;
  readonly log: Logger;
  /** The levels that instances share, where there are any. */
  readonly shared?: Pick<SharedSlicesOptions, 'levels' | 'digestOf'> | undefined;
  /** Told of the newest activation of policies several times a second, as long as the database answers. */
  readonly onActivation?: (id: number) => void;
  /** Safeguards that are left out, to show that tests notice. */
  readonly without?: ReadonlySet<Safeguard>;
}

/** What came of loading facts ahead: they are kept now, were before, may not be, or the subject or resource is gone. */
export type Warmed = 'loaded' | 'kept' | 'not_kept' | 'gone';

/** What keeps facts that have changed from being used. */
export type Safeguard = 'invalidation' | 'heartbeat' | 'snapshots' | 'shared-snapshots';

export interface CacheStatus extends StoreStatus {
  /** Whether what is kept may be used now. */
  readonly isTrusted: boolean;
  /** Milliseconds since the newest beat that came back was sent; undefined before the first. */
  readonly behind?: number;
  /** How often changes may have been missed, the beginning included. */
  readonly gaps: number;
  /** Beats that were sent sooner because something was loaded. */
  readonly hastened: number;
  /** Changes that were told of. */
  readonly changes: number;
  /** Entities whose changes are told of, sorted. */
  readonly watched: readonly string[];
  readonly counts: Readonly<CacheCounts>;
  /** Of the levels that instances share, where there are any. */
  readonly shared?: ReturnType<SharedSlices['status']>;
}

/** Facts of a database, of which some are kept. */
export interface CachedFactStore extends FactStore {
  /** Begins to listen for changes. Nothing is kept before. */
  start(bundle: CheckedBundle): Promise<void>;
  status(): CacheStatus;
  /** From now on this bundle is asked for, if it answers: it is found out what may be kept of its facts. */
  adopt(bundle: CheckedBundle): void;
  /** Loads facts that may be kept and are not, as a question would; nobody asked it. Says what came of it. */
  warm(question: FactQuestion, bundle: CheckedBundle): Promise<Warmed>;
  /** How decisions of one kind are kept, and by what they are found again. */
  describe(request: PreparedRequest, triple: Triple, bundle: CheckedBundle): CacheDescription;
  stop(): Promise<void>;
}

/** Whether facts of one question are kept, and by what they are found again. */
export interface CacheDescription {
  readonly kept: boolean;
  /** Why not. */
  readonly reason: WhyNot | null;
  /** What the key of each part is made of, besides the bundle: the root, and among records of which entities it looks. */
  readonly parts: readonly {
    readonly root: 'subject' | 'resource';
    readonly type: string;
    readonly id: string;
    readonly entities: readonly string[];
  }[];
  /** The records that are kept for it now: a change of any drops the part that holds it. */
  readonly tags: readonly string[];
}
