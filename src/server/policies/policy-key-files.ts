import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { StartError } from '../config/start-error.ts';
import { keyIdOf } from './policy-signature.ts';

/** A file of keys has at most so many bytes. */
const MAXIMUM_BYTES = 256 * 1024;

/** A pair of keys that was written to files. */
export interface KeyPairFiles {
  readonly keyId: string;
  readonly privateFile: string;
  readonly publicFile: string;
  /** PEM. */
  readonly publicKey: string;
}

/**
 * Makes an Ed25519 key pair: the private key in a new file that only its owner can read, the public one beside it with
 * `.pub` added to its name. Throws a `StartError` where one of them is there already.
 */
export async function createKeyPair(path: string): Promise<KeyPairFiles> {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const publicFile = `${path}.pub`;
  await writeNew(path, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  try {
    await writeNew(publicFile, publicKey, 0o644);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { keyId: keyIdOf(pair.publicKey), privateFile: path, publicFile, publicKey };
}

async function writeNew(path: string, content: string, mode: number): Promise<void> {
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'EEXIST'
        ? `${path} is there already, and a key is never replaced`
        : `cannot write ${path}: ${code ?? message}`,
    );
  }
}

/** The private key that signs; throws a `StartError` for a file that holds none. */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  const text = await readKeyFile(path);
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    throw new StartError(
      `${path} holds no private key in PEM without a passphrase; make one with velro keygen`,
    );
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new StartError(`${path} holds a key of the kind ${key.asymmetricKeyType}; ed25519 is needed`);
  return key;
}

/** The public keys in some files, by id. A file may hold several; one that holds none is a mistake, told by a `StartError`. */
export async function readPublicKeys(paths: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
  const keys = new Map<string, KeyObject>();
  for (const path of paths) {
    const text = await readKeyFile(path);
    // Who trusts a private key has put it where it should not be.
    if (text.includes('PRIVATE KEY'))
      throw new StartError(`${path} holds a private key; name the file of the public one`);
    const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? [];
    if (blocks.length === 0) throw new StartError(`${path} holds no public key in PEM`);
    for (const block of blocks) {
      const key = publicKeyOf(block, path);
      const id = keyIdOf(key);
      const known = keys.get(id);
      if (known !== undefined && !known.equals(key))
        throw new StartError(`two trusted keys have the id ${id}`);
      keys.set(id, key);
    }
  }
  return keys;
}

function publicKeyOf(pem: string, path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new StartError(`${path} holds a public key that cannot be read`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new StartError(`${path} holds a key of the kind ${key.asymmetricKeyType}; ed25519 is needed`);
  return key;
}

async function readKeyFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAXIMUM_BYTES) throw new StartError(`${path} has more than ${MAXIMUM_BYTES} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'ENOENT' ? `there is no ${path}` : `cannot read ${path}: ${code ?? message}`,
    );
  }
}
