import { type IToken, Lexer, type TokenType } from 'chevrotain';
import type { Reporter } from '../diagnostics/diagnostic.ts';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { SYNTAX_DIAGNOSTICS } from '../diagnostics/syntax.ts';
import { codePointName, INVISIBLE_CHARACTER } from '../source/invisible-characters.ts';
import type { SourceText, Span } from '../source/source-text.ts';
import type { Comment } from './ast.ts';
import { MAXIMUM_NAME_LENGTH } from './limits.ts';
import { decodeString, durationOf, isExact, spellDuration, UNIT_MILLISECONDS } from './literals.ts';
import {
  And,
  Duration,
  EqualEqual,
  Float,
  ForeignAnd,
  ForeignNot,
  ForeignOperator,
  ForeignOr,
  Identifier,
  Implies,
  Integer,
  KEYWORDS,
  LEXED_TOKENS,
  MalformedNumber,
  Not,
  NotEqual,
  Or,
  SingleQuoted,
  StringToken,
  Unknown,
  UnterminatedString,
} from './tokens.ts';

/** Reports syntax diagnostics. */
export type SyntaxReporter = Reporter<typeof SYNTAX_DIAGNOSTICS>;

/** The words of a file: what the parser reads, and the comments beside it, both in the order of the text. */
export interface Lexed {
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
}

let lexer: Lexer | undefined;

/**
 * The tokens of a text. Whatever is wrong with a token is reported here, and the token is passed on as the one that
 * was meant, so that the parser never reports it a second time; only {@link Unknown} remains without a meaning.
 */
export function tokenize(source: SourceText, report: SyntaxReporter): Lexed {
  lexer ??= new Lexer([...LEXED_TOKENS], {
    positionTracking: 'onlyOffset',
    ensureOptimizations: true,
    skipValidations: true,
  });
  reportInvisible(source, report);
  const { tokens, groups } = lexer.tokenize(source.text.replace(/^\uFEFF/, ' '));
  for (const token of tokens) {
    if (token.tokenType === Identifier) {
      const keyword = KEYWORDS.get(token.image);
      if (keyword !== undefined) retag(token, keyword);
      else if (token.image.length > MAXIMUM_NAME_LENGTH)
        report('nameTooLong', spanOf(token, source), { limit: MAXIMUM_NAME_LENGTH });
    } else if (NEEDS_CARE.has(token.tokenType)) {
      examine(token, source, report);
    }
  }
  const comments = (groups['comments'] ?? []).map((token) => {
    const text = token.image.trimEnd();
    return { span: { source, start: token.startOffset, end: token.startOffset + text.length }, text };
  });
  return { tokens, comments };
}

const NEEDS_CARE: ReadonlySet<TokenType> = new Set([
  StringToken,
  UnterminatedString,
  SingleQuoted,
  Integer,
  Float,
  Duration,
  MalformedNumber,
  ForeignAnd,
  ForeignOr,
  ForeignNot,
  ForeignOperator,
  Unknown,
]);

function retag(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

/** Reports what is wrong with a token and gives it the type that was meant. */
function examine(token: IToken, source: SourceText, report: SyntaxReporter): void {
  const span = spanOf(token, source);
  switch (token.tokenType) {
    case StringToken:
      if (token.image.includes('\\')) reportFlaws(token, source, report);
      return;
    case UnterminatedString:
      report('unterminatedString', { ...span, end: span.start + token.image.trimEnd().length }, {});
      return retag(token, StringToken);
    case SingleQuoted:
      report('singleQuotedString', span, {});
      return retag(token, StringToken);
    case Integer:
      if (token.image.length > 1 && token.image.startsWith('0')) reportLeadingZero(token, span, report);
      else if (!isExact(Number(token.image)))
        report('numberOutOfRange', span, { text: shorten(token.image) });
      return;
    case Float:
      if (/^0\d/.test(token.image)) reportLeadingZero(token, span, report);
      else if (!Number.isFinite(Number(token.image)))
        report('numberOutOfRange', span, { text: shorten(token.image) });
      return;
    case Duration:
      if (/^0\d/.test(token.image)) reportLeadingZero(token, span, report);
      else if (!isExact(durationOf(token.image)))
        report('numberOutOfRange', span, { text: shorten(token.image) });
      return;
    case MalformedNumber:
      return examineNumber(token, span, report);
    case ForeignAnd:
      report('foreignOperator', span, { found: token.image, instead: 'and' });
      return retag(token, And);
    case ForeignOr:
      report('foreignOperator', span, { found: token.image, instead: 'or' });
      return retag(token, Or);
    case ForeignNot:
      report('foreignOperator', span, { found: token.image, instead: 'not' });
      return retag(token, Not);
    case ForeignOperator: {
      const [type, instead] = FOREIGN_OPERATORS[token.image] ?? [Implies, 'implies'];
      report('foreignOperator', span, { found: token.image, instead });
      return retag(token, type);
    }
    default:
      if (token.image.replace(INVISIBLE, '') === '') return;
      report('unexpectedCharacter', span, { text: visible(token.image), help: characterHelp(token.image) });
  }
}

/** What each operator of other languages is read as, and what to write instead. */
const FOREIGN_OPERATORS: Readonly<Record<string, readonly [TokenType, string]>> = {
  '===': [EqualEqual, '=='],
  '!==': [NotEqual, '!='],
  '<>': [NotEqual, '!='],
  '=>': [Implies, 'implies` or `>='],
  '->': [Implies, 'implies'],
};

const CHARACTER_HELP: Readonly<Record<string, string>> = {
  ';': 'declarations need no separator; leave it out',
  '/': 'there is no division; a remark begins with `//`',
  '#': 'a remark begins with `//`',
  '“': 'strings stand in straight double quotes: `"…"`',
  '”': 'strings stand in straight double quotes: `"…"`',
  '@': 'there are no annotations; a comment `///` documents a declaration',
};

/** Letters that look alike have different code points, so that is what tells them apart. */
function characterHelp(text: string): string | undefined {
  const letter = /[\p{L}\p{M}\p{N}]/u.exec(text)?.[0];
  if (letter === undefined) return CHARACTER_HELP[text];
  return `${codePointName(letter)} is no letter of a name: names have the letters \`a\` to \`z\`, in either case, digits and \`_\``;
}

function reportLeadingZero(token: IToken, span: Span, report: SyntaxReporter): void {
  const help = `write \`${token.image.replace(/^0+(?=\d)/, '')}\``;
  report('malformedNumber', span, { text: shorten(token.image), help });
}

const FOREIGN_UNITS: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
  millis: 'ms',
  msec: 'ms',
  milliseconds: 'ms',
};

