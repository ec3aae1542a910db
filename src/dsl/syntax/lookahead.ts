import { EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import { shorten } from './lexer.ts';
import {
  Action,
  Actions,
  AnyName,
  As,
  Assert,
  Assign,
  Audit,
  Authentication,
  Cache,
  Colon,
  Comma,
  Context,
  Deadline,
  Deny,
  Dot,
  Duration,
  Entity,
  Enum,
  Extends,
  Fixture,
  Forbid,
  From,
  Identifier,
  Integer,
  Layer,
  LeftBrace,
  LeftParen,
  Let,
  Limit,
  Loss,
  Mode,
  Never,
  Of,
  On,
  Ordered,
  Override,
  Permit,
  Redact,
  Require,
  Retain,
  Role,
  Signal,
  Stored,
  StringToken,
  Supplied,
  Test,
  When,
} from './tokens.ts';

/**
 * How each declaration begins after its word: what the next tokens are, each one of several. All of these words may
 * also be names, so that the word alone proves nothing.
 */
const BEGINNINGS: ReadonlyMap<TokenType, readonly (readonly TokenType[])[]> = new Map([
  [Layer, [[Integer], [Identifier]]],
  [Enum, [[Identifier], [LeftBrace, Ordered]]],
  [Entity, [[Identifier], [From, Stored, Supplied, LeftBrace]]],
  [Context, [[LeftBrace]]],
  [Action, [[Identifier], [Comma, On, As]]],
  [Actions, [[Identifier], [LeftBrace]]],
  [Require, [[Identifier]]],
  [Let, [[Identifier], [Assign, LeftParen]]],
  [Role, [[Identifier], [Extends, When, LeftBrace]]],
  [Permit, [[AnyName], [Colon]]],
  [Forbid, [[AnyName], [Colon]]],
  [Cache, [[Permit, Deny], [Colon]]],
  [Never, [[Cache], [Colon]]],
  [Deadline, [[Colon, Authentication]]],
  [Audit, [[Permit, Deny], [Colon]]],
  [Redact, [[Identifier], [Dot]]],
  [Retain, [[Duration]]],
  [Mode, [[Identifier], [LeftBrace, StringToken]]],
  [Loss, [[Of], [Identifier]]],
  [Override, [[AnyName], [Colon]]],
  [Limit, [[AnyName], [Colon]]],
  [Signal, [[AnyName], [Colon]]],
  [Assert, [[AnyName], [Colon]]],
  [Fixture, [[Identifier], [LeftBrace]]],
  [Test, [[StringToken]]],
]);

/** The words that begin declarations, for suggestions. */
export const DECLARATION_WORDS: readonly string[] = [...BEGINNINGS.keys()].map((type) =>
  type.name.toLowerCase(),
);

/** True of a word that may begin a declaration. */
export function isDeclarationWord(token: IToken): boolean {
  return BEGINNINGS.has(token.tokenType);
}

/** True when the tokens ahead (1 is the next) have the shape of a declaration's beginning. */
export function looksLikeDeclaration(ahead: (index: number) => IToken): boolean {
  const beginning = BEGINNINGS.get(ahead(1).tokenType);
  return (
    beginning?.every((choices, index) => choices.some((type) => tokenMatcher(ahead(index + 2), type))) ??
    false
  );
}

/** True when the tokens ahead begin a declaration that has a name, so that they cannot be a name and what follows it. */
export function looksLikeNamedDeclaration(ahead: (index: number) => IToken): boolean {
  const beginning = BEGINNINGS.get(ahead(1).tokenType);
  // `mode as "spelling"` is a member of an enum, not a mode with a description.
  if (beginning === undefined || beginning.length === 1 || ahead(2).tokenType === As) return false;
  return looksLikeDeclaration(ahead);
}

/** A token as messages name it. */
export function describeToken(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file';
  if (token.tokenType === StringToken) return `the string ${shorten(token.image)}`;
  return `\`${shorten(token.image)}\``;
}
