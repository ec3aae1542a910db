import { createHash } from 'node:crypto';
import manifest from '../../../../package.json' with { type: 'json' };
import { FORMAT_VERSION } from './entry-codec.ts';

/** What a slice hangs on besides its own key. */
export interface ScopeParts {
  /** Of the bundle that answers. */
  readonly bundle: string;
  /** Which database it is, and which of its lives: transactions of another are numbered anew. */
  readonly database: string;
  /** How the tables are defined. */
  readonly catalogue: string;
}

/**
 * A digest of what all slices of a bundle, a database and its tables hang on. Instances of another release read facts in
 * their own way, and keep to themselves.
 */
export function scopeOf({ bundle, database, catalogue }: ScopeParts): string {
  return digestOf([String(FORMAT_VERSION), manifest.version, bundle, database, catalogue]);
}

/** Under what a slice is kept in the shared levels. */
export function sharedKeyOf(scope: string, sliceKey: string): string {
  return digestOf([scope, sliceKey]);
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
