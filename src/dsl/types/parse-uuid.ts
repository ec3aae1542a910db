import { TextMemo } from './text-memo.ts';

const LENGTH = 36;
const HYPHEN = 0x2d;

/** Ids come back, and one that is returned as the same string again need not be hashed anew. */
const canonical = new TextMemo<string>(4096);

/** The canonical spelling (lower case) of a UUID in the form of RFC 9562, or undefined. */
export function parseUuid(text: string): string | undefined {
  if (text.length !== LENGTH) return undefined;
  const known = canonical.get(text);
  if (known !== undefined) return known;
  if (!isUuid(text)) return undefined;
  const lower = text.toLowerCase();
  canonical.set(text, lower);
  return lower;
}

function isUuid(text: string): boolean {
  for (let index = 0; index < LENGTH; index += 1) {
    const code = text.charCodeAt(index);
    const isHyphen = index === 8 || index === 13 || index === 18 || index === 23;
    if (isHyphen ? code !== HYPHEN : !isHexDigit(code)) return false;
  }
  return true;
}

function isHexDigit(code: number): boolean {
  const letter = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
