import { EOF, type IToken, type TokenType } from 'chevrotain';
import { nearestName } from '../diagnostics/nearest-name.ts';
import type { Declaration, Expression } from './ast.ts';
import { DECLARATION_WORDS, describeToken, isDeclarationWord, looksLikeDeclaration } from './lookahead.ts';
import { Abandon } from './parser-base.ts';
import { TestParser } from './parser-tests.ts';
import {
  Fixture,
  Identifier,
  LeftBrace,
  LeftBracket,
  LeftParen,
  RightBrace,
  RightBracket,
  RightParen,
  Test,
  Unknown,
} from './tokens.ts';

/** The parser of the whole language. It is reused for every text; `begin` makes it ready for one. */
export class PolicyParser extends TestParser {
  constructor(options: { readonly validate: boolean }) {
    super(options);
    this.performSelfAnalysis();
  }

  private readonly declaration = this.RULE('declaration', (): Declaration => {
    return this.OR({
      DEF: (this.#alternatives ??= [
        { ALT: () => this.SUBRULE(this.ruleDeclaration) },
        { ALT: () => this.SUBRULE(this.layerDeclaration) },
        { ALT: () => this.SUBRULE(this.enumDeclaration) },
        { ALT: () => this.SUBRULE(this.entityDeclaration) },
        { ALT: () => this.SUBRULE(this.contextDeclaration) },
        { ALT: () => this.SUBRULE(this.actionDeclaration) },
        { ALT: () => this.SUBRULE(this.actionSetDeclaration) },
        { ALT: () => this.SUBRULE(this.requireDeclaration) },
        { ALT: () => this.SUBRULE(this.letDeclaration) },
        { ALT: () => this.SUBRULE(this.roleDeclaration) },
        { ALT: () => this.SUBRULE(this.cacheDeclaration) },
        { ALT: () => this.SUBRULE(this.neverCacheDeclaration) },
        { ALT: () => this.SUBRULE(this.deadlineDeclaration) },
        { ALT: () => this.SUBRULE(this.auditDeclaration) },
        { ALT: () => this.SUBRULE(this.redactDeclaration) },
        { ALT: () => this.SUBRULE(this.retainDeclaration) },
        { ALT: () => this.SUBRULE(this.modeDeclaration) },
        { ALT: () => this.SUBRULE(this.lossDeclaration) },
        { ALT: () => this.SUBRULE(this.overrideDeclaration) },
        { ALT: () => this.SUBRULE(this.limitDeclaration) },
        { ALT: () => this.SUBRULE(this.signalDeclaration) },
        { ALT: () => this.SUBRULE(this.assertDeclaration) },
        { ALT: () => this.SUBRULE(this.fixtureDeclaration) },
        { ALT: () => this.SUBRULE(this.testDeclaration) },
      ]),
      ERR_MSG: 'a declaration',
    });
  });
  #alternatives: { ALT: () => Declaration }[] | undefined;

  /** The declarations of the text that are without fault; after a faulty one, reading goes on at the next. */
  private readonly file = this.RULE('file', (): Declaration[] => {
    const declarations: Declaration[] = [];
    if (this.RECORDING_PHASE) {
      this.MANY(() => this.SUBRULE(this.declaration));
      return declarations;
    }
    while (!this.atEnd() && !this.hasReportedEnough()) {
      this.resetNesting();
      this.assignEnds = false;
      const first = this.LA(1);
      if (this.leavesOutTests() && this.#passOverTest()) continue;
      if (!isDeclarationWord(this.LA(1))) {
        this.#reportStray();
        this.#resynchronise(first);
        continue;
      }
      try {
        declarations.push(this.SUBRULE(this.declaration));
      } catch (error) {
        this.#reportFailure(error);
        this.#resynchronise(first);
      }
    }
    return declarations;
  });

  /** Parses the text that `begin` was given. */
  parseFile(): Declaration[] {
    return this.file();
  }

  /** Parses the text that `begin` was given as one expression; undefined when it is none. */
  parseExpression(): Expression | undefined {
    try {
      const expression = this.loneExpression();
      // A rule that is called from outside keeps its failure to itself.
      const [failure] = this.errors;
      if (failure === undefined) return expression;
      this.#reportFailure(failure);
    } catch (error) {
      this.#reportFailure(error);
    }
    return undefined;
  }

  /**
   * Passes over a test or a fixture, with its documentation, up to the brace that closes it. False where its brackets do not
   * fit: what follows must not be taken for a part of it.
   */
  #passOverTest(): boolean {
    if (!this.at(Test) && !this.at(Fixture)) return false;
    const open: (TokenType | undefined)[] = [];
    for (let ahead = 1; this.LA(ahead).tokenType !== EOF; ahead += 1) {
      const token = this.LA(ahead);
      if (open.length === 0 && ahead > 1 && isDeclarationWord(token)) return false;
      const { tokenType } = token;
      const closing = CLOSER_OF.get(tokenType);
      if (closing !== undefined) open.push(closing);
      if (!CLOSING.has(tokenType)) continue;
      if (open.pop() !== tokenType) return false;
      if (open.length > 0) continue;
      this.documentation();
      for (let passed = 0; passed < ahead; passed += 1) this.SKIP_TOKEN();
      return true;
    }
    return false;
  }

  // ---------------------------------------------------------------------------------------------- recovering

  /** Reports what ended a declaration, unless that was done where it ended. */
  #reportFailure(error: unknown): void {
    if (error instanceof Abandon) return;
    if (!isFailure(error)) throw error;
    const { token, message } = error;
    // The lexer has already said what is wrong with it.
    if (token.tokenType === Unknown) return;
    const nearest = nearestWord(token, message);
    this.report('expectedToken', this.tokenSpan(token), {
      expected: message,
      found: describeToken(token),
      help: nearest && `did you mean \`${nearest}\`?`,
    });
  }

  /** Reports a token that begins no declaration. */
  #reportStray(): void {
    const token = this.LA(1);
    if (token.tokenType === Unknown) return;
    const words = this.atEnd(0) ? DECLARATION_WORDS : [...DECLARATION_WORDS, ...CLAUSE_WORDS];
    const suggestion = FOREIGN_WORDS[token.image] ?? nearestName(token.image, words);
    const follows = !this.atLineStart();
    this.report('expectedDeclaration', this.tokenSpan(token), {
      found: describeToken(token),
      suggestion,
      follows,
    });
  }

  /**
   * Skips to the next declaration after a faulty one that began with the token `first`. Within open brackets only a
   * declaration counts that is not indented further than the faulty one: others may be rules of a mode.
   */
  #resynchronise(first: IToken): void {
    let depth = 0;
    const tokens = this.input;
    const end = indexOf(tokens, this.LA(1));
    const column = this.#columnOf(first);
    for (let at = indexOf(tokens, first); at < end; at++)
      depth = Math.max(0, depth + bracketOf(tokens[at] as IToken));
    let isFirst = this.LA(1) === first;
    while (!this.atEnd()) {
      const next = this.LA(1);
      if (!isFirst && isDeclarationWord(next) && (this.atLineStart() || this.LA(0).tokenType === Unknown)) {
        const isOutermost = this.#columnOf(next) <= column;
        const hasShape = looksLikeDeclaration((ahead) => this.LA(ahead));
        if (hasShape ? depth === 0 || isOutermost : isOutermost && this.at(Identifier, 2)) return;
      }
      isFirst = false;
      depth = Math.max(0, depth + bracketOf(next));
      this.SKIP_TOKEN();
    }
  }

  #columnOf(token: IToken): number {
    return token.startOffset - this.source.text.lastIndexOf('\n', token.startOffset - 1);
  }
}

