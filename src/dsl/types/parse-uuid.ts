const LENGTH = 36;
const HYPHEN = 0x2d;
const DIGITS = 32;
/** No hex digit. */
const NONE = 255;
/** Value of a hex digit by its char code. */
const DIGIT_OF = new Uint8Array(128).fill(NONE);
for (let digit = 0; digit < 16; digit += 1) {
  DIGIT_OF[digit.toString(16).charCodeAt(0)] = digit;
  DIGIT_OF[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Scratch of {@link parseUuid}. */
const scratch = new Uint8Array(DIGITS);

/** The canonical spelling (lower case) of a UUID in the form of RFC 9562, or undefined. */
export function parseUuid(text: string): string | undefined {
  return readUuidDigits(text, scratch) ? text.toLowerCase() : undefined;
}

/** Reads the 32 digits of a UUID in the form of RFC 9562; false where the text is none, and then what was read is of no use. */
export function readUuidDigits(text: string, into: Uint8Array): boolean {
  if (text.length !== LENGTH) return false;
  if (text.charCodeAt(8) !== HYPHEN || text.charCodeAt(13) !== HYPHEN) return false;
  if (text.charCodeAt(18) !== HYPHEN || text.charCodeAt(23) !== HYPHEN) return false;
  const seen =
    readGroup(text, 0, 8, into, 0) |
    readGroup(text, 9, 13, into, 8) |
    readGroup(text, 14, 18, into, 12) |
    readGroup(text, 19, 23, into, 16) |
    readGroup(text, 24, LENGTH, into, 20);
  return seen < 16;
}

/** Reads digits up to a hyphen; all that was read in one number, which is below 16 if there were only digits. */
function readGroup(text: string, from: number, to: number, into: Uint8Array, at: number): number {
  let seen = 0;
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index);
    const digit = DIGIT_OF[code & 127] as number;
    seen |= digit | (code & ~127);
    into[at + index - from] = digit;
  }
  return seen;
}
