import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** A digest that somebody vouches for. */
export interface PolicySignature {
  readonly keyId: string;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** What is signed begins with this, so that no signature made for anything else can stand for a bundle. */
const DOMAIN = 'velro policy bundle v1';

/** `ed25519:` and 16 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
export function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return `ed25519:${createHash('sha256').update(der).digest('hex').slice(0, 16)}`;
}

/** How key ids are spelt. */
export const KEY_ID = /^ed25519:[0-9a-f]{16}$/;

/** Signs the digest of a bundle (Ed25519, RFC 8032). */
export function signDigest(privateKey: KeyObject, digest: string): PolicySignature {
  return {
    keyId: keyIdOf(createPublicKey(privateKey)),
    signature: sign(null, signedText(digest), privateKey),
  };
}

/** Whether the owner of a key signed this digest. */
export function isSignedBy(publicKey: KeyObject, digest: string, signature: Uint8Array): boolean {
  return verify(null, signedText(digest), publicKey, signature);
}

function signedText(digest: string): Buffer {
  return Buffer.from(`${DOMAIN}\0${digest}`);
}
