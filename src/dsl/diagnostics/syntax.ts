import { type DiagnosticSpec, spec } from './diagnostic.ts';

const suggest = (name: string | undefined): string | undefined => name && `did you mean \`${name}\`?`;

/** The escape for a character such as `U+202E`. */
function escapeOf(name: string): string {
  const text = String.fromCodePoint(Number.parseInt(name.slice(2), 16));
  return [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

/** What the lexer and the parser report. */
export const SYNTAX_DIAGNOSTICS = {
  fileTooLarge: spec<{ limit: number }>({
    code: 'VEL1001',
    severity: 'error',
    message: (a) => `the file is longer than ${a.limit} characters and was not read`,
    help: () => 'split it into several files; a bundle is all files of its folder, in any order',
  }),
  unexpectedCharacter: spec<{ text: string; help: string | undefined }>({
    code: 'VEL1002',
    severity: 'error',
    message: (a) => `\`${a.text}\` means nothing here`,
    help: (a) => a.help ?? 'remove it, or put it into a string',
  }),
  expectedToken: spec<{ expected: string; found: string; help: string | undefined }>({
    code: 'VEL1003',
    severity: 'error',
    message: (a) => `expected ${a.expected}, found ${a.found}`,
    help: (a) => a.help,
  }),
  /** `follows`: on the line of what stands before it. */
  expectedDeclaration: spec<{ found: string; suggestion: string | undefined; follows: boolean }>({
    code: 'VEL1004',
    severity: 'error',
    message: (a) => `expected a declaration, found ${a.found}`,
    help: (a) =>
      suggest(a.suggestion) ??
      (a.follows
        ? 'what stands before it is complete; an operator, a clause or a line break may be missing'
        : 'a declaration begins with a word such as `permit`, `forbid`, `entity`, `let` or `test`'),
  }),
  controlCharacter: spec<{ character: string }>({
    code: 'VEL1005',
    severity: 'error',
    message: (a) => `the text contains the invisible character ${a.character}`,
    help: (a) =>
      `remove it; in a string, write it as \`${escapeOf(a.character)}\`, so that a reader sees what the engine sees`,
  }),
  loneSurrogate: spec<{ character: string }>({
    code: 'VEL1006',
    severity: 'error',
    message: (a) => `${a.character} is half of a surrogate pair and no character`,
    help: () => 'write the whole pair, or the character itself',
  }),
  unterminatedString: spec<Record<string, never>>({
    code: 'VEL1007',
    severity: 'error',
    message: () => 'the string is not closed on its line',
    help: () => 'close it with `"`; a line break in a string is written `\\n`',
  }),
  badEscape: spec<{ escape: string }>({
    code: 'VEL1008',
    severity: 'error',
    message: (a) => `\`${a.escape}\` is no escape`,
    help: () =>
      'the escapes are those of JSON: `\\"` `\\\\` `\\/` `\\b` `\\f` `\\n` `\\r` `\\t` `\\u0000`; in `r"…"` a backslash is itself',
  }),
  singleQuotedString: spec<Record<string, never>>({
    code: 'VEL1009',
    severity: 'error',
    message: () => 'strings stand in double quotes',
    help: () => 'write `"…"`',
  }),
  numberOutOfRange: spec<{ text: string }>({
    code: 'VEL1010',
    severity: 'error',
    message: (a) => `${a.text} is beyond the numbers that every part of Velro holds exactly`,
    help: () => 'whole numbers, and durations in milliseconds, go up to 9007199254740991',
  }),
  malformedNumber: spec<{ text: string; help: string | undefined }>({
    code: 'VEL1011',
    severity: 'error',
    message: (a) => `\`${a.text}\` is neither a number nor a duration`,
    help: (a) => a.help ?? 'numbers are written `42` or `0.5`, durations `15m`',
  }),
  unknownDurationUnit: spec<{ unit: string; suggestion: string | undefined }>({
    code: 'VEL1012',
    severity: 'error',
    message: (a) => `\`${a.unit}\` is no unit of time`,
    help: (a) => (a.suggestion ? `write \`${a.suggestion}\`` : 'the units are `ms`, `s`, `m`, `h` and `d`'),
  }),
  compoundDuration: spec<{ text: string; suggestion: string | undefined }>({
    code: 'VEL1013',
    severity: 'error',
    message: (a) => `\`${a.text}\` has more than one unit`,
    help: (a) => (a.suggestion ? `write it in one unit: \`${a.suggestion}\`` : 'write it in one unit'),
  }),
  foreignOperator: spec<{ found: string; instead: string }>({
    code: 'VEL1014',
    severity: 'error',
    message: (a) => `\`${a.found}\` is no operator`,
    help: (a) => `write \`${a.instead}\``,
  }),
  assignmentInCondition: spec<Record<string, never>>({
    code: 'VEL1015',
    severity: 'error',
    message: () => '`=` compares nothing',
    help: () => 'to compare, write `==`',
  }),
  chainedComparison: spec<{ operator: string }>({
    code: 'VEL1016',
    severity: 'error',
    message: (a) => `comparisons do not chain, and \`${a.operator}\` follows another one`,
    help: () => 'compare twice and join with `and`, or put the first comparison in parentheses',
  }),
  nestingTooDeep: spec<{ limit: number }>({
    code: 'VEL1017',
    severity: 'error',
    message: (a) => `this nests more than ${a.limit} levels deep`,
    help: () => 'name a part of it with `let`',
  }),
  expressionTooTall: spec<{ limit: number }>({
    code: 'VEL1018',
    severity: 'error',
    message: (a) => `this expression chains more than ${a.limit} operators`,
    help: () => 'name parts of it with `let`, or test membership in a list: `x in [a, b, c]`',
  }),
  clauseOrder: spec<{ clause: string; before: string }>({
    code: 'VEL1019',
    severity: 'error',
    message: (a) => `\`${a.clause}\` stands before \`${a.before}\``,
    help: () => 'the order is `when`, `unless`, `because`, `advise`',
  }),
  repeatedClause: spec<{ clause: string; help: string }>({
    code: 'VEL1020',
    severity: 'error',
    message: (a) => `a second \`${a.clause}\``,
    help: (a) => a.help,
  }),
  outOfRange: spec<{ what: string; range: string; found: string }>({
    code: 'VEL1021',
    severity: 'error',
    message: (a) => `${a.what} is ${a.range}, not ${a.found}`,
  }),
  missingSeparator: spec<{ found: string }>({
    code: 'VEL1022',
    severity: 'error',
    message: (a) => `${a.found} follows on the same line without a separator`,
    help: () => 'put a comma or a line break before it',
  }),
  reservedWord: spec<{ word: string; expected: string }>({
    code: 'VEL1023',
    severity: 'error',
    message: (a) => `expected ${a.expected}, found the reserved word \`${a.word}\``,
    help: (a) =>
      a.word === 'any' || a.word === 'all'
        ? `\`${a.word}\` stands for everything and is no name here`
        : 'choose another name; reserved words may only name attributes, keys and members',
  }),
  patternNotLiteral: spec<{ found: string }>({
    code: 'VEL1024',
    severity: 'error',
    message: (a) => `\`matches\` takes a literal pattern, found ${a.found}`,
    help: () =>
      'write the pattern as a string such as `r"[a-z]+"`; it is checked when the policy is compiled',
  }),
  looseNot: spec<{ operator: string }>({
    code: 'VEL1025',
    severity: 'error',
    message: (a) => `\`not\` binds looser than the \`${a.operator}\` before it`,
    help: () => 'put the `not …` in parentheses',
  }),
  nameTooLong: spec<{ limit: number }>({
    code: 'VEL1026',
    severity: 'error',
    message: (a) => `the name is longer than ${a.limit} characters`,
    help: () => 'no request can name it: types and actions are as short there',
  }),
} satisfies Record<string, DiagnosticSpec<never>>;
