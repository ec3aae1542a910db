import type {
  Advice,
  Expression,
  LimitDeclaration,
  LossDeclaration,
  ModeDeclaration,
  Name,
  OverrideDeclaration,
  Rate,
  RateEntry,
  RateTable,
  RuleDeclaration,
  SignalDeclaration,
  StringLiteral,
} from './ast.ts';
import { expected } from './parser-base.ts';
import { OperationsParser } from './parser-operations.ts';
import {
  After,
  And,
  Burst,
  Colon,
  Comma,
  Continue,
  Each,
  Enter,
  Expires,
  For,
  LeftBrace,
  Limit,
  Loss,
  Mode,
  Of,
  Override,
  Per,
  RightBrace,
  Signal,
  To,
  Waives,
  Weight,
  When,
} from './tokens.ts';

/** The rules of layers 9 and 10: modes, losses, overrides, limits, signals. */
export abstract class EmergencyParser extends OperationsParser {
  protected readonly modeDeclaration = this.RULE('modeDeclaration', (): ModeDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const rules: RuleDeclaration[] = [];
    let description: StringLiteral | undefined;
    this.CONSUME(Mode);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the mode's name")] });
    this.OPTION(() => {
      description = this.SUBRULE(this.string);
    });
    this.CONSUME(LeftBrace);
    this.MANY(() => {
      rules.push(this.SUBRULE(this.ruleDeclaration));
      this.OPTION2(() => this.CONSUME(Comma));
    });
    this.CONSUME(RightBrace, expected('a rule or `}`'));
    return { kind: 'mode', span: this.spanFrom(start), documentation, name, description, rules };
  });

  /** `loss of NAME: continue | enter MODE`. */
  protected readonly lossDeclaration = this.RULE('lossDeclaration', (): LossDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let enter: Name | undefined;
    this.CONSUME(Loss);
    this.CONSUME(Of);
    const dependency = this.SUBRULE(this.name, { ARGS: [expected('the name of a dependency')] });
    this.CONSUME(Colon);
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(Continue) },
        {
          ALT: () => {
            this.CONSUME(Enter);
            enter = this.SUBRULE2(this.name, { ARGS: [expected("a mode's name")] });
          },
        },
      ],
      ERR_MSG: '`continue` or `enter` and a mode',
    });
    return { kind: 'loss', span: this.spanFrom(start), documentation, dependency, enter };
  });

  /** `override NAME: SCOPE [when EXPR] waives CLAIM, … expires after D [because STRING]`. */
  protected readonly overrideDeclaration = this.RULE('overrideDeclaration', (): OverrideDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let condition: Expression | undefined;
    let because: StringLiteral | undefined;
    this.CONSUME(Override);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the override's name")] });
    this.CONSUME(Colon);
    const scope = this.SUBRULE(this.scope);
    this.OPTION(() => {
      this.CONSUME(When);
      condition = this.SUBRULE(this.expression);
    });
    this.CONSUME(Waives, expected('`waives` and the claims'));
    const waives = this.SUBRULE(this.names, { ARGS: [expected("the claim's name")] });
    if (this.at(And)) this.refuseNext('`expires after` and a duration', 'separate claims with commas');
    this.CONSUME(Expires, expected('`expires after` and a duration'));
    this.CONSUME(After);
    const expiresAfter = this.SUBRULE(this.duration);
    this.OPTION2(() => {
      because = this.SUBRULE(this.because);
    });
    const span = this.spanFrom(start);
    return { kind: 'override', span, documentation, name, scope, condition, waives, expiresAfter, because };
  });

  // ---------------------------------------------------------------------------------------------- limits

  /** `limit NAME: SCOPE for each KEY, … (to RATE | per SELECTOR { … }) [because] [advise]`. */
  protected readonly limitDeclaration = this.RULE('limitDeclaration', (): LimitDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let because: StringLiteral | undefined;
    let advice: Advice | undefined;
    this.CONSUME(Limit);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the limit's name")] });
    this.CONSUME(Colon);
    const scope = this.SUBRULE(this.scope);
    this.CONSUME(For, expected('`for each` and what is counted apart'));
    this.CONSUME(Each);
    const keys = [this.SUBRULE(this.expression)];
    this.MANY(() => {
      this.CONSUME(Comma);
      keys.push(this.SUBRULE2(this.expression));
    });
    const rate = this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(To);
            return this.SUBRULE(this.rate);
          },
        },
        { ALT: () => this.SUBRULE(this.rateTable) },
      ],
      ERR_MSG: '`to` and a rate, or `per` and a table of rates',
    });
    this.OPTION(() => {
      because = this.SUBRULE(this.because);
    });
    this.OPTION2(() => {
      advice = this.SUBRULE(this.advice);
    });
    return {
      kind: 'limit',
      span: this.spanFrom(start),
      documentation,
      name,
      scope,
      keys,
      rate,
      because,
      advice,
    };
  });

  /** `10 per 1m [burst 20]`. */
  private readonly rate = this.RULE('rate', (): Rate => {
    const start = this.here();
    let burst: number | undefined;
    const count = this.SUBRULE(this.integer, { ARGS: [expected('how many requests')] }).value;
    this.CONSUME(Per);
    const per = this.SUBRULE(this.duration);
    this.OPTION({
      GATE: () => !this.at(Colon, 2),
      DEF: () => {
        this.CONSUME(Burst);
        burst = this.SUBRULE2(this.integer).value;
      },
    });
    return { kind: 'rate', span: this.spanFrom(start), count, per, burst };
  });

  private readonly rateTable = this.RULE('rateTable', (): RateTable => {
    const start = this.here();
    const entries: RateEntry[] = [];
    this.CONSUME(Per);
    const selector = this.SUBRULE(this.expression);
    this.CONSUME(LeftBrace, expected('`{` and a rate for each member'));
    this.AT_LEAST_ONE({
      GATE: () => this.blockGoesOn(),
      DEF: () => {
        entries.push(this.SUBRULE(this.rateEntry));
        this.SUBRULE(this.separator, { ARGS: [RightBrace] });
      },
      ERR_MSG: 'a member and its rate',
    });
    this.CONSUME(RightBrace, expected('a member and its rate, or `}`'));
    return { kind: 'rateTable', span: this.spanFrom(start), selector, entries };
  });

  private readonly rateEntry = this.RULE('rateEntry', (): RateEntry => {
    const start = this.here();
    const member = this.SUBRULE(this.anyName, { ARGS: [expected("a member's name")] });
    this.CONSUME(Colon, expected('`:` and a rate'));
    const rate = this.SUBRULE(this.rate);
    return { kind: 'rateEntry', span: this.spanFrom(start), member, rate };
  });

  /** `signal NAME: SCOPE weight N when EXPR`. */
  protected readonly signalDeclaration = this.RULE('signalDeclaration', (): SignalDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Signal);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the signal's name")] });
    this.CONSUME(Colon);
    const scope = this.SUBRULE(this.scope);
    this.CONSUME(Weight, expected('`weight` and a whole number'));
    const weight = this.SUBRULE(this.integer).value;
    this.CONSUME(When, expected('`when` and a condition'));
    const condition = this.SUBRULE(this.expression);
    return { kind: 'signal', span: this.spanFrom(start), documentation, name, scope, weight, condition };
  });
}
