import { StartError } from '../config/start-error.ts';
import type { MediaKey } from './media-token.ts';

/** A key as it is kept; times are milliseconds since the epoch. */
export interface KeptKey extends MediaKey {
  readonly createdAt: number;
  /** Since when another key is the active one; undefined of the active key. */
  readonly retiredAt: number | undefined;
}

/** What stands in the file: the keys by age, the active one last. */
interface MediaKeyDocument {
  readonly version: 1;
  readonly keys: readonly {
    readonly id: string;
    /** In base64url. */
    readonly secret: string;
    readonly createdAt: number;
    readonly retiredAt: number | null;
  }[];
}

const SECRET_BYTES = 32;

/** The keys as a document for the file. */
export function mediaKeyDocument(keys: readonly KeptKey[]): MediaKeyDocument {
  return {
    version: 1,
    keys: keys.map(({ id, secret, createdAt, retiredAt }) => ({
      id,
      secret: secret.toString('base64url'),
      createdAt,
      retiredAt: retiredAt ?? null,
    })),
  };
}

/** The keys of a document, at least one, only the last of them active. Throws a StartError on any other document. */
export function parseMediaKeyDocument(document: unknown, path: string): readonly KeptKey[] {
  const keys = isDocument(document) ? document.keys.map(parseKey) : [];
  const isSound =
    keys.length > 0 &&
    keys.every(
      (key, index) => key !== undefined && (key.retiredAt === undefined) === (index === keys.length - 1),
    ) &&
    new Set(keys.map((key) => key?.id)).size === keys.length;
  if (isSound) return keys as KeptKey[];
  throw new StartError(
    `the media keys in ${path} are damaged: restore them, or delete the file to have new ones`,
  );
}

function isDocument(document: unknown): document is { readonly keys: readonly unknown[] } {
  if (typeof document !== 'object' || document === null) return false;
  const { version, keys } = document as Partial<Record<keyof MediaKeyDocument, unknown>>;
  return version === 1 && Array.isArray(keys);
}

function parseKey(json: unknown): KeptKey | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { id, secret, createdAt, retiredAt } = json as Partial<Record<keyof KeptKey, unknown>>;
  if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,32}$/.test(id)) return undefined;
  if (typeof secret !== 'string' || typeof createdAt !== 'number') return undefined;
  if (retiredAt !== null && typeof retiredAt !== 'number') return undefined;
  const bytes = Buffer.from(secret, 'base64url');
  if (bytes.length !== SECRET_BYTES) return undefined;
  return { id, secret: bytes, createdAt, retiredAt: retiredAt ?? undefined };
}
