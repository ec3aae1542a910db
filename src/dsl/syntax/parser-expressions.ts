import { EOF, type TokenType } from 'chevrotain';
import type { BinaryOperator, Expression, Name, StringLiteral } from './ast.ts';
import { describeToken } from './lookahead.ts';
import { expected } from './parser-base.ts';
import { OperandParser } from './parser-operands.ts';
import { LEVELS, OPERATOR_LEVELS } from './precedence.ts';
import {
  All,
  And,
  Any,
  Assign,
  Colon,
  Contains,
  EqualEqual,
  Exists,
  Greater,
  GreaterEqual,
  Has,
  Implies,
  In,
  Is,
  Less,
  LessEqual,
  Matches,
  Minus,
  Not,
  NotEqual,
  Or,
  PlainOperator,
  Plus,
  Star,
  StringToken,
} from './tokens.ts';

const EXPRESSION = 'an expression';
const negated = (test: string): string => `to negate a test, write \`not (… ${test} …)\``;

const OPERATOR_TOKENS: readonly (readonly [TokenType, keyof typeof OPERATOR_LEVELS])[] = [
  [Implies, 'implies'],
  [Or, 'or'],
  [And, 'and'],
  [EqualEqual, '=='],
  [NotEqual, '!='],
  [Less, '<'],
  [LessEqual, '<='],
  [Greater, '>'],
  [GreaterEqual, '>='],
  [In, 'in'],
  [Contains, 'contains'],
  [Matches, 'matches'],
  [Is, 'is'],
  [Plus, '+'],
  [Minus, '-'],
  [Star, '*'],
  [Assign, '=='],
];
/** What each token between two operands means: `&&` is `and`, a mistaken `=` is `==`. */
const OPERATORS: ReadonlyMap<TokenType, keyof typeof OPERATOR_LEVELS> = new Map(OPERATOR_TOKENS);

/** The level of a token that stands between two operands; undefined of every other token. */
function levelOf(type: TokenType): number | undefined {
  const operator = OPERATORS.get(type);
  return operator && OPERATOR_LEVELS[operator];
}

/** A binary expression or another tail, without its left operand. */
type Tail =
  | { readonly operator: BinaryOperator; readonly right: Expression }
  | { readonly operator: 'matches'; readonly pattern: StringLiteral }
  | { readonly operator: 'is'; readonly type: Name };

/** The rules of operators, loosest first. */
export abstract class ExpressionParser extends OperandParser {
  /** An expression whose operators all bind at least as tightly as `minimum`; chains lean to the left. */
  protected readonly expression = this.RULE('expression', (minimum: number = LEVELS.implies): Expression => {
    this.enter();
    const start = this.here();
    let left = this.SUBRULE(this.operand, { ARGS: [minimum] });
    let height = this.height;
    let compared = false;
    this.MANY({
      GATE: () => this.#continues(minimum),
      DEF: () => {
        const operator = this.LA(1);
        if (levelOf(operator.tokenType) === LEVELS.comparison) {
          if (compared)
            this.report('chainedComparison', this.tokenSpan(operator), { operator: operator.image });
          compared = true;
        }
        this.height = 0;
        const tail = this.SUBRULE(this.tail);
        left = this.#join(left, tail, start);
        height = Math.max(height, this.height);
        this.grow(height);
        height = this.height;
      },
    });
    this.height = height;
    this.leave();
    return left;
  });

