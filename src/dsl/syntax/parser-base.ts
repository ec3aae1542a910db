import { EmbeddedActionsParser, EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import type { SourceText, Span } from '../source/source-text.ts';
import type { DurationLiteral, IntegerLiteral, Name, StringLiteral } from './ast.ts';
import type { SyntaxReporter } from './lexer.ts';
import { MAXIMUM_NESTING } from './limits.ts';
import { decodeString, durationOf } from './literals.ts';
import {
  describeToken,
  isDeclarationWord,
  looksLikeDeclaration,
  looksLikeNamedDeclaration,
} from './lookahead.ts';
import {
  AnyName,
  Comma,
  Duration,
  Identifier,
  Integer,
  RightBrace,
  StringToken,
  VOCABULARY,
} from './tokens.ts';

/** Ends the declaration at hand after a diagnostic of its own; the parser goes on with the next declaration. */
export class Abandon extends Error {}

/** What a parse needs beside its tokens. */
export interface ParseInput {
  readonly source: SourceText;
  readonly tokens: IToken[];
  readonly report: SyntaxReporter;
  /** The documentation that stands before a token, by the token's offset; asking for it uses it up. */
  readonly takeDocumentation: (offset: number) => string | undefined;
  /** True once further findings would not be shown. */
  readonly hasReportedEnough: () => boolean;
  /** Whether tests and fixtures are passed over. */
  readonly leavesOutTests: boolean;
}

/** An `ERR_MSG` that completes "expected …, found …". */
export interface Expected {
  readonly ERR_MSG: string;
}
export function expected(what: string): Expected {
  return { ERR_MSG: what };
}

const NAME = expected('a name');

/**
 * What all grammar rules share. Rules build nodes at once; while chevrotain records the grammar they run on made-up
 * tokens, so that nothing here may throw or report then.
 */
export abstract class ParserBase extends EmbeddedActionsParser {
  protected source: SourceText = undefined as unknown as SourceText;
  #input: ParseInput | undefined;
  #nesting = 0;

  constructor(options: { readonly validate: boolean }) {
    super([...VOCABULARY], {
      maxLookahead: 2,
      recoveryEnabled: false,
      nodeLocationTracking: 'none',
      skipValidations: !options.validate,
      errorMessageProvider: {
        buildMismatchTokenMessage: ({ expected: type }) => type.LABEL ?? type.name,
        buildNotAllInputParsedMessage: () => 'the end',
        buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
        buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
      },
    });
  }

  /** Makes ready for one text. */
  begin(input: ParseInput): void {
    this.#input = input;
    this.source = input.source;
    this.#nesting = 0;
    this.input = input.tokens;
  }

  /** Forgets the text, so that it can be freed. */
  end(): void {
    this.input = [];
    this.#input = undefined;
    this.source = undefined as unknown as SourceText;
  }

  // ------------------------------------------------------------------------------------------- looking ahead

  /** True when the token `ahead` (1 is the next one) is of the type or category. */
  protected at(type: TokenType, ahead = 1): boolean {
    return tokenMatcher(this.LA(ahead), type);
  }

  protected atEnd(ahead = 1): boolean {
    return this.LA(ahead).tokenType === EOF;
  }

  /** True when a line break stands between the last token and the next one, or there is no last one. */
  protected atLineStart(ahead = 1): boolean {
    const next = this.LA(ahead);
    const last = this.LA(ahead - 1);
    if (last.tokenType === EOF || next.tokenType === EOF) return true;
    const gap = this.source.text.indexOf('\n', last.startOffset + last.image.length);
    return gap !== -1 && gap < next.startOffset;
  }

  /** True when the next token begins a line and a declaration: it is then no operand and no name in a list. */
  protected atDeclaration(hasShape = looksLikeDeclaration): boolean {
    const next = this.LA(1);
    if (this.RECORDING_PHASE || !isDeclarationWord(next)) return false;
    return hasShape((ahead) => this.LA(ahead)) && this.atLineStart() && !this.atLineStart(2);
  }

  /** True when a block has one more item: neither its end follows nor, the end being forgotten, a declaration. */
  protected blockGoesOn(): boolean {
    return !this.at(RightBrace) && !this.atDeclaration(looksLikeNamedDeclaration);
  }

  // ----------------------------------------------------------------------------------------------- reporting

  /** Reports a finding; silent while the grammar is recorded. */
  protected readonly report: SyntaxReporter = (name, span, args, related) => {
    if (!this.RECORDING_PHASE) this.#input?.report(name, span, args, related);
  };

  protected leavesOutTests(): boolean {
    return this.#input?.leavesOutTests ?? false;
  }

  protected hasReportedEnough(): boolean {
    return this.#input?.hasReportedEnough() ?? false;
  }

  /** Reports and gives up the declaration at hand. */
  protected readonly refuse: SyntaxReporter = (name, span, args, related) => {
    if (this.RECORDING_PHASE) return;
    this.report(name, span, args, related);
    throw new Abandon();
  };

  /** Gives up with "expected …, found …" at the next token. */
  protected refuseNext(what: string, help?: string): void {
    const next = this.LA(1);
    this.refuse('expectedToken', this.tokenSpan(next), { expected: what, found: describeToken(next), help });
  }

  /** Gives up when a reserved word stands where a name should. */
  protected refuseReserved(what: Expected): void {
    const next = this.LA(1);
    if (!this.at(AnyName) || this.at(Identifier)) return;
    this.refuse('reservedWord', this.tokenSpan(next), { word: next.image, expected: what.ERR_MSG });
  }

  /** Runs a part that nests one level deeper. */
  protected enter(): void {
    if (this.RECORDING_PHASE) return;
    this.#nesting += 1;
    if (this.#nesting > MAXIMUM_NESTING) {
      this.refuse('nestingTooDeep', this.tokenSpan(this.LA(1)), { limit: MAXIMUM_NESTING });
    }
  }

  protected leave(): void {
    this.#nesting -= 1;
  }

  /** Begins a declaration: nothing is nested yet. */
  protected resetNesting(): void {
    this.#nesting = 0;
  }

  // --------------------------------------------------------------------------------------------------- nodes

  protected tokenSpan(token: IToken): Span {
    if (token.tokenType !== EOF) return this.#spanOf(token);
    const length = this.source.text.length;
    return { source: this.source, start: length, end: length };
  }

  #spanOf(token: IToken): Span {
    // While the grammar is recorded, there may be no token.
    const end = token.startOffset + (token.image?.length ?? 0);
    return { source: this.source, start: token.startOffset, end };
  }

  /** From an offset to the end of the last token read. */
  protected spanFrom(start: number): Span {
    const last = this.LA(0);
    return { source: this.source, start, end: last.startOffset + last.image.length };
  }

  /** The offset of the next token. */
  protected here(): number {
    return this.LA(1).startOffset;
  }

  protected documentation(): string | undefined {
    return this.RECORDING_PHASE ? undefined : this.#input?.takeDocumentation(this.here());
  }

  protected toName(token: IToken): Name {
    return { kind: 'name', span: this.#spanOf(token), text: token.image };
  }

  protected toStringLiteral(token: IToken): StringLiteral {
    const raw = token.image.startsWith('r');
    return { kind: 'stringLiteral', span: this.#spanOf(token), value: decodeString(token.image).value, raw };
  }

  protected toInteger(token: IToken): IntegerLiteral {
    const value = Number(token.image);
    return { kind: 'integerLiteral', span: this.#spanOf(token), value: Number.isFinite(value) ? value : 0 };
  }

  protected toDuration(token: IToken): DurationLiteral {
    const milliseconds = durationOf(token.image);
    return {
      kind: 'durationLiteral',
      span: this.#spanOf(token),
      milliseconds: Number.isNaN(milliseconds) ? 0 : milliseconds,
      text: token.image,
    };
  }

  // --------------------------------------------------------------------------------------------- small rules

  /** A name, for which reserved words will not do. */
  protected readonly name = this.RULE('name', (what: Expected = NAME): Name => {
    this.refuseReserved(what);
    if (this.atDeclaration(looksLikeNamedDeclaration)) this.refuseNext(what.ERR_MSG);
    return this.toName(this.CONSUME(Identifier, what));
  });

  /** A name of an attribute, a key or a member: every word will do. */
  protected readonly anyName = this.RULE('anyName', (what: Expected = NAME): Name => {
    if (this.atDeclaration(looksLikeNamedDeclaration)) this.refuseNext(what.ERR_MSG);
    return this.toName(this.CONSUME(AnyName, what));
  });

  /** `a, b, c`. */
  protected readonly names = this.RULE('names', (what: Expected = NAME): Name[] => {
    const names = [this.SUBRULE(this.name, { ARGS: [what] })];
    this.MANY(() => {
      this.CONSUME(Comma);
      names.push(this.SUBRULE2(this.name, { ARGS: [what] }));
    });
    return names;
  });

  /** Reads a keyword and yields the value that it stands for. */
  protected word<T extends string>(type: TokenType, value: T, occurrence = 0): T {
    this.consume(occurrence, type);
    return value;
  }

  protected readonly string = this.RULE('string', (what: Expected = expected('a string')): StringLiteral => {
    return this.toStringLiteral(this.CONSUME(StringToken, what));
  });

  protected readonly integer = this.RULE(
    'integer',
    (what: Expected = expected('a whole number')): IntegerLiteral => {
      return this.toInteger(this.CONSUME(Integer, what));
    },
  );

  protected readonly duration = this.RULE('duration', (what: Expected = DURATION): DurationLiteral => {
    return this.toDuration(this.CONSUME(Duration, what));
  });

  /** A name or, where the outside world has other rules for names, a string. */
  protected readonly nameOrString = this.RULE(
    'nameOrString',
    (what: Expected = NAME): Name | StringLiteral => {
      this.refuseReserved(what);
      return this.OR({
        DEF: [{ ALT: () => this.SUBRULE(this.string) }, { ALT: () => this.SUBRULE(this.name) }],
        ERR_MSG: what.ERR_MSG,
      });
    },
  );

  /**
   * The comma between two items of a block, for which a line break will do. Never fails: a missing one is reported
   * and the next item is read as if it were there.
   */
  protected readonly separator = this.RULE('separator', (closing: TokenType): void => {
    let found = false;
    this.OPTION(() => {
      this.CONSUME(Comma);
      found = true;
    });
    if (this.RECORDING_PHASE || found || this.at(closing) || this.atEnd() || this.atLineStart()) return;
    if (!this.at(AnyName) && !this.at(StringToken) && !this.at(Integer)) return;
    const next = this.LA(1);
    this.report('missingSeparator', this.tokenSpan(next), { found: describeToken(next) });
  });
}

const DURATION = expected('a duration such as `15m`');
