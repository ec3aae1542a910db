import type { IToken } from 'chevrotain';
import type {
  Attribute,
  AttributeModifier,
  AttributeOrigin,
  Closure,
  Expression,
  GenericType,
  Name,
  StringLiteral,
  TypeExpression,
} from './ast.ts';
import { MAXIMUM_CLOSURE_DEPTH } from './limits.ts';
import { expected } from './parser-base.ts';
import { ExpressionParser } from './parser-expressions.ts';
import {
  AnyName,
  Assign,
  ClosureWord,
  Colon,
  Comma,
  Depth,
  From,
  Greater,
  GreaterEqual,
  LeftBrace,
  LeftParen,
  Less,
  ListWord,
  Live,
  MapWord,
  Or,
  Pipe,
  Question,
  RightBrace,
  RightParen,
  SetWord,
  Stored,
  StringToken,
  Supplied,
  Then,
  Where,
} from './tokens.ts';

const TYPE = expected('a type');
const COLUMN = expected('the name of a column');

/** The rules of types and of attributes. */
export abstract class TypeParser extends ExpressionParser {
  // --------------------------------------------------------------------------------------------------- types

  /** `T`, `T?`, `a | b`, `a | b?`: the question mark is for the whole type. */
  protected readonly type = this.RULE('type', (): TypeExpression => {
    this.enter();
    const start = this.here();
    const members = [this.SUBRULE(this.memberType)];
    this.MANY(() => {
      this.CONSUME(Pipe);
      members.push(this.SUBRULE2(this.memberType));
    });
    const first = members[0] as TypeExpression;
    let type: TypeExpression =
      members.length === 1 ? first : { kind: 'unionType', span: this.spanFrom(start), members };
    this.OPTION(() => {
      this.CONSUME(Question);
      type = { kind: 'optionalType', span: this.spanFrom(start), base: type };
    });
    this.leave();
    return type;
  });

  private readonly memberType = this.RULE('memberType', (): TypeExpression => {
    return this.OR({
      DEF: [
        { GATE: () => this.at(Less, 2), ALT: () => this.SUBRULE(this.genericType), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.SUBRULE(this.namedType) },
        { ALT: () => this.SUBRULE(this.recordType) },
      ],
      ERR_MSG: TYPE.ERR_MSG,
    });
  });

  private readonly namedType = this.RULE('namedType', (): TypeExpression => {
    const name = this.SUBRULE(this.name, { ARGS: [TYPE] });
    return { kind: 'namedType', span: name.span, name };
  });

  private readonly genericType = this.RULE('genericType', (): GenericType => {
    const start = this.here();
    let constructorName: GenericType['constructorName'] = 'set';
    const parameters: TypeExpression[] = [];
    this.OR([
      {
        ALT: () => {
          constructorName = this.OR2([
            { ALT: () => this.word(SetWord, 'set') },
            { ALT: () => this.word(ListWord, 'list') },
          ]);
          this.CONSUME(Less);
          parameters.push(this.SUBRULE(this.type));
        },
      },
      {
        ALT: () => {
          this.CONSUME(MapWord);
          constructorName = 'map';
          this.CONSUME2(Less);
          parameters.push(this.SUBRULE2(this.type));
          this.refuseReadAssign();
          this.CONSUME(Comma, expected('`,` and the type of the values'));
          parameters.push(this.SUBRULE3(this.type));
        },
      },
    ]);
    this.refuseReadAssign();
    this.#closeAngle();
    return { kind: 'genericType', span: this.spanFrom(start), constructorName, parameters };
  });

  /** The `>` that was the first half of a `>=`; the `=` counts as read with it. */
  #split: IToken | undefined;

