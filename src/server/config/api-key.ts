import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Authenticator, Caller } from '../ports.ts';
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

/** Accepts one key as a bearer token. Digests of equal length are compared, in a time that does not depend on them. */
export function apiKeyAuthenticator(key: string): Authenticator {
  const expected = Buffer.from(digestOf(key));
  const presented = Buffer.alloc(expected.length);
  const caller: Caller = { id: `key:${digestOf(`key id\0${key}`).slice(0, 8)}` };
  return {
    authenticate(authorization) {
      const token = /^bearer +([\x21-\x7e]{1,1024}) *$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return undefined;
      presented.write(digestOf(token), 'latin1');
      return timingSafeEqual(presented, expected) ? caller : undefined;
    },
  };
}

/** In hexadecimal: as a string it costs a third of what a buffer does. */
function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}
