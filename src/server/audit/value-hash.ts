import { createHmac, hash, type KeyObject } from 'node:crypto';
import { BoundedMemo } from '../../dsl/builtins/support/bounded-memo.ts';

/** A value as it stands in the log where a policy says `hash`: equal values have equal hashes, in one installation. */
export type ValueHash = (value: unknown) => string;

/** What SHA-256 takes and yields at a time, in bytes. */
const BLOCK = 64;
const DIGEST = 32;
/** Longer texts than this, in bytes, take the slower way. */
const LONGEST = 4096;
/** Hashes of texts up to this length are remembered: sessions and addresses come back with each request of theirs. */
const REMEMBERED_LENGTH = 128;
const REMEMBERED = 4096;

/**
 * HMAC-SHA-256 (RFC 2104) under this secret. Both passes are made by the one-shot function, in memory that is kept: a
 * `Hmac` object for each of the short values that most are costs twice as much.
 */
export function createValueHash(secret: KeyObject): ValueHash {
  const key = secret.export();
  const block = Buffer.alloc(BLOCK);
  block.set(key.length > BLOCK ? hash('sha256', key, 'buffer') : key);
  const inner = Buffer.alloc(BLOCK + LONGEST);
  const outer = Buffer.alloc(BLOCK + DIGEST);
  for (const [at, byte] of block.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  const compute = (text: string): string => {
    // In UTF-8 a code unit takes at most three bytes.
    if (text.length * 3 > LONGEST) {
      return `hmac-sha256:${createHmac('sha256', secret).update(text).digest('hex')}`;
    }
    const end = BLOCK + inner.write(text, BLOCK, 'utf8');
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, 'binary');
    return `hmac-sha256:${hash('sha256', outer, 'hex')}`;
  };
  const known = new BoundedMemo<string, string>(REMEMBERED);
  return (value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length > REMEMBERED_LENGTH) return compute(text);
    let hashed = known.get(text);
    if (hashed === undefined) known.set(text, (hashed = compute(text)));
    return hashed;
  };
}
