import type { Chance } from '../support/generate-chance.ts';

const TOKEN = /"(?:[^"\\]|\\[^])*"|[-+.\deE]+|true|false|null|[{}[\],:]|\s+|[^]/gu;

/** Values that are hard to get right, as they are written. */
const NASTY: readonly string[] = [
  ...'null true false 0 -0 1e400 -1e400 1e-400 9007199254740993 -9007199254740993 0.1 1.0 1E2 123456789012345678901234567890'.split(
    ' ',
  ),
  ...'"" " " "a" "__proto__" "constructor" "admin" "*" "any" "null" "\\u0000" "\\ud800" "\\udc00" "\\u202e" "\\u0061lice" "\\uD83D\\uDE42"'.split(
    ' ',
  ),
  ...'[] {} [[]] [{}] {"":0} {"__proto__":{"admin":true}} {"constructor":{"prototype":{"admin":true}}} {"id":"alice"} {"id":"alice","properties":{}} {"toString":1} {"length":-1}'.split(
    ' ',
  ),
  ...'"0.0.0.0" "203.0.113.7" "::ffff:203.0.113.7" "10.0.0.1/8" "256.1.1.1" "fe80::1%eth0" "1.2.3" "٣.١.١.١"'.split(
    ' ',
  ),
  ...'"2026-01-05T10:00:00Z" "2026-02-30T00:00:00Z" "0000-00-00T00:00:00Z" "9999-12-31T23:59:60Z" "+275760-09-13T00:00:00.001Z" "2026-01-05" "15m" "-15m" "P1Y" "PT1e9S" "99999999999999999d"'.split(
    ' ',
  ),
  ...'NaN Infinity undefined 01 .5 5. +1 0x10 \'a\' tru // [1,] {"a":1,}'.split(' '),
  '"' + 'a'.repeat(1_024) + '"',
  '"' + 'a'.repeat(1_025) + '"',
  '"' + 'x'.repeat(40_000) + '"',
  '[' + '"a",'.repeat(5_000) + '"a"]',
  '['.repeat(40) + ']'.repeat(40),
  '{"a":'.repeat(2_000) + '1' + '}'.repeat(2_000),
  '1'.repeat(400),
];

const KEYS: readonly string[] = [
  ...'"__proto__" "constructor" "prototype" "toString" "hasOwnProperty" "valueOf" "then" "length" "id" "type" "name" "properties" "context" "subject" "resource" "action" "roles" "status" "owner" ""'.split(
    ' ',
  ),
  '"\\u0069d"',
  '"typ\\u0065"',
  '"id\\u0000"',
];

type Mutation = (chance: Chance, tokens: string[], others: readonly string[]) => void;

const isValue = (token: string): boolean => /^["\-\d]|^(?:true|false|null)$/.test(token);
const placesOf = (tokens: readonly string[], fits: (token: string, index: number) => boolean): number[] =>
  tokens.flatMap((token, index) => (fits(token, index) ? [index] : []));

const atOne =
  (
    fits: (tokens: readonly string[], index: number) => boolean,
    change: (chance: Chance, tokens: string[], at: number, others: readonly string[]) => void,
  ): Mutation =>
  (chance, tokens, others) => {
    const places = placesOf(tokens, (_, index) => fits(tokens, index));
    if (places.length > 0) change(chance, tokens, chance.pick(places), others);
  };
const isKeyAt = (tokens: readonly string[], index: number): boolean =>
  (tokens[index]?.startsWith('"') ?? false) &&
  tokens.slice(index + 1, index + 3).find((one) => one.trim() !== '') === ':';
const isValueAt = (tokens: readonly string[], index: number): boolean =>
  isValue(tokens[index] ?? '') && !isKeyAt(tokens, index);

const MUTATIONS: readonly (readonly [number, Mutation])[] = [
  [
    10,
    atOne(isValueAt, (chance, tokens, at) => {
      tokens[at] = chance.pick(NASTY);
    }),
  ],
  [
    4,
    atOne(isKeyAt, (chance, tokens, at) => {
      tokens[at] = chance.pick(KEYS);
    }),
  ],
  [
    6,
    atOne(
      (tokens, index) => tokens[index] === '{',
      (chance, tokens, at) => {
        const next = tokens.slice(at + 1).find((one) => one.trim() !== '');
        tokens.splice(at + 1, 0, chance.pick(KEYS), ':', chance.pick(NASTY), next === '}' ? '' : ',');
      },
    ),
  ],
  // A member twice, with another value or the same, spelt the same way or another.
  [
    5,
    atOne(
      (tokens, index) => isKeyAt(tokens, index) && tokens.slice(index + 1, index + 5).some(isValue),
      (chance, tokens, at) => {
        const key = tokens[at] ?? '""';
        const spelt =
          chance.percent(40) && key.length > 2
            ? `"\\u${key.charCodeAt(1).toString(16).padStart(4, '0')}${key.slice(2)}`
            : key;
        tokens.splice(at, 0, spelt, ':', chance.percent(30) ? '"alice"' : chance.pick(NASTY), ',');
      },
    ),
  ],
  [
    4,
    atOne(isValueAt, (chance, tokens, at, others) => {
      const donor = (others.length === 0 ? '' : chance.pick(others)).match(TOKEN)?.filter(isValue) ?? [];
      if (donor.length > 0) tokens[at] = chance.pick(donor);
    }),
  ],
  [3, (chance, tokens) => void tokens.splice(chance.integer(0, tokens.length), chance.integer(1, 4))],
  [
    1,
    (chance, tokens) =>
      void tokens.splice(
        chance.integer(0, tokens.length),
        0,
        chance.pick(['{', '}', '[', ']', ',', ':', '"', '\u0000', '\ufeff', '/*', '\\']),
      ),
  ],
  [1, (chance, tokens) => void tokens.splice(chance.integer(0, tokens.length))],
];

/** A JSON text that differs from another in a few places, and may be no JSON. */
export function mutateJson(chance: Chance, text: string, others: readonly string[]): string {
  const tokens: string[] = text.match(TOKEN) ?? [];
  for (
    let count = chance.weighted([
      [6, 1],
      [3, 2],
      [1, 5],
    ]);
    count > 0;
    count -= 1
  ) {
    chance.weighted(MUTATIONS)(chance, tokens, others);
  }
  return tokens.join('');
}