/** What chevrotain throws at a token that fits no rule; `message` says what would have. */
interface Failure {
  readonly token: IToken;
  readonly message: string;
}
function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'token' in error;
}

/** The word that was expected and that the token is nearest to, if it is a word and another one. */
function nearestWord({ image }: IToken, message: string): string | undefined {
  if (!/^[A-Za-z_]/.test(image)) return undefined;
  const words = [...message.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.match(/[a-z]+/g) ?? []);
  if (/`[{}]`$/.test(message)) words.push(...CLAUSE_WORDS);
  const nearest = nearestName(image, words);
  return nearest === image ? undefined : nearest;
}

const CLOSER_OF: ReadonlyMap<TokenType, TokenType> = new Map([
  [LeftBrace, RightBrace],
  [LeftBracket, RightBracket],
  [LeftParen, RightParen],
]);
const CLOSING: ReadonlySet<TokenType> = new Set(CLOSER_OF.values());

function bracketOf(token: IToken): number {
  return CLOSER_OF.has(token.tokenType) ? 1 : CLOSING.has(token.tokenType) ? -1 : 0;
}

/** The index of a token in the text's order; the number of tokens for the end. */
function indexOf(tokens: readonly IToken[], token: IToken): number {
  let low = 0;
  let high = tokens.length;
  if (token.tokenType === EOF) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = tokens[middle] as IToken;
    if (other.tokenType !== EOF && other.startOffset < token.startOffset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What may go on after a declaration, for suggestions. */
const CLAUSE_WORDS: readonly string[] = [
  'when',
  'unless',
  'because',
  'advise',
  'and',
  'or',
  'by',
  'from',
  'where',
  'extends',
  'grants',
  'burst',
];

/** How other languages begin declarations. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  allow: 'permit',
  const: 'let',
  def: 'let',
  deny: 'forbid',
  if: 'when',
  type: 'entity',
  var: 'let',
};
