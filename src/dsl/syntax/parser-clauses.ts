import type { Advice, AdviceArgument, Expression, Name, Scope, StringLiteral } from './ast.ts';
import { expected } from './parser-base.ts';
import { SchemaParser } from './parser-schema.ts';
import { Advise, Any, Because, By, Colon, Comma, LeftParen, On, RightParen, Unless, When } from './tokens.ts';

const ACTION = expected("an action's name or `any`");
const TYPE = expected("a type's name or `any`");

/** What stands after the scope of a rule. */
interface Clauses {
  readonly when: Expression | undefined;
  readonly unless: Expression | undefined;
  readonly because: StringLiteral | undefined;
  readonly advice: Advice | undefined;
}
type ClauseWord = 'when' | 'unless' | 'because' | 'advise';

const CLAUSE_ORDER: readonly ClauseWord[] = ['when', 'unless', 'because', 'advise'];
const REPEATED_HELP: Readonly<Record<ClauseWord, string>> = {
  when: 'join the conditions with `and`',
  unless: 'join the exceptions with `or`',
  because: 'a rule gives one reason; join the texts',
  advise: 'a rule gives one piece of advice; remove one',
};

/** The rules of scopes and of what stands after them. */
export abstract class ClauseParser extends SchemaParser {
  /** `ACTIONS on TYPES [by TYPES]`. */
  protected readonly scope = this.RULE('scope', (): Scope => {
    const start = this.here();
    const actions = this.SUBRULE(this.namesOrAny, { ARGS: [ACTION] });
    this.CONSUME(On, expected('`on` and the types of resources'));
    const resources = this.SUBRULE2(this.namesOrAny, { ARGS: [TYPE] });
    let subjects: Scope['subjects'];
    this.OPTION(() => {
      this.CONSUME(By);
      subjects = this.SUBRULE3(this.namesOrAny, { ARGS: [TYPE] });
    });
    return { kind: 'scope', span: this.spanFrom(start), actions, resources, subjects };
  });

  protected readonly namesOrAny = this.RULE('namesOrAny', (what = ACTION): readonly Name[] | 'any' => {
    if (!this.at(Any)) this.refuseReserved(what);
    return this.OR({
      DEF: [{ ALT: () => this.#any() }, { ALT: () => this.SUBRULE(this.names, { ARGS: [what] }) }],
      ERR_MSG: what.ERR_MSG,
    });
  });

  #any(): 'any' {
    this.CONSUME(Any);
    if (this.at(Comma)) this.refuseNext('nothing beside `any`', '`any` stands alone, or name what is meant');
    return 'any';
  }

  // ------------------------------------------------------------------------------------------------- clauses

  /** The clauses of a rule, read in any order; another one than the canonical is reported, and so is a second one. */
  protected readonly clauses = this.RULE('clauses', (): Clauses => {
    let when: Expression | undefined;
    let unless: Expression | undefined;
    let because: StringLiteral | undefined;
    let advice: Advice | undefined;
    const seen: ClauseWord[] = [];
    this.MANY(() => {
      this.#checkClause(seen);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(When);
            when = this.SUBRULE(this.expression);
          },
        },
        {
          ALT: () => {
            this.CONSUME(Unless);
            unless = this.SUBRULE2(this.expression);
          },
        },
        {
          ALT: () => {
            because = this.SUBRULE(this.because);
          },
        },
        {
          ALT: () => {
            advice = this.SUBRULE(this.advice);
          },
        },
      ]);
    });
    return { when, unless, because, advice };
  });

  #checkClause(seen: ClauseWord[]): void {
    if (this.RECORDING_PHASE) return;
    const token = this.LA(1);
    const clause = token.image as ClauseWord;
    const later = seen.find((one) => CLAUSE_ORDER.indexOf(one) > CLAUSE_ORDER.indexOf(clause));
    if (seen.includes(clause)) {
      this.report('repeatedClause', this.tokenSpan(token), { clause, help: REPEATED_HELP[clause] });
    } else if (later !== undefined) {
      this.report('clauseOrder', this.tokenSpan(token), { clause: later, before: clause });
    }
    seen.push(clause);
  }

  protected readonly because = this.RULE('because', (): StringLiteral => {
    this.CONSUME(Because);
    return this.SUBRULE(this.string, { ARGS: [expected('the reason as a string')] });
  });

  /** `advise NAME [(ARG: EXPR, …)]`. */
  protected readonly advice = this.RULE('advice', (): Advice => {
    const start = this.here();
    const list: AdviceArgument[] = [];
    this.CONSUME(Advise);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the advice's name")] });
    this.OPTION(() => {
      this.CONSUME(LeftParen);
      this.MANY_SEP({
        SEP: Comma,
        DEF: () => list.push(this.SUBRULE(this.adviceArgument)),
      });
      this.CONSUME(RightParen);
    });
    return { kind: 'advice', span: this.spanFrom(start), name, arguments: list };
  });

  private readonly adviceArgument = this.RULE('adviceArgument', (): AdviceArgument => {
    const start = this.here();
    const name = this.SUBRULE(this.anyName, { ARGS: [expected("an argument's name")] });
    this.CONSUME(Colon, expected("`:` and the argument's value"));
    const value = this.SUBRULE(this.expression);
    return { kind: 'adviceArgument', span: this.spanFrom(start), name, value };
  });
}