/** The duration that was meant, in a unit of the language; a single letter says nothing but itself. */
function inKnownUnit(amount: string, unit: string): string | undefined {
  const lower = unit.toLowerCase();
  if (/^w(?:eeks?)?$/.test(lower)) {
    const days = Number(amount) * DAYS_OF_A_WEEK;
    return isExact(days) ? `${days}d` : undefined;
  }
  const known = Object.keys(UNIT_MILLISECONDS);
  const meant =
    FOREIGN_UNITS[lower] ?? (unit.length > 1 ? nearestName(unit, known) : known.find((one) => one === lower));
  return meant && `${amount}${meant}`;
}
const DAYS_OF_A_WEEK = 7;

function examineNumber(token: IToken, span: Span, report: SyntaxReporter): void {
  const text = token.image;
  const [, amount, unit] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? [];
  const isCompound = /^(?:\d+(?:ms|s|m|h|d)){2,}$/.test(text);
  const fraction = /^\d+\.\d+(?:ms|s|m|h|d)$/.test(text);
  if (isCompound) {
    const total = [...text.matchAll(/\d+(?:ms|s|m|h|d)/g)].reduce((sum, [part]) => sum + durationOf(part), 0);
    report('compoundDuration', span, {
      text: shorten(text),
      suggestion: isExact(total) ? spellDuration(total) : undefined,
    });
  } else if (fraction) {
    report('malformedNumber', span, {
      text: shorten(text),
      help: 'use a whole number of a smaller unit, as in `90s`',
    });
  } else if (amount !== undefined && unit !== undefined && !/^(?:e|x|b|o|n)$/i.test(unit)) {
    report('unknownDurationUnit', span, { unit: shorten(unit), suggestion: inKnownUnit(amount, unit) });
  } else {
    report('malformedNumber', span, { text: shorten(text), help: undefined });
    return retag(token, /^\d+[eE]\d+$|^0x/.test(text) ? Integer : Duration);
  }
  retag(token, Duration);
}

function reportFlaws(token: IToken, source: SourceText, report: SyntaxReporter): void {
  for (const flaw of decodeString(token.image).flaws) {
    const span = { source, start: token.startOffset + flaw.start, end: token.startOffset + flaw.end };
    const text = token.image.slice(flaw.start, flaw.end);
    if (flaw.kind === 'badEscape') report('badEscape', span, { escape: text });
    else report('loneSurrogate', span, { character: `\`${text}\`` });
  }
}

const INVISIBLE = new RegExp(INVISIBLE_CHARACTER, 'gu');

function reportInvisible(source: SourceText, report: SyntaxReporter): void {
  for (const { 0: character, index } of source.text.matchAll(INVISIBLE)) {
    // A mark of the byte order says nothing at the beginning of a file, and is allowed there.
    if (index === 0 && character === '\uFEFF') continue;
    const span = { source, start: index, end: index + character.length };
    const code = character.charCodeAt(0);
    const isHalf = character.length === 1 && code >= 0xd800 && code <= 0xdfff;
    report(isHalf ? 'loneSurrogate' : 'controlCharacter', span, { character: codePointName(character) });
  }
}

/** The place of a token. */
function spanOf(token: IToken, source: SourceText): Span {
  return { source, start: token.startOffset, end: token.startOffset + token.image.length };
}

/** Spells out blanks other than the space, which would not be seen in a message. */
function visible(text: string): string {
  return shorten(text.replace(/[^\S ]/g, (blank) => codePointName(blank)));
}

/** A text short enough for a message. */
export function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
