import { createHmac, timingSafeEqual } from 'node:crypto';

/** No token is valid for longer, in seconds. */
export const LONGEST_LIFETIME = 3600;

/** A key that tokens are signed with. */
export interface MediaKey {
  /** Stands in the tokens; 1 to 32 letters, digits, `-` and `_`. */
  readonly id: string;
  readonly secret: Buffer;
}

/** The keys that tokens are made and checked with. */
export interface MediaKeys {
  /** The one that signs. */
  active(): MediaKey;
  /** The key whose tokens may still be valid at `now` (milliseconds since the epoch), or undefined. */
  find(id: string, now: number): MediaKey | undefined;
}

/** What a token allows: one request, to one subject. */
export interface MediaGrant {
  /** As it stands in the request: methods of HTTP are case-sensitive. */
  readonly method: string;
  readonly path: string;
  /** The subject's id. */
  readonly subject: string;
}

/** What is signed begins with this, so that no other use of a key yields a token. */
const PURPOSE = 'velro media token v1';
/** Version, key id, expiry in seconds since the epoch, and 32 bytes as base64url. */
const TOKEN = /^v1\.([A-Za-z0-9_-]{1,32})\.(0|[1-9]\d{0,11})\.([A-Za-z0-9_-]{43})$/;

/**
 * A token for this request, `v1.<key id>.<expiry>.<HMAC-SHA-256>`, valid until `expires`, which is cut to whole seconds; times
 * are milliseconds since the epoch. Throws a `RangeError` unless it expires within the longest lifetime, and for texts
 * that are not well-formed Unicode.
 */
export function mintMediaToken(
  keys: MediaKeys,
  grant: MediaGrant & { readonly expires: number; readonly now: number },
): string {
  const expiry = Math.floor(grant.expires / 1000);
  if (!isWithinLifetime(expiry, grant.now)) {
    throw new RangeError(`a media token is valid for up to ${LONGEST_LIFETIME} seconds`);
  }
  if (!isWellFormed(grant)) throw new RangeError('a media token is for well-formed Unicode only');
  const key = keys.active();
  return `v1.${key.id}.${expiry}.${sign(key, String(expiry), grant)}`;
}

/**
 * Whether the token was signed for exactly this request by one of the keys, has not expired at `now` (milliseconds
 * since the epoch) and expires within the longest lifetime. Any text may be given. The signatures are compared in a time
 * that does not depend on them.
 */
export function checkMediaToken(
  keys: MediaKeys,
  token: string,
  request: MediaGrant & { readonly now: number },
): boolean {
  const match = TOKEN.exec(token);
  if (match === null || !isWellFormed(request)) return false;
  const [, id = '', expiry = '', signature = ''] = match;
  if (!isWithinLifetime(Number(expiry), request.now)) return false;
  const key = keys.find(id, request.now);
  if (key === undefined) return false;
  // The texts are compared, not the bytes: base64url has several spellings of the same bytes.
  return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(key, expiry, request)));
}

/** Whether a token that expires then, in seconds, may be valid now, in milliseconds. */
function isWithinLifetime(expiry: number, now: number): boolean {
  const left = expiry * 1000 - now;
  return left > 0 && left <= LONGEST_LIFETIME * 1000;
}

/** 43 characters. Every part is preceded by its length, so that no two requests are signed alike. */
function sign(key: MediaKey, expiry: string, { method, path, subject }: MediaGrant): string {
  const hmac = createHmac('sha256', key.secret);
  const length = Buffer.alloc(4);
  for (const part of [PURPOSE, key.id, method, path, subject, expiry]) {
    const bytes = Buffer.from(part, 'utf8');
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest('base64url');
}

/** Half a surrogate pair would be signed as U+FFFD, and so like any other half. */
function isWellFormed({ method, path, subject }: MediaGrant): boolean {
  return method.isWellFormed() && path.isWellFormed() && subject.isWellFormed();
}
