import { isStorable } from './whole-value.ts';

/** Where a page of entities of a type ends, as clients hand it back: nothing that they should read. */
export function encodeCursor(type: string, id: string): string {
  return Buffer.from(JSON.stringify([type, id])).toString('base64url');
}

/** The id after which the next page begins; undefined when it is no cursor, or one of another type. */
export function decodeCursor(type: string, cursor: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== type) return undefined;
  const id: unknown = value[1];
  if (typeof id !== 'string' || !isStorable(id)) return undefined;
  return encodeCursor(type, id) === cursor ? id : undefined;
}
