import type { IToken, ParserMethod, TokenType } from 'chevrotain';
import type { Expression, NameExpression, RecordEntry, RecordLiteral, SetLiteral } from './ast.ts';
import { MAXIMUM_HEIGHT } from './limits.ts';
import { expected, ParserBase } from './parser-base.ts';
import {
  Any,
  AnyName,
  Colon,
  Comma,
  Dot,
  Every,
  False,
  Float,
  Identifier,
  In,
  Integer,
  LeftBrace,
  LeftBracket,
  LeftParen,
  RightBrace,
  RightBracket,
  RightParen,
  StringToken,
  True,
} from './tokens.ts';

const EXPRESSION = 'an expression';
const QUANTIFIED = expected('`(` around what is claimed of every member');

/** The rules of what stands between operators. */
export abstract class OperandParser extends ParserBase {
  /** The height of the expression read last. */
  protected height = 0;
  /** Set where `=` ends an expression instead of standing for a mistaken `==`. */
  protected assignEnds = false;

  /** Ends an expression above one of this height. */
  protected grow(height: number): void {
    this.height = height + 1;
    if (height >= MAXIMUM_HEIGHT && !this.RECORDING_PHASE) {
      this.refuse('expressionTooTall', this.tokenSpan(this.LA(0)), { limit: MAXIMUM_HEIGHT });
    }
  }

  protected abstract readonly expression: ParserMethod<[minimum?: number], Expression>;

  /** `any x in list: (body)`. */
  protected readonly quantifier = this.RULE('quantifier', (): Expression => {
    this.enter();
    const start = this.here();
    const quantifier = this.OR([
      { ALT: () => this.word(Any, 'any') },
      { ALT: () => this.word(Every, 'every') },
    ]);
    const variable = this.SUBRULE(this.name, { ARGS: [expected('a name for the member')] });
    this.CONSUME(In);
    const collection = this.SUBRULE(this.postfix);
    const height = this.height;
    this.CONSUME(Colon, expected('`:` and the claim in parentheses'));
    this.CONSUME(LeftParen, QUANTIFIED);
    const body = this.SUBRULE(this.expression);
    this.CONSUME(RightParen);
    this.grow(Math.max(height, this.height));
    this.leave();
    return {
      kind: 'quantifierExpression',
      span: this.spanFrom(start),
      quantifier,
      variable,
      collection,
      body,
    };
  });

  /** `a.b[c](d)`. */
  protected readonly postfix = this.RULE('postfix', (): Expression => {
    const start = this.here();
    let node = this.SUBRULE(this.primary);
    let height = this.height;
    this.MANY({
      GATE: () => !this.at(LeftParen) || isCallable(node),
      DEF: () => {
        this.height = 0;
        node = this.OR([
          {
            ALT: (): Expression => {
              this.CONSUME(Dot);
              const member = this.SUBRULE(this.anyName, { ARGS: [expected('a name after `.`')] });
              return { kind: 'memberExpression', span: this.spanFrom(start), object: node, member };
            },
          },
          {
            ALT: (): Expression => {
              this.CONSUME(LeftBracket);
              const key = this.SUBRULE(this.expression);
              this.CONSUME(RightBracket);
              return { kind: 'indexExpression', span: this.spanFrom(start), object: node, key };
            },
          },
          {
            ALT: (): Expression => {
              this.CONSUME(LeftParen);
              const list = this.SUBRULE2(this.items, { ARGS: [RightParen] });
              this.CONSUME(RightParen);
              return { kind: 'callExpression', span: this.spanFrom(start), callee: node, arguments: list };
            },
          },
        ]);
        this.grow(Math.max(height, this.height));
        height = this.height;
      },
    });
    if (this.at(LeftParen) && !this.atLineStart()) {
      this.refuseNext('an operator', 'only what has a name can be called: `name(…)` or `namespace.name(…)`');
    }
    this.height = height;
    return node;
  });

