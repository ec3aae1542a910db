import type {
  Expression,
  FixtureDeclaration,
  GivenBuiltin,
  GivenRisk,
  GivenState,
  Name,
  StringLiteral,
  TestCircumstance,
  TestDeclaration,
  TestEntity,
  TestExpectation,
  TestItem,
  TestMissing,
  TestNow,
} from './ast.ts';
import { describeToken } from './lookahead.ts';
import { expected } from './parser-base.ts';
import { EmergencyParser } from './parser-emergencies.ts';
import {
  Absent,
  Action,
  AnyName,
  Assign,
  By,
  Comma,
  Context,
  Deny,
  Dot,
  Entity,
  Exhausted,
  Expect,
  Failed,
  Fixture,
  Given,
  Integer,
  LeftBrace,
  LeftParen,
  Limit,
  Loss,
  Minus,
  Missing,
  Mode,
  Now,
  Of,
  Override,
  Permit,
  Plus,
  Resource,
  RightBrace,
  Risk,
  StringToken,
  Subject,
  Test,
  To,
  Using,
} from './tokens.ts';

const ITEM =
  'a line of a test (`subject`, `resource`, `entity`, `context`, `action`, `now`, `missing`, `given` or `expect`)';
const MAXIMUM_RISK = 100;

/** The rules of fixtures and tests. */
export abstract class TestParser extends EmergencyParser {
  protected readonly fixtureDeclaration = this.RULE('fixtureDeclaration', (): FixtureDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Fixture);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the fixture's name")] });
    const items = this.SUBRULE(this.testItems);
    return { kind: 'fixture', span: this.spanFrom(start), documentation, name, items };
  });

  protected readonly testDeclaration = this.RULE('testDeclaration', (): TestDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let fixtures: Name[] = [];
    this.CONSUME(Test);
    const title = this.SUBRULE(this.string, { ARGS: [expected("the test's title as a string")] });
    this.OPTION(() => {
      this.CONSUME(Using);
      fixtures = this.SUBRULE(this.names, { ARGS: [expected("a fixture's name")] });
    });
    const items = this.SUBRULE(this.testItems);
    return { kind: 'test', span: this.spanFrom(start), documentation, title, fixtures, items };
  });

  private readonly testItems = this.RULE('testItems', (): TestItem[] => {
    const items: TestItem[] = [];
    this.CONSUME(LeftBrace);
    this.MANY({
      GATE: () => !this.at(RightBrace),
      DEF: () => {
        items.push(this.SUBRULE(this.testItem));
        this.OPTION(() => this.CONSUME(Comma));
      },
    });
    this.CONSUME(RightBrace, expected(`${ITEM} or \`}\``));
    return items;
  });

  private readonly testItem = this.RULE('testItem', (): TestItem => {
    return this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.testEntity) },
        { ALT: () => this.SUBRULE(this.testCircumstance) },
        { ALT: () => this.SUBRULE(this.testNow) },
        { ALT: () => this.SUBRULE(this.testMissing) },
        { ALT: () => this.SUBRULE(this.given) },
        { ALT: () => this.SUBRULE(this.testExpectation) },
      ],
      ERR_MSG: ITEM,
    });
  });

  /** `subject TYPE NAME { … }`. */
  private readonly testEntity = this.RULE('testEntity', (): TestEntity => {
    const start = this.here();
    const role = this.OR([
      { ALT: () => this.word(Subject, 'subject') },
      { ALT: () => this.word(Resource, 'resource') },
      { ALT: () => this.word(Entity, 'entity') },
    ]);
    const type = this.SUBRULE(this.name, { ARGS: [expected("the type's name")] });
    const id = this.SUBRULE(this.nameOrString, { ARGS: [expected('a name, or an id as a string')] });
    let attributes: TestEntity['attributes'];
    this.OPTION(() => {
      attributes = this.SUBRULE(this.record);
    });
    return { kind: 'testEntity', span: this.spanFrom(start), role, type, id, attributes };
  });

  private readonly testCircumstance = this.RULE('testCircumstance', (): TestCircumstance => {
    const start = this.here();
    const of = this.OR([
      { ALT: () => this.word(Context, 'context') },
      { ALT: () => this.word(Action, 'action') },
    ]);
    const attributes = this.SUBRULE(this.record);
    return { kind: 'testCircumstance', span: this.spanFrom(start), of, attributes };
  });

  /** `now "…"`, `now + 13h`, `now - 1m`. */
  private readonly testNow = this.RULE('testNow', (): TestNow => {
    const start = this.here();
    let at: StringLiteral | undefined;
    let offset: TestNow['offset'];
    let direction: 1 | -1 = 1;
    this.CONSUME(Now);
    this.OR({
      DEF: [
        {
          ALT: () => {
            at = this.SUBRULE(this.string);
          },
        },
        {
          ALT: () => {
            this.CONSUME(Plus);
            offset = this.SUBRULE(this.duration);
          },
        },
        {
          ALT: () => {
            this.CONSUME(Minus);
            direction = -1;
            offset = this.SUBRULE2(this.duration);
          },
        },
      ],
      ERR_MSG: 'a time as a string, or `+` or `-` and a duration',
    });
    return { kind: 'testNow', span: this.spanFrom(start), at, offset, direction };
  });

  private readonly testMissing = this.RULE('testMissing', (): TestMissing => {
    const start = this.here();
    this.CONSUME(Missing);
    const path = this.SUBRULE(this.postfix);
    return { kind: 'testMissing', span: this.spanFrom(start), path };
  });

  // --------------------------------------------------------------------------------------------------- given

  private readonly given = this.RULE('given', (): TestItem => {
    const start = this.here();
    this.CONSUME(Given);
    this.#refuseOtherRisk();
    return this.OR({
      DEF: [
        { ALT: () => this.#givenRisk(start) },
        { ALT: () => this.#givenState(start) },
        { ALT: () => this.#givenBuiltin(start) },
      ],
      ERR_MSG: '`risk`, `mode`, `override`, `limit`, `loss of` or a call of a builtin',
    });
  });

  /** After `risk`, which may also begin the name of a builtin, comes a number and nothing else. */
  #refuseOtherRisk(): void {
    if (!this.at(Risk) || this.at(Integer, 2) || this.at(Dot, 2) || this.at(LeftParen, 2)) return;
    const next = this.LA(2);
    const wanted = 'a whole number after `risk`';
    this.refuse('expectedToken', this.tokenSpan(next), {
      expected: wanted,
      found: describeToken(next),
      help: undefined,
    });
  }

  /** `risk 90`, `risk 20 to 90`. */
  #givenRisk(start: number): GivenRisk {
    this.CONSUME(Risk);
    const low = this.SUBRULE(this.integer);
    let high = low;
    this.OPTION(() => {
      this.CONSUME(To);
      high = this.SUBRULE2(this.integer);
    });
    for (const bound of low === high ? [low] : [low, high]) {
      if (bound.value <= MAXIMUM_RISK) continue;
      const range = `a whole number from 0 to ${MAXIMUM_RISK}`;
      this.report('outOfRange', bound.span, { what: 'a risk', range, found: String(bound.value) });
    }
    if (low.value > high.value) {
      const range = `at least the lower one, ${low.value}`;
      this.report('outOfRange', high.span, {
        what: 'the upper end of a risk',
        range,
        found: String(high.value),
      });
    }
    return { kind: 'givenRisk', span: this.spanFrom(start), low: low.value, high: high.value };
  }

  /** `mode NAME`, `override NAME`, `limit NAME exhausted`, `loss of NAME`. */
  #givenState(start: number): GivenState {
    const of = this.OR2([
      { ALT: () => this.word(Mode, 'mode') },
      { ALT: () => this.word(Override, 'override') },
      { ALT: () => this.word(Limit, 'limit') },
      {
        ALT: (): 'loss' => {
          this.CONSUME(Loss);
          return this.word(Of, 'loss');
        },
      },
    ]);
    const name = this.SUBRULE(this.name);
    this.OPTION2({
      GATE: () => of === 'limit',
      DEF: () => this.CONSUME(Exhausted),
    });
    if (of === 'limit' && !this.RECORDING_PHASE && this.LA(0).tokenType !== Exhausted)
      this.refuseNext('`exhausted`');
    return { kind: 'givenState', span: this.spanFrom(start), of, name };
  }

  /** `geo.country("203.0.113.7") = "FR"`, `… = absent`, `… = failed`. */
  #givenBuiltin(start: number): GivenBuiltin {
    const call = this.SUBRULE(this.postfix);
    this.CONSUME(Assign, expected('`=` and the outcome'));
    const outcome = this.OR3([
      { ALT: () => this.word(Absent, 'absent'), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.word(Failed, 'failed'), IGNORE_AMBIGUITIES: true },
      { ALT: (): Expression => this.SUBRULE(this.expression) },
    ]);
    return { kind: 'givenBuiltin', span: this.spanFrom(start), call, outcome };
  }

  // -------------------------------------------------------------------------------------------------- expect

  /** `expect deny delete, share by limits.too_risky`. */
  private readonly testExpectation = this.RULE('testExpectation', (): TestExpectation => {
    const start = this.here();
    const action = expected("an action's name");
    this.CONSUME(Expect);
    const verdict = this.SUBRULE(this.verdict);
    const actions = [this.SUBRULE(this.name, { ARGS: [action] })];
    this.MANY({
      GATE: () => this.at(Comma) && !this.at(RightBrace, 2) && !this.#itemFollowsComma(),
      DEF: () => {
        this.CONSUME(Comma);
        actions.push(this.SUBRULE2(this.name, { ARGS: [action] }));
      },
    });
    let by: Name[] | undefined;
    this.OPTION(() => {
      this.CONSUME(By);
      by = [this.SUBRULE3(this.name, { ARGS: [expected('the name of a layer or of a claim')] })];
      this.OPTION2(() => {
        this.CONSUME(Dot);
        by?.push(this.SUBRULE4(this.name, { ARGS: [expected("the rule's name")] }));
      });
    });
    return { kind: 'testExpectation', span: this.spanFrom(start), verdict, actions, by };
  });

  /** After the comma comes the next line of the test: its first words stand together and are no action. */
  #itemFollowsComma(): boolean {
    if (this.atLineStart(3)) return false;
    if (this.at(Missing, 2)) return true;
    if (this.at(Expect, 2)) return this.at(Permit, 3) || this.at(Deny, 3);
    if (this.at(Context, 2) || this.at(Action, 2)) return this.at(LeftBrace, 3);
    if (this.at(Now, 2)) return this.at(StringToken, 3) || this.at(Plus, 3) || this.at(Minus, 3);
    if (this.at(Subject, 2) || this.at(Resource, 2) || this.at(Entity, 2) || this.at(Given, 2)) {
      return this.at(AnyName, 3) && !this.at(By, 3);
    }
    return false;
  }
}
