import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecretFile } from '../config/secret-file.ts';
import { StartError } from '../config/start-error.ts';

const BYTES = 32;

/** The secret of this installation under which redacted values are hashed; it is made at the first start (mode 0600). */
export async function readOrCreateAuditSecret(path: string): Promise<KeyObject> {
  await createSecretFile(path, `${randomBytes(BYTES).toString('base64url')}\n`);
  const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url');
  if (secret.length === BYTES) return createSecretKey(secret);
  throw new StartError(`the audit secret in ${path} is damaged: restore it, or delete it to have a new one`);
}
