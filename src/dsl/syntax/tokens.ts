import { createToken, Lexer, type TokenType } from 'chevrotain';

/** What may stand after a dot, as an attribute, a key or a member: every word, reserved ones included. */
export const AnyName: TokenType = createToken({ name: 'AnyName', pattern: Lexer.NA, label: 'a name' });

/** A word that is not reserved; contextual keywords are of this category, so that they remain usable as names. */
export const Identifier: TokenType = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  label: 'a name',
  categories: [AnyName],
});

/** Operators between two operands whose right side is an ordinary operand. */
export const PlainOperator: TokenType = createToken({
  name: 'PlainOperator',
  pattern: Lexer.NA,
  label: 'an operator',
});

const words = new Map<string, TokenType>();

function keyword(text: string, categories: TokenType[]): TokenType {
  const name = text[0]?.toUpperCase() + text.slice(1);
  const type = createToken({ name, pattern: Lexer.NA, label: `\`${text}\``, categories });
  words.set(text, type);
  return type;
}
const reserved = (text: string): TokenType => keyword(text, [AnyName]);
const operatorWord = (text: string): TokenType => keyword(text, [AnyName, PlainOperator]);
const contextual = (text: string): TokenType => keyword(text, [Identifier]);

export const Implies = operatorWord('implies');
export const Or = operatorWord('or');
export const And = operatorWord('and');
export const In = operatorWord('in');
export const Not = reserved('not');
export const Contains = reserved('contains');
export const Matches = reserved('matches');
export const Is = reserved('is');
export const Has = reserved('has');
export const Exists = reserved('exists');
export const Any = reserved('any');
export const Every = reserved('every');
export const All = reserved('all');
export const True = reserved('true');
export const False = reserved('false');
export const When = reserved('when');
export const Unless = reserved('unless');
export const Because = reserved('because');
export const Advise = reserved('advise');
export const Missing = reserved('missing');

/** The words that cannot be names, except after a dot and as attributes, keys and members. */
export const RESERVED_WORDS: readonly string[] = [...words.keys()];

export const Layer = contextual('layer');
export const Version = contextual('version');
export const Grants = contextual('grants');
export const Enum = contextual('enum');
export const Ordered = contextual('ordered');
export const As = contextual('as');
export const Entity = contextual('entity');
export const From = contextual('from');
export const Table = contextual('table');
export const Key = contextual('key');
export const Stored = contextual('stored');
export const Supplied = contextual('supplied');
export const Live = contextual('live');
export const Where = contextual('where');
export const ClosureWord = contextual('closure');
export const Then = contextual('then');
export const Depth = contextual('depth');
export const SetWord = contextual('set');
export const ListWord = contextual('list');
export const MapWord = contextual('map');
export const Context = contextual('context');
export const Action = contextual('action');
export const Actions = contextual('actions');
export const On = contextual('on');
export const By = contextual('by');
export const New = contextual('new');
export const Require = contextual('require');
export const Let = contextual('let');
export const Role = contextual('role');
export const Extends = contextual('extends');
export const Permit = contextual('permit');
export const Forbid = contextual('forbid');
export const Deny = contextual('deny');
export const Cache = contextual('cache');
export const Never = contextual('never');
export const Always = contextual('always');
export const For = contextual('for');
export const Shared = contextual('shared');
export const Stale = contextual('stale');
export const Deadline = contextual('deadline');
export const Within = contextual('within');
export const Authentication = contextual('authentication');
export const Audit = contextual('audit');
export const At = contextual('at');
export const Durable = contextual('durable');
export const Sample = contextual('sample');
export const Redact = contextual('redact');
export const HashWord = contextual('hash');
export const Drop = contextual('drop');
export const Retain = contextual('retain');
export const Mode = contextual('mode');
export const Loss = contextual('loss');
export const Of = contextual('of');
export const Continue = contextual('continue');
export const Enter = contextual('enter');
export const Override = contextual('override');
export const Waives = contextual('waives');
export const Expires = contextual('expires');
export const After = contextual('after');
export const Limit = contextual('limit');
export const Each = contextual('each');
export const To = contextual('to');
export const Per = contextual('per');
export const Burst = contextual('burst');
export const Signal = contextual('signal');
export const Weight = contextual('weight');
export const Assert = contextual('assert');
export const Fixture = contextual('fixture');
export const Test = contextual('test');
export const Using = contextual('using');
export const Subject = contextual('subject');
export const Resource = contextual('resource');
export const Expect = contextual('expect');
export const Given = contextual('given');
export const Now = contextual('now');
export const Risk = contextual('risk');
export const Exhausted = contextual('exhausted');
export const Absent = contextual('absent');
export const Failed = contextual('failed');

/**
 * Keywords by their text. The lexer reads whole words and looks them up here, so that no keyword can split a longer
 * word (`has` in `hash`, `or` in `ordered`, `for` in `forbid`).
 */
export const KEYWORDS: ReadonlyMap<string, TokenType> = words;

