import type {
  ActionDeclaration,
  ActionName,
  ActionSetDeclaration,
  Attribute,
  ContextDeclaration,
  EntityDeclaration,
  EnumDeclaration,
  EnumMember,
  Name,
  Storage,
  StringLiteral,
} from './ast.ts';
import { expected } from './parser-base.ts';
import { TypeParser } from './parser-types.ts';
import {
  Action,
  Actions,
  As,
  By,
  Comma,
  Context,
  Entity,
  Enum,
  From,
  Key,
  LeftBrace,
  New,
  On,
  Ordered,
  RightBrace,
  Stored,
  StringToken,
  Supplied,
  Table,
} from './tokens.ts';

const TYPE_NAME = expected('the name of a type');
const COLUMN = expected('the name of a column');

/** The rules of enums, entities, context and actions. */
export abstract class SchemaParser extends TypeParser {
  protected readonly enumDeclaration = this.RULE('enumDeclaration', (): EnumDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const members: EnumMember[] = [];
    let ordered = false;
    this.CONSUME(Enum);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the enum's name")] });
    this.OPTION(() => {
      this.CONSUME(Ordered);
      ordered = true;
    });
    this.CONSUME(LeftBrace);
    this.AT_LEAST_ONE({
      GATE: () => this.blockGoesOn(),
      DEF: () => {
        members.push(this.SUBRULE(this.enumMember));
        this.SUBRULE(this.separator, { ARGS: [RightBrace] });
      },
      ERR_MSG: 'the name of a member',
    });
    this.CONSUME(RightBrace, expected('a member or `}`'));
    return { kind: 'enum', span: this.spanFrom(start), documentation, name, ordered, members };
  });

  private readonly enumMember = this.RULE('enumMember', (): EnumMember => {
    const documentation = this.documentation();
    const start = this.here();
    const name = this.SUBRULE(this.anyName, { ARGS: [expected('the name of a member')] });
    const spelling = this.SUBRULE(this.spelling);
    return { kind: 'enumMember', span: this.spanFrom(start), documentation, name, spelling };
  });

  /** `as "spelling"`, if it is there. */
  private readonly spelling = this.RULE('spelling', (): StringLiteral | undefined => {
    let spelling: StringLiteral | undefined;
    this.OPTION({
      GATE: () => this.at(StringToken, 2),
      DEF: () => {
        this.CONSUME(As);
        spelling = this.SUBRULE(this.string);
      },
    });
    return spelling;
  });

  protected readonly entityDeclaration = this.RULE('entityDeclaration', (): EntityDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Entity);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the entity's name")] });
    const storage = this.SUBRULE(this.storage);
    const attributes = this.SUBRULE(this.attributeBlock);
    return { kind: 'entity', span: this.spanFrom(start), documentation, name, storage, attributes };
  });

  private readonly storage = this.RULE('storage', (): Storage => {
    const start = this.here();
    return this.OR({
      DEF: [
        {
          ALT: (): Storage => {
            this.CONSUME(From);
            this.CONSUME(Table);
            const table = this.SUBRULE(this.nameOrString, { ARGS: [expected('the name of a table')] });
            let key: Name | StringLiteral | undefined;
            this.OPTION(() => {
              this.CONSUME(Key);
              key = this.SUBRULE2(this.nameOrString, { ARGS: [COLUMN] });
            });
            return { kind: 'tableStorage', span: this.spanFrom(start), table, key };
          },
        },
        { ALT: (): Storage => ({ kind: this.word(Stored, 'storedStorage'), span: this.spanFrom(start) }) },
        {
          ALT: (): Storage => ({ kind: this.word(Supplied, 'suppliedStorage'), span: this.spanFrom(start) }),
        },
      ],
      ERR_MSG: 'where the facts live (`from table NAME`, `stored` or `supplied`)',
    });
  });

  protected readonly contextDeclaration = this.RULE('contextDeclaration', (): ContextDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Context);
    const attributes = this.SUBRULE(this.attributeBlock);
    return { kind: 'context', span: this.spanFrom(start), documentation, attributes };
  });

  protected readonly actionDeclaration = this.RULE('actionDeclaration', (): ActionDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const actions: ActionName[] = [];
    this.CONSUME(Action);
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => actions.push(this.SUBRULE(this.actionName)),
      ERR_MSG: "the action's name",
    });
    this.CONSUME(On, expected('`on` and the types of resources'));
    const resources = this.SUBRULE(this.names, { ARGS: [TYPE_NAME] });
    this.CONSUME(By, expected('`by` and the types of subjects'));
    const subjects = this.SUBRULE2(this.names, { ARGS: [TYPE_NAME] });
    let isNew = false;
    this.OPTION(() => {
      this.CONSUME(New);
      isNew = true;
    });
    const attributes: Attribute[] = [];
    let context: Attribute[] = [];
    this.OPTION2(() => {
      this.CONSUME(LeftBrace);
      this.MANY({
        GATE: () => this.blockGoesOn() && !this.#atActionContext(),
        DEF: () => {
          attributes.push(this.SUBRULE(this.attribute));
          this.SUBRULE(this.separator, { ARGS: [RightBrace] });
        },
      });
      this.OPTION3({
        GATE: () => this.#atActionContext(),
        DEF: () => {
          this.CONSUME(Context);
          context = this.SUBRULE(this.attributeBlock);
          this.OPTION4(() => this.CONSUME2(Comma));
        },
      });
      this.CONSUME(RightBrace, expected('an attribute, `context { … }` or `}`'));
    });
    const span = this.spanFrom(start);
    return { kind: 'action', span, documentation, actions, resources, subjects, isNew, attributes, context };
  });

  #atActionContext(): boolean {
    return this.at(Context) && this.at(LeftBrace, 2);
  }

  private readonly actionName = this.RULE('actionName', (): ActionName => {
    const start = this.here();
    const name = this.SUBRULE(this.name, { ARGS: [expected("the action's name")] });
    const spelling = this.SUBRULE(this.spelling);
    return { kind: 'actionName', span: this.spanFrom(start), name, spelling };
  });

  protected readonly actionSetDeclaration = this.RULE('actionSetDeclaration', (): ActionSetDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const actions: Name[] = [];
    this.CONSUME(Actions);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the set's name")] });
    this.CONSUME(LeftBrace);
    this.AT_LEAST_ONE({
      GATE: () => this.blockGoesOn(),
      DEF: () => {
        actions.push(this.SUBRULE2(this.name, { ARGS: [expected("an action's name")] }));
        this.SUBRULE(this.separator, { ARGS: [RightBrace] });
      },
      ERR_MSG: "an action's name",
    });
    this.CONSUME(RightBrace, expected('an action or `}`'));
    return { kind: 'actionSet', span: this.spanFrom(start), documentation, name, actions };
  });
}
