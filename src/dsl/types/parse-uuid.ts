const LENGTH = 36;
const HYPHEN = 0x2d;
export const UUID_DIGITS = 32;
/** No hex digit. */
const NONE = 255;
/** Value of a hex digit by its char code. */
const DIGIT_OF = new Uint8Array(128).fill(NONE);
for (let digit = 0; digit < 16; digit += 1) {
  DIGIT_OF[digit.toString(16).charCodeAt(0)] = digit;
  DIGIT_OF[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
/** Where the digits stand between the hyphens. */
const PLACES = Uint8Array.from({ length: UUID_DIGITS }, (_, index) => {
  const hyphens = [8, 12, 16, 20].filter((first) => index >= first).length;
  return index + hyphens;
});

/** The canonical spelling (lower case) of a UUID in the form of RFC 9562, or undefined. */
export function parseUuid(text: string): string | undefined {
  if (!hasShapeOfUuid(text)) return undefined;
  const seen =
    seenIn(text, 0, 8) |
    seenIn(text, 9, 13) |
    seenIn(text, 14, 18) |
    seenIn(text, 19, 23) |
    seenIn(text, 24, LENGTH);
  return seen < 16 ? text.toLowerCase() : undefined;
}

/** All digits up to a hyphen in one number, which is below 16 if they are hex digits: to branch on random ones is slow. */
function seenIn(text: string, from: number, to: number): number {
  let seen = 0;
  for (let index = from; index < to; index += 1) seen |= digitOf(text.charCodeAt(index));
  return seen;
}

/** Whether a text is as long as a UUID and has its hyphens. */
export function hasShapeOfUuid(text: string): boolean {
  return (
    text.length === LENGTH &&
    text.charCodeAt(8) === HYPHEN &&
    text.charCodeAt(13) === HYPHEN &&
    text.charCodeAt(18) === HYPHEN &&
    text.charCodeAt(23) === HYPHEN
  );
}

/** A digit of a text that has the shape of a UUID; 16 or more where it is no hex digit. */
export function uuidDigit(text: string, index: number): number {
  return digitOf(text.charCodeAt(PLACES[index] as number));
}

function digitOf(code: number): number {
  return (DIGIT_OF[code & 127] as number) | (code & ~127);
}
