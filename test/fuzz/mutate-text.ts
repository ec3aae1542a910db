import { KEYWORDS } from '../../src/dsl/syntax/tokens.ts';
import type { Chance } from '../support/generate-chance.ts';

/** An input grows no further than this by mutation: time goes to many inputs instead of to large ones. */
const LONGEST = 20_000;

const WORDS: readonly string[] = [
  ...KEYWORDS.keys(),
  ...'a b_1 x.y 0 1 0.5 15m 1h30m 9007199254740991 9007199254740992 01 1e400 "s" "" r"\\" "\\u202e" "\\ud800" "\\q"'.split(
    ' ',
  ),
  ..."'q' \"open { } ( ) [ ] : , . ? | = == != < >= + - * % && || ! -> => ; /".split(' '),
  ...'subject resource action context now risk user("a") ip("10.0.0.1") cidr("10.0.0.0/8") time("2026-01-01T00:00:00Z")'.split(
    ' ',
  ),
  ...'string int bool set<string> list<int> map<string,int> any in has exists subject.roles __proto__ constructor toString'.split(
    ' ',
  ),
  '// c\n',
  '/// d\n',
  '\n',
  '\n\n',
  '\t',
  '\r\n',
  '\r',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\ud800',
  '\udc00',
  '\u0000',
  '\u0430',
  'e\u0301',
  '\u{1f468}\u200d\u{1f469}',
  '\u2028',
  'matches r"(a|aa)*b"',
  'matches "(a{1000}){1000}"',
  'unless true',
  'because "x"',
  'advise a(b: 1)',
  'when false',
  'implies',
  'contains any',
  'contains all',
  'any x in subject.roles: (',
  'closure(a, depth 3)',
];

type Mutation = (chance: Chance, text: string, others: readonly string[]) => string;

const tokensOf = (text: string): string[] =>
  text.match(/[A-Za-z_][A-Za-z0-9_]*|\d+|[ \t]+|"(?:[^"\\\n]|\\.)*"|[^]/gu) ?? [];
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const anywhere = (chance: Chance, list: readonly unknown[]): number =>
  chance.integer(0, Math.max(0, list.length - 1));

const onList =
  (
    split: (text: string) => string[],
    change: (chance: Chance, list: string[], others: readonly string[]) => void,
  ): Mutation =>
  (chance, text, others) => {
    const list = split(text);
    change(chance, list, others);
    return list.join('');
  };

const foreign = (chance: Chance, others: readonly string[], split: (text: string) => string[]): string[] => {
  if (others.length === 0) return [];
  return split(chance.pick(others).slice(0, LONGEST));
};

const MUTATIONS: readonly (readonly [number, Mutation])[] = [
  [6, onList(tokensOf, (chance, list) => void list.splice(anywhere(chance, list), 1, chance.pick(WORDS)))],
  [
    6,
    onList(
      tokensOf,
      (chance, list) => void list.splice(anywhere(chance, list), 0, ` ${chance.pick(WORDS)} `),
    ),
  ],
  [5, onList(tokensOf, (chance, list) => void list.splice(anywhere(chance, list), chance.integer(1, 3)))],
  [
    4,
    onList(tokensOf, (chance, list) => {
      const [from, to] = [anywhere(chance, list), anywhere(chance, list)];
      const [a, b] = [list[from], list[to]];
      if (a === undefined || b === undefined) return;
      list[from] = b;
      list[to] = a;
    }),
  ],
  [
    5,
    onList(tokensOf, (chance, list) => {
      const part = list.slice(anywhere(chance, list)).slice(0, chance.integer(1, 20));
      list.splice(anywhere(chance, list), 0, ...part);
    }),
  ],
  [
    5,
    onList(tokensOf, (chance, list, others) => {
      const donor = foreign(chance, others, tokensOf);
      const part = donor.slice(anywhere(chance, donor)).slice(0, chance.integer(1, 30));
      list.splice(anywhere(chance, list), chance.integer(0, 3), ...part);
    }),
  ],
  [4, onList(linesOf, (chance, list) => void list.splice(anywhere(chance, list), chance.integer(1, 3)))],
  [
    3,
    onList(linesOf, (chance, list) => {
      const line = list[anywhere(chance, list)];
      if (line !== undefined) list.splice(anywhere(chance, list), 0, line);
    }),
  ],
  [
    5,
    onList(linesOf, (chance, list, others) => {
      const donor = foreign(chance, others, linesOf);
      const part = donor.slice(anywhere(chance, donor)).slice(0, chance.integer(1, 8));
      list.splice(anywhere(chance, list), 0, ...part);
    }),
  ],
  [
    2,
    (chance, text) => {
      const at = chance.integer(0, text.length);
      return (
        text.slice(0, at) +
        String.fromCharCode(chance.pick([chance.integer(0, 127), chance.integer(128, 0xffff)])) +
        text.slice(at)
      );
    },
  ],
  [1, (chance, text) => text.slice(0, chance.integer(0, text.length))],
  [1, (chance, text) => text.slice(chance.integer(0, text.length))],
  [
    2,
    onList(tokensOf, (chance, list) => {
      const [open, close] = chance.pick([
        ['(', ')'],
        ['[', ']'],
        ['{', '}'],
        ['not ', ''],
        ['- ', ''],
        ['set<', '>'],
        ['string.length(', ')'],
      ] as const);
      const depth = chance.pick([1, 2, 63, 64, 65, 300]);
      const at = anywhere(chance, list);
      list.splice(at, 1, open.repeat(depth), list[at] ?? '', close.repeat(depth));
    }),
  ],
  [
    1,
    onList(tokensOf, (chance, list) => {
      const at = anywhere(chance, list);
      list.splice(
        at,
        1,
        ...Array.from(
          { length: chance.pick([2, 10, 1_100]) },
          () => `${list[at] ?? ''}${chance.percent(50) ? ' ' : ''}`,
        ),
      );
    }),
  ],
];

/** A text that differs from another in a few places. */
export function mutateText(chance: Chance, text: string, others: readonly string[]): string {
  let result = text;
  for (
    let count = chance.weighted([
      [5, 1],
      [3, 2],
      [2, 4],
      [1, 8],
    ]);
    count > 0;
    count -= 1
  ) {
    result = chance.weighted(MUTATIONS)(chance, result, others);
  }
  return result.slice(0, LONGEST);
}