function punctuation(name: string, text: string, categories: TokenType[] = []): TokenType {
  const pattern = new RegExp(text.replace(/[{}()[\].?|+*]/g, '\\$&'));
  return createToken({ name, pattern, label: `\`${text}\``, categories });
}
export const LeftBrace = punctuation('LeftBrace', '{');
export const RightBrace = punctuation('RightBrace', '}');
export const LeftParen = punctuation('LeftParen', '(');
export const RightParen = punctuation('RightParen', ')');
export const LeftBracket = punctuation('LeftBracket', '[');
export const RightBracket = punctuation('RightBracket', ']');
export const Colon = punctuation('Colon', ':');
export const Comma = punctuation('Comma', ',');
export const Dot = punctuation('Dot', '.');
export const Question = punctuation('Question', '?');
export const Pipe = punctuation('Pipe', '|');
export const Percent = punctuation('Percent', '%');
export const EqualEqual = punctuation('EqualEqual', '==', [PlainOperator]);
export const NotEqual = punctuation('NotEqual', '!=', [PlainOperator]);
export const LessEqual = punctuation('LessEqual', '<=', [PlainOperator]);
export const GreaterEqual = punctuation('GreaterEqual', '>=', [PlainOperator]);
export const Less = punctuation('Less', '<', [PlainOperator]);
export const Greater = punctuation('Greater', '>', [PlainOperator]);
/** Also an operator: `=` between two operands is read as `==`, with a diagnostic. */
export const Assign = punctuation('Assign', '=', [PlainOperator]);
export const Plus = punctuation('Plus', '+', [PlainOperator]);
export const Minus = punctuation('Minus', '-', [PlainOperator]);
export const Star = punctuation('Star', '*', [PlainOperator]);

export const Integer = createToken({ name: 'Integer', pattern: /\d+/, label: 'a whole number' });
export const Float = createToken({ name: 'Float', pattern: /\d+\.\d+/, label: 'a number' });
export const Duration = createToken({
  name: 'Duration',
  pattern: /\d+(?:ms|s|m|h|d)(?![A-Za-z0-9_])/,
  label: 'a duration such as `15m`',
});
/** Digits run together with letters, as in `1h30m` or `60sec`; reported and read as the literal it resembles. */
export const MalformedNumber = createToken({
  name: 'MalformedNumber',
  pattern: /\d+(?:\.\d+)?[A-Za-z_][A-Za-z0-9_]*/,
});

/** A string of either spelling, `"…"` or `r"…"`. */
export const StringToken = createToken({
  name: 'String',
  pattern: { exec: scanString },
  start_chars_hint: ['"', 'r'],
  line_breaks: false,
  label: 'a string',
});
/** A string whose closing quote is missing on its line. */
export const UnterminatedString = createToken({ name: 'UnterminatedString', pattern: /r?"[^\n]*/ });
/** A string in the quotes of other languages. */
export const SingleQuoted = createToken({ name: 'SingleQuoted', pattern: /'[^'\n]*'?/ });
/** `&&`, `||` and `!`, as other languages spell `and`, `or` and `not`. */
export const ForeignAnd = createToken({ name: 'ForeignAnd', pattern: /&&?/ });
export const ForeignOr = createToken({ name: 'ForeignOr', pattern: /\|\|/ });
export const ForeignNot = createToken({ name: 'ForeignNot', pattern: /!/ });
/** `===`, `!==`, `<>`, `=>` and `->`, as other languages spell `==`, `!=` and `implies`. */
export const ForeignOperator = createToken({ name: 'ForeignOperator', pattern: /[=!]==|<>|[=-]>/ });
/** A run of characters that begin no token. */
export const Unknown = createToken({
  name: 'Unknown',
  // oxlint-disable-next-line no-control-regex -- they are among what means nothing
  pattern: /[\u0000-\u0008\u000b\u000c\u000e-\u001f#$;@\\^`~\u007f-\uffff]+|\//,
});

const Blank = createToken({
  name: 'Blank',
  pattern: /[ \t\r\n]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
const Remark = createToken({ name: 'Remark', pattern: /\/\/[^\n]*/, group: 'comments' });

/** Scans a closed string by hand: a regular expression would keep a way back for every character of a long one. */
function scanString(text: string, offset: number): RegExpExecArray | null {
  const raw = text.charCodeAt(offset) === 0x72;
  if (text.charCodeAt(raw ? offset + 1 : offset) !== 0x22) return null;
  for (let at = offset + (raw ? 2 : 1); at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) return null;
    if (code === 0x22) return [text.slice(offset, at + 1)] as unknown as RegExpExecArray;
    if (code === 0x5c && !raw) {
      at += 1;
      if (text.charCodeAt(at) === 0x0a) return null;
    }
  }
  return null;
}

/** What the lexer tries at each place, in this order. */
export const LEXED_TOKENS: readonly TokenType[] = [
  Blank,
  Remark,
  StringToken,
  UnterminatedString,
  Identifier,
  Duration,
  MalformedNumber,
  Float,
  Integer,
  LeftBrace,
  RightBrace,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  Colon,
  Comma,
  Dot,
  Question,
  ForeignOr,
  ForeignOperator,
  Pipe,
  Percent,
  EqualEqual,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Assign,
  Plus,
  Minus,
  Star,
  SingleQuoted,
  ForeignAnd,
  ForeignNot,
  Unknown,
];

/** Every type of token that the grammar may name. */
export const VOCABULARY: readonly TokenType[] = [
  ...LEXED_TOKENS,
  AnyName,
  PlainOperator,
  ...KEYWORDS.values(),
];
