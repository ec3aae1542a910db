import { hashText } from '../hash-text.ts';

/**
 * The id that a bare name stands for in tests: a UUID of version 4, always the same for a name, and as well mixed as
 * a random one, so that rules about the quality of ids let it pass.
 */
export function testId(name: string): string {
  for (let round = 0; ; round++) {
    const digits = digitsOf(`${round}:${name}`);
    if (isWellMixed(digits))
      return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join('-');
  }
}

/** The id of a bare name where ids are integers: from 1 to 2^48. */
export function testNumber(name: string): string {
  return String(Number.parseInt(digitsOf(name).slice(20), 16) + 1);
}

/** 32 hexadecimal digits with the version and variant of a random UUID. */
function digitsOf(text: string): string {
  let digits = '';
  for (let word = 0; word < 4; word++) digits += hashText(`${word}/${text}`).toString(16).padStart(8, '0');
  const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) & 3] ?? '8';
  return `${digits.slice(0, 12)}4${digits.slice(13, 16)}${variant}${digits.slice(17)}`;
}

/** No digit stands more than 6 times, no run of equal, rising or falling digits is longer than 4, 11 digits are in use. */
function isWellMixed(digits: string): boolean {
  const values = Array.from(digits, (digit) => Number.parseInt(digit, 16));
  const counts = Array.from({ length: 16 }, () => 0);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  if (counts.filter((count) => count > 0).length < 11 || counts.some((count) => count > 6)) return false;
  for (const step of [0, 1, -1]) {
    let run = 1;
    for (let index = 1; index < values.length; index++) {
      run = (values[index] as number) - (values[index - 1] as number) === step ? run + 1 : 1;
      if (run > 4) return false;
    }
  }
  return true;
}