  /** A word operator before a colon is an attribute or a key of the next line. */
  #continues(minimum: number): boolean {
    const next = this.LA(1);
    if (next.tokenType === Not) this.#refuseNegatedTest();
    const level = levelOf(next.tokenType);
    if (level === undefined || level < minimum) return false;
    if (next.tokenType === Assign) return !this.assignEnds;
    return !this.at(Colon, 2);
  }

  /** Refuses `x not in y`, which other languages have. */
  #refuseNegatedTest(): void {
    const test = this.LA(2);
    if (levelOf(test.tokenType) !== LEVELS.comparison) return;
    this.refuseNext('an operator', negated(test.image));
  }

  #join(left: Expression, tail: Tail, start: number): Expression {
    const span = this.spanFrom(start);
    // While the grammar is recorded, subrules yield nothing of use.
    if (this.RECORDING_PHASE) return left;
    switch (tail.operator) {
      case 'matches':
        return { kind: 'matchesExpression', span, operand: left, pattern: tail.pattern };
      case 'is':
        return { kind: 'isExpression', span, operand: left, type: tail.type };
      default:
        return { kind: 'binaryExpression', span, operator: tail.operator, left, right: tail.right };
    }
  }

  private readonly tail = this.RULE('tail', (): Tail => {
    return this.OR([
      { ALT: () => this.SUBRULE(this.plainTail) },
      { ALT: () => this.SUBRULE(this.containsTail) },
      { ALT: () => this.SUBRULE(this.matchesTail) },
      {
        ALT: (): Tail => {
          this.CONSUME(Is);
          if (this.at(Not)) this.refuseNext('the name of a type after `is`', negated('is'));
          return {
            operator: 'is',
            type: this.SUBRULE(this.name, { ARGS: [expected('the name of a type after `is`')] }),
          };
        },
      },
    ]);
  });

  private readonly plainTail = this.RULE('plainTail', (): Tail => {
    const token = this.CONSUME(PlainOperator);
    if (token.tokenType === Assign) this.report('assignmentInCondition', this.tokenSpan(token), {});
    const operator = (OPERATORS.get(token.tokenType) ?? '==') as BinaryOperator;
    const level = OPERATOR_LEVELS[operator];
    // All operators lean to the left, `implies` to the right.
    const right = this.SUBRULE(this.expression, { ARGS: [level === LEVELS.implies ? level : level + 1] });
    return { operator, right };
  });

  private readonly containsTail = this.RULE('containsTail', (): Tail => {
    this.CONSUME(Contains);
    let operator: BinaryOperator = 'contains';
    this.OPTION(() => {
      operator = this.OR([
        { ALT: () => this.word(Any, 'contains any') },
        { ALT: () => this.word(All, 'contains all') },
      ]);
    });
    return { operator, right: this.SUBRULE(this.expression, { ARGS: [LEVELS.comparison + 1] }) };
  });

  private readonly matchesTail = this.RULE('matchesTail', (): Tail => {
    this.CONSUME(Matches);
    if (!this.RECORDING_PHASE && !this.at(StringToken)) {
      const next = this.LA(1);
      this.refuse('patternNotLiteral', this.tokenSpan(next), { found: describeToken(next) });
    }
    return { operator: 'matches', pattern: this.SUBRULE(this.string) };
  });

  /** What stands between two operators. */
  private readonly operand = this.RULE('operand', (minimum: number = LEVELS.implies): Expression => {
    const start = this.here();
    return this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.postfix) },
        { ALT: () => this.#negation(start, minimum) },
        { ALT: () => this.#minus(start) },
        { ALT: () => this.#presence(start) },
        { ALT: () => this.SUBRULE(this.quantifier) },
      ],
      ERR_MSG: EXPRESSION,
    });
  });

  #negation(start: number, minimum: number): Expression {
    const before = this.LA(0);
    const token = this.CONSUME(Not);
    if (minimum > LEVELS.not) this.report('looseNot', this.tokenSpan(token), { operator: before.image });
    const operand = this.SUBRULE(this.expression, { ARGS: [LEVELS.not] });
    this.grow(this.height);
    return { kind: 'unaryExpression', span: this.spanFrom(start), operator: 'not', operand };
  }

  #minus(start: number): Expression {
    this.CONSUME(Minus);
    const operand = this.SUBRULE2(this.expression, { ARGS: [LEVELS.negative] });
    this.grow(this.height);
    return { kind: 'unaryExpression', span: this.spanFrom(start), operator: '-', operand };
  }

  #presence(start: number): Expression {
    const kind = this.OR2([
      { ALT: () => this.word(Has, 'hasExpression') },
      { ALT: () => this.word(Exists, 'existsExpression') },
    ]);
    const operand = this.SUBRULE2(this.postfix);
    this.grow(this.height);
    return { kind, span: this.spanFrom(start), operand };
  }

  /** The whole text as one expression. */
  readonly loneExpression = this.RULE('loneExpression', (): Expression => {
    const expression = this.SUBRULE(this.expression);
    this.CONSUME(EOF, expected('the end of the expression'));
    return expression;
  });
}
