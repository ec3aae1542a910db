import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Authenticator, Caller, Scope } from '../ports.ts';
import { createSecretFile } from './secret-file.ts';
import { StartError } from './start-error.ts';

/** Keys shorter than this are refused, in characters. */
const MINIMUM_KEY_LENGTH = 32;
/** Keys longer than this are refused; a header could not carry them. */
const MAXIMUM_KEY_LENGTH = 1024;

/** The key in a file, which is created (mode 0600, 32 random bytes as base64url) if it is not there. */
export async function readOrCreateKey(path: string): Promise<string> {
  await createSecretFile(path, `${randomBytes(32).toString('base64url')}\n`);
  const key = (await readFile(path, 'utf8')).trim();
  const problem = problemWithKey(key);
  if (problem !== undefined) throw new StartError(`the API key in ${path} ${problem}`);
  return key;
}

/** What is wrong with a key, to be read after its name; undefined if nothing is. */
export function problemWithKey(key: string): string | undefined {
  if (key.length < MINIMUM_KEY_LENGTH) {
    return `has ${key.length} characters; at least ${MINIMUM_KEY_LENGTH} are needed`;
  }
  if (key.length > MAXIMUM_KEY_LENGTH) return `has more than ${MAXIMUM_KEY_LENGTH} characters`;
  if (!/^[\x21-\x7e]+$/.test(key)) return 'may hold printable ASCII characters only, and no spaces';
  return undefined;
}

/** A secret, and what it is good for. */
export interface ApiKey {
  readonly key: string;
  readonly scopes: readonly Scope[];
}

interface KnownKey {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/**
 * Accepts these keys as bearer tokens. Digests of equal length are compared, each with all keys, in a time that does not
 * depend on them.
 */
export function apiKeyAuthenticator(keys: readonly ApiKey[]): Authenticator {
  const known = keys.map(
    ({ key, scopes }): KnownKey => ({
      digest: Buffer.from(digestOf(key)),
      caller: { id: `key:${digestOf(`key id\0${key}`).slice(0, 8)}`, scopes: new Set(scopes) },
    }),
  );
  const presented = Buffer.alloc(DIGEST_LENGTH);
  return {
    authenticate(authorization) {
      const token = /^bearer +([\x21-\x7e]{1,1024}) *$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return undefined;
      presented.write(digestOf(token), 'latin1');
      let found: Caller | undefined;
      for (const { digest, caller } of known) if (timingSafeEqual(presented, digest)) found = caller;
      return found;
    },
  };
}

/** Of a digest, in hexadecimal digits. */
const DIGEST_LENGTH = 64;

/** In hexadecimal: as a string it costs a third of what a buffer does. */
function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}
