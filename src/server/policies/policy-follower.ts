import type { Logger } from 'pino';
import type { PolicyRuntime } from '../bundles/policy-runtime.ts';
import { FindingsError } from '../config/start-error.ts';
import type { Clock } from '../ports.ts';
import type { Database, Unlisten } from '../store/database.ts';
import { DatabaseUnavailable } from '../store/database-unavailable.ts';
import { loadPublished } from './load-published.ts';
import type { StoredActivation } from './policy-records.ts';
import { PolicyRefusal } from './policy-refusal.ts';
import { type ActivationHead, createPolicyStore, POLICY_CHANNEL } from './policy-store.ts';
import type { PolicyTrust } from './policy-trust.ts';

/** What should answer and does not, because this process must not or cannot use it. */
export interface RefusedVersion {
  readonly version: number;
  readonly code: string;
  readonly detail: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface FollowerStatus {
  readonly refused: RefusedVersion | undefined;
  /** Whether the last look at the database succeeded. */
  readonly isFollowing: boolean;
}

export interface PolicyFollowerOptions {
  readonly database: Database;
  readonly trust: PolicyTrust;
  readonly runtime: PolicyRuntime;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every activation that this process took up. */
  readonly onLoaded: (activation: StoredActivation) => void;
  readonly onRefused: (refused: RefusedVersion) => void;
}

/** Keeps what answers in this process the same as what was activated. */
export interface PolicyFollower {
  /** Looks at once, and resolves when what was activated before the call answers, or cannot. */
  refresh(): Promise<void>;
  /** Looks soon if this activation is newer than what answers; somebody else found it. */
  notice(activation: number): void;
  status(): FollowerStatus;
  close(): Promise<void>;
}

/** Milliseconds between two looks, in case that a notification is lost. */
const POLLING = 500;
/** What was refused is tried again after so many milliseconds without a notification: a missing signature may be there by then. */
const RETRY = 30_000;

/**
 * Follows the activations of a store: notifications tell of them at once, and a look twice a second finds what they missed, unless
 * whoever else asks the database noticed it before. A
 * bundle is verified, checked and compiled before it takes the place of the one that answers, in one assignment; one that
 * must not or cannot be used leaves that one where it is. So does a database that cannot be reached. `loaded` is the
 * activation that answers already.
 */
export async function followPolicies(
  { database, trust, runtime, clock, log, onLoaded, onRefused }: PolicyFollowerOptions,
  loaded: number,
): Promise<PolicyFollower> {
  const store = createPolicyStore(database);
  let loadedId = loaded;
  let refused: (RefusedVersion & { readonly id: number; readonly retryAt: number }) | undefined;
  let isFollowing = true;
  let closed = false;

  const take = async ({ id, version }: ActivationHead): Promise<void> => {
    const [stored, activation] = await Promise.all([store.bundle(version), store.activation(id)]);
    if (stored === undefined || activation === undefined)
      throw new PolicyRefusal('unknown_version', `there is no version ${version}`);
    await runtime.adopt(await loadPublished(stored, trust));
    loadedId = id;
    onLoaded(activation);
  };

  const refuse = ({ id, version }: ActivationHead, error: unknown): void => {
    const isKnown = refused?.id === id;
    refused = {
      id,
      version,
      code: codeOf(error),
      detail: (error as Error).message,
      since: isKnown && refused !== undefined ? refused.since : clock.now(),
      retryAt: clock.monotonic() + RETRY,
    };
    if (isKnown) return;
    log.error({ err: error, version }, 'activated policies not used; what ran before still answers');
    onRefused(refused);
  };

  const look = async (isUrgent: boolean): Promise<void> => {
    let head: ActivationHead | undefined;
    try {
      head = await store.head();
      if (head === undefined || head.id === loadedId) refused = undefined;
      else if (isUrgent || refused?.id !== head.id || clock.monotonic() >= refused.retryAt) {
        await take(head);
        refused = undefined;
      }
      if (!isFollowing) log.warn('following the activations of policies again');
      isFollowing = true;
    } catch (error) {
      if (head !== undefined && !(error instanceof DatabaseUnavailable)) return refuse(head, error);
      if (isFollowing && !closed) log.error({ err: error }, 'cannot follow the activations of policies');
      isFollowing = false;
    }
  };

  let running: Promise<void> | undefined;
  /** What is asked for while a look is under way comes after it: that look may have been too early. */
  let next: Promise<void> | undefined;
  const refresh = (isUrgent: boolean): Promise<void> => {
    if (closed) return Promise.resolve();
    if (running !== undefined) {
      next ??= running.then(() => {
        next = undefined;
        return refresh(true);
      });
      return next;
    }
    running = look(isUrgent).finally(() => {
      running = undefined;
    });
    return running;
  };

  // Nobody else has an embedded database open, and what is activated by this process needs no finding.
  const polling =
    database.kind === 'embedded'
      ? undefined
      : setInterval(() => {
          if (running === undefined) void refresh(false);
        }, POLLING);
  polling?.unref();
  let unlisten: Unlisten | undefined;
  if (database.kind !== 'embedded') {
    const onChange = (): void => void refresh(true);
    unlisten = await database.listen(POLICY_CHANNEL, onChange, onChange);
  }

  return {
    refresh: () => refresh(true),
    notice(activation) {
      if (activation > loadedId && activation !== refused?.id && running === undefined) void refresh(false);
    },
    status: () => ({ refused, isFollowing }),
    async close() {
      closed = true;
      clearInterval(polling);
      await next;
      await running;
      await unlisten?.();
    },
  };
}

function codeOf(error: unknown): string {
  if (error instanceof PolicyRefusal) return error.code;
  // The tables are not those that the bundle maps.
  return error instanceof FindingsError ? 'database_unfit' : 'internal_error';
}
