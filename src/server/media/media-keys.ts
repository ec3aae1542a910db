import { randomBytes } from 'node:crypto';
import { createSecretFile } from '../config/secret-file.ts';
import { readJsonFile, writeJsonFile } from '../live/atomic-json-file.ts';
import { type KeptKey, mediaKeyDocument, parseMediaKeyDocument } from './media-key-document.ts';
import { LONGEST_LIFETIME, type MediaKeys } from './media-token.ts';

/** So many keys are kept; with more rotations than that in an hour the oldest go early, and their tokens with them. */
export const MAXIMUM_KEYS = 8;

/** Keys of media tokens in a file that only its owner can read. */
export interface MediaKeyRing extends MediaKeys {
  /**
   * Makes a new key the active one and resolves to its id once the file has it. The keys before it check tokens for as
   * long as the last ones may be valid, or, with `revoke`, no more.
   */
  rotate(now: number, options?: { readonly revoke?: boolean }): Promise<string>;
  /** Takes over what another process wrote into the file. */
  reload(): Promise<void>;
  /** The keys without their secrets, the active one last. */
  list(): readonly Omit<KeptKey, 'secret'>[];
}

/** Opens the key ring of a file, which is made with a first key unless it is there; rejects when it is damaged. */
export async function openMediaKeys(path: string, now: number): Promise<MediaKeyRing> {
  await createSecretFile(path, `${JSON.stringify(mediaKeyDocument([createKey(now)]), null, 2)}\n`);
  let kept = await readKeys(path);
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, so that none builds on keys that another is replacing. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };

  return {
    active: () => keysOf(kept).active(),
    find: (id, at) => keysOf(kept).find(id, at),
    rotate: (at, { revoke = false } = {}) =>
      inTurn(async () => {
        const before = revoke ? [] : (await readKeys(path)).filter((one) => isUsable(one, at));
        const fresh = createKey(at);
        const next = [...before.map((one) => retired(one, at)), fresh].slice(-MAXIMUM_KEYS);
        await writeJsonFile(path, mediaKeyDocument(next));
        kept = next;
        return fresh.id;
      }),
    reload: () =>
      inTurn(async () => {
        kept = await readKeys(path);
      }),
    list: () => kept.map(({ id, createdAt, retiredAt }) => ({ id, createdAt, retiredAt })),
  };
}

async function readKeys(path: string): Promise<readonly KeptKey[]> {
  return parseMediaKeyDocument(await readJsonFile(path), path);
}

/** What tokens are made and checked with, of keys by age, the active one last. */
export function keysOf(kept: readonly KeptKey[]): MediaKeys {
  return {
    active() {
      const active = kept.at(-1);
      if (active === undefined) throw new Error('a key ring always has an active key');
      return active;
    },
    find(id, now) {
      const key = kept.find((one) => one.id === id);
      return key !== undefined && isUsable(key, now) ? key : undefined;
    },
  };
}

function isUsable({ retiredAt }: KeptKey, now: number): boolean {
  return retiredAt === undefined || now < retiredAt + LONGEST_LIFETIME * 1000;
}

function retired(key: KeptKey, now: number): KeptKey {
  return key.retiredAt === undefined ? { ...key, retiredAt: now } : key;
}

function createKey(now: number): KeptKey {
  return {
    id: randomBytes(6).toString('base64url'),
    secret: randomBytes(32),
    createdAt: now,
    retiredAt: undefined,
  };
}