  private readonly primary = this.RULE('primary', (): Expression => {
    this.height = 1;
    if (this.atDeclaration()) this.refuseNext(EXPRESSION);
    return this.OR({
      DEF: [
        { ALT: () => this.#nameExpression(this.CONSUME(Identifier)) },
        { ALT: () => this.SUBRULE(this.string) },
        { ALT: () => this.SUBRULE(this.integer) },
        { ALT: () => this.SUBRULE(this.duration) },
        { ALT: () => this.#boolean(this.CONSUME(True)) },
        { ALT: () => this.#boolean(this.CONSUME(False)) },
        { ALT: () => this.#float(this.CONSUME(Float)) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.braces) },
        {
          ALT: () => {
            this.CONSUME(LeftParen);
            const inner = this.SUBRULE(this.expression);
            this.CONSUME(RightParen);
            return inner;
          },
        },
      ],
      ERR_MSG: EXPRESSION,
    });
  });

  #nameExpression(token: IToken): NameExpression {
    return { kind: 'nameExpression', span: this.tokenSpan(token), name: token.image };
  }

  #boolean(token: IToken): Expression {
    return { kind: 'booleanLiteral', span: this.tokenSpan(token), value: token.image === 'true' };
  }

  #float(token: IToken): Expression {
    return {
      kind: 'floatLiteral',
      span: this.tokenSpan(token),
      value: Number(token.image),
      text: token.image,
    };
  }

  /** Expressions separated by commas; one may trail. */
  private readonly items = this.RULE('items', (closing: TokenType): Expression[] => {
    const items: Expression[] = [];
    let height = 0;
    this.OPTION(() => {
      items.push(this.SUBRULE(this.expression));
      height = this.height;
      this.MANY({
        GATE: () => !this.at(closing, 2),
        DEF: () => {
          this.CONSUME(Comma);
          items.push(this.SUBRULE2(this.expression));
          height = Math.max(height, this.height);
        },
      });
      this.OPTION2(() => this.CONSUME2(Comma));
    });
    this.height = height;
    return items;
  });

  private readonly list = this.RULE('list', (): Expression => {
    const start = this.here();
    this.CONSUME(LeftBracket);
    const items = this.SUBRULE(this.items, { ARGS: [RightBracket] });
    this.CONSUME(RightBracket);
    this.grow(this.height);
    return { kind: 'listLiteral', span: this.spanFrom(start), items };
  });

  /** `{}`, `{a, b}` or `{ key: value }`. */
  private readonly braces = this.RULE('braces', (): SetLiteral | RecordLiteral => {
    const isRecord =
      this.at(Colon, 3) && (this.at(AnyName, 2) || this.at(StringToken, 2) || this.at(Integer, 2));
    return this.OR([
      { GATE: () => isRecord, ALT: () => this.SUBRULE(this.record), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.setLiteral) },
    ]);
  });

  private readonly setLiteral = this.RULE('setLiteral', (): SetLiteral => {
    const start = this.here();
    this.CONSUME(LeftBrace);
    const items = this.SUBRULE(this.items, { ARGS: [RightBrace] });
    this.CONSUME(RightBrace);
    this.grow(this.height);
    return { kind: 'setLiteral', span: this.spanFrom(start), items };
  });

  /** `{ key: value, … }`, which may be empty where a record is expected: it is then a set literal without items. */
  protected readonly record = this.RULE('record', (): RecordLiteral | SetLiteral => {
    const start = this.here();
    const entries: RecordEntry[] = [];
    let height = 0;
    this.CONSUME(LeftBrace);
    this.MANY({
      GATE: () => this.blockGoesOn(),
      DEF: () => {
        entries.push(this.SUBRULE(this.recordEntry));
        height = Math.max(height, this.height);
        this.SUBRULE(this.separator, { ARGS: [RightBrace] });
      },
    });
    this.CONSUME(RightBrace, expected('a key or `}`'));
    this.grow(height);
    if (entries.length === 0) return { kind: 'setLiteral', span: this.spanFrom(start), items: [] };
    return { kind: 'recordLiteral', span: this.spanFrom(start), entries };
  });

  private readonly recordEntry = this.RULE('recordEntry', (): RecordEntry => {
    const start = this.here();
    const key = this.OR([
      { ALT: () => this.SUBRULE(this.anyName) },
      { ALT: () => this.SUBRULE(this.string) },
      { ALT: () => this.SUBRULE(this.integer) },
    ]);
    this.CONSUME(Colon, expected('`:` after the key'));
    const value = this.SUBRULE(this.expression);
    this.grow(this.height);
    return { kind: 'recordEntry', span: this.spanFrom(start), key, value };
  });
}

/** A name or a dotted name. */
function isCallable(node: Expression | undefined): boolean {
  let at = node;
  while (at?.kind === 'memberExpression') at = at.object;
  return at?.kind === 'nameExpression';
}