  /** Reads `>`, also the one in `list<t>= …`. */
  #closeAngle(): void {
    const next = this.LA(1);
    if (!this.RECORDING_PHASE && next.tokenType === GreaterEqual) {
      next.image = '>';
      next.tokenType = Greater;
      next.tokenTypeIdx = Greater.tokenTypeIdx as number;
      this.#split = next;
    }
    this.CONSUME(Greater);
  }

  /** True right after the `>=` that closed a type. */
  protected hasReadAssign(): boolean {
    return !this.RECORDING_PHASE && this.LA(0) === this.#split;
  }

  /** Refuses a `>=` after a type that no value may follow. */
  protected refuseReadAssign(): void {
    if (!this.hasReadAssign()) return;
    const span = { source: this.source, start: this.LA(0).startOffset, end: this.LA(0).startOffset + 2 };
    this.refuse('expectedToken', span, { expected: '`>`', found: '`>=`', help: undefined });
  }

  private readonly recordType = this.RULE('recordType', (): TypeExpression => {
    const start = this.here();
    const attributes = this.SUBRULE(this.attributeBlock);
    return { kind: 'recordType', span: this.spanFrom(start), attributes };
  });

  // ---------------------------------------------------------------------------------------------- attributes

  protected readonly attributeBlock = this.RULE('attributeBlock', (): Attribute[] => {
    const attributes: Attribute[] = [];
    this.CONSUME(LeftBrace);
    this.MANY({
      GATE: () => this.blockGoesOn(),
      DEF: () => {
        attributes.push(this.SUBRULE(this.attribute));
        this.SUBRULE(this.separator, { ARGS: [RightBrace] });
      },
    });
    this.CONSUME(RightBrace, expected('an attribute or `}`'));
    return attributes;
  });

  /** `[modifier] name: type [from …] [= …]`. */
  protected readonly attribute = this.RULE('attribute', (): Attribute => {
    const documentation = this.documentation();
    const start = this.here();
    let modifier: AttributeModifier | undefined;
    this.OPTION({
      // An attribute may be called `stored`, `supplied` or `live`.
      GATE: () => !this.at(Colon, 2),
      DEF: () => {
        modifier = this.SUBRULE(this.modifier);
      },
    });
    const name = this.SUBRULE(this.anyName, { ARGS: [expected('the name of an attribute')] });
    this.CONSUME(Colon, expected("`:` after the attribute's name"));
    const type = this.SUBRULE(this.type);
    let origin: AttributeOrigin | undefined;
    let value: Closure | Expression | undefined;
    this.OPTION2({
      GATE: () => !this.at(Colon, 2),
      DEF: () => {
        origin = this.SUBRULE(this.origin);
      },
    });
    if (this.hasReadAssign()) {
      value = this.SUBRULE2(this.attributeValue);
    } else {
      this.OPTION3(() => {
        this.CONSUME(Assign);
        value = this.SUBRULE(this.attributeValue);
      });
    }
    const span = this.spanFrom(start);
    return { kind: 'attribute', span, documentation, modifier, name, type, origin, value };
  });

  private readonly attributeValue = this.RULE('attributeValue', (): Closure | Expression => {
    return this.OR([
      { GATE: () => this.at(LeftParen, 2), ALT: () => this.SUBRULE(this.closure), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.expression) },
    ]);
  });

  private readonly modifier = this.RULE('modifier', (): AttributeModifier => {
    return this.OR([
      {
        ALT: (): AttributeModifier => {
          this.CONSUME(Supplied);
          let modifier: AttributeModifier = 'supplied';
          this.OPTION({
            GATE: () => !this.at(Colon, 2),
            DEF: () => {
              this.CONSUME(Or);
              this.CONSUME(Stored);
              modifier = 'suppliedOrStored';
            },
          });
          return modifier;
        },
      },
      { ALT: () => this.word(Stored, 'stored', 2) },
      { ALT: () => this.word(Live, 'live') },
    ]);
  });

  /** `from column`, `from type_column, id_column`, `from table(columns) where condition`. */
  private readonly origin = this.RULE('origin', (): AttributeOrigin => {
    const start = this.here();
    this.CONSUME(From);
    const first = this.SUBRULE(this.nameOrString, { ARGS: [expected('the name of a column or of a table')] });
    const columns: (Name | StringLiteral)[] = [];
    let joins = false;
    let condition: Expression | undefined;
    this.OR([
      {
        ALT: () => {
          joins = true;
          this.CONSUME(LeftParen);
          this.AT_LEAST_ONE_SEP({
            SEP: Comma,
            DEF: () => columns.push(this.SUBRULE2(this.nameOrString, { ARGS: [COLUMN] })),
            ERR_MSG: COLUMN.ERR_MSG,
          });
          this.CONSUME(RightParen);
          this.OPTION({
            GATE: () => !this.at(Colon, 2),
            DEF: () => {
              this.CONSUME(Where);
              this.assignEnds = true;
              condition = this.SUBRULE(this.expression);
              this.assignEnds = false;
            },
          });
        },
      },
      {
        ALT: () => {
          columns.push(first);
          this.MANY({
            GATE: () => this.#columnFollowsComma(),
            DEF: () => {
              this.CONSUME2(Comma);
              columns.push(this.SUBRULE3(this.nameOrString, { ARGS: [COLUMN] }));
            },
          });
        },
      },
    ]);
    const span = this.spanFrom(start);
    return joins
      ? { kind: 'joinOrigin', span, table: first, columns, condition }
      : { kind: 'columnOrigin', span, columns };
  });

  /** After the comma comes either one more column or the next attribute, with or without a modifier. */
  #columnFollowsComma(): boolean {
    if (this.at(StringToken, 2)) return true;
    if (!this.at(AnyName, 2) || this.at(Colon, 3)) return false;
    const mayModify = [Stored, Supplied, Live].some((word) => this.at(word, 2));
    const modifies = this.at(AnyName, 3) && (this.at(Colon, 4) || this.at(Or, 3)) && !this.atLineStart(3);
    return !(mayModify && modifies);
  }

  /** `closure(parent, depth 10)`, `closure(groups then parents, depth 10)`. */
  private readonly closure = this.RULE('closure', (): Closure => {
    const start = this.here();
    const attribute = expected('the name of an attribute');
    this.CONSUME(ClosureWord);
    this.CONSUME(LeftParen);
    let follow = this.SUBRULE(this.anyName, { ARGS: [attribute] });
    let first: Name | undefined;
    this.OPTION(() => {
      this.CONSUME(Then);
      first = follow;
      follow = this.SUBRULE2(this.anyName, { ARGS: [attribute] });
    });
    this.CONSUME(Comma, expected('`, depth N`'));
    this.CONSUME(Depth);
    const depth = this.SUBRULE(this.integer);
    if (depth.value < 1 || depth.value > MAXIMUM_CLOSURE_DEPTH) {
      const range = `a whole number from 1 to ${MAXIMUM_CLOSURE_DEPTH}`;
      this.report('outOfRange', depth.span, {
        what: 'the depth of a closure',
        range,
        found: String(depth.value),
      });
    }
    this.CONSUME(RightParen);
    return { kind: 'closure', span: this.spanFrom(start), first, follow, depth: depth.value };
  });
}
