/** Milliseconds in each unit of a duration. */
export const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The milliseconds of a duration as written; `NaN` when it is none. */
export function durationOf(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined || unit === undefined
    ? Number.NaN
    : Number(amount) * (UNIT_MILLISECONDS[unit] as number);
}

/** The shortest spelling of an exact number of milliseconds: `90000` is `90s`. */
export function spellDuration(milliseconds: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNIT_MILLISECONDS[unit] as number;
    if (milliseconds > 0 && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${milliseconds}ms`;
}

/** True of whole numbers within ±(2^53 − 1). */
export function isExact(value: number): boolean {
  return Number.isSafeInteger(value);
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A flaw of a string literal: `[start, end)` counts from the literal's first character. */
export interface StringFlaw {
  readonly kind: 'badEscape' | 'loneSurrogate';
  readonly start: number;
  readonly end: number;
}

/** The value of `"…"` or `r"…"` as written (the closing quote may be missing), and what is wrong with it. */
export function decodeString(image: string): {
  readonly value: string;
  readonly flaws: readonly StringFlaw[];
} {
  const raw = image.startsWith('r');
  const start = raw ? 2 : 1;
  const end = image.length > start && image.endsWith('"') ? image.length - 1 : image.length;
  if (raw || !image.includes('\\')) return { value: image.slice(start, end), flaws: [] };
  const flaws: StringFlaw[] = [];
  let value = '';
  /** Where, in the image, a high surrogate written as an escape began that still wants its other half. */
  let high: number | undefined;
  const settle = (upTo: number): void => {
    if (high !== undefined) flaws.push({ kind: 'loneSurrogate', start: high, end: upTo });
    high = undefined;
  };
  for (let at = start; at < end; ) {
    if (image[at] !== '\\') {
      settle(at);
      value += image[at];
      at += 1;
      continue;
    }
    const letter = image[at + 1] ?? '';
    const digits =
      letter === 'u' ? /^[0-9a-fA-F]{4}/.exec(image.slice(at + 2, Math.min(at + 6, end)))?.[0] : undefined;
    if (digits === undefined) {
      settle(at);
      const simple = SIMPLE_ESCAPES[letter];
      if (simple === undefined) flaws.push({ kind: 'badEscape', start: at, end: Math.min(at + 2, end) });
      value += simple ?? letter;
      at += 2;
      continue;
    }
    const code = Number.parseInt(digits, 16);
    const isLow = code >= 0xdc00 && code <= 0xdfff;
    if (isLow && high === undefined) flaws.push({ kind: 'loneSurrogate', start: at, end: at + 6 });
    if (isLow) high = undefined;
    else settle(at);
    if (code >= 0xd800 && code <= 0xdbff) high = at;
    value += String.fromCharCode(code);
    at += 6;
  }
  settle(end);
  return { value, flaws };
}
