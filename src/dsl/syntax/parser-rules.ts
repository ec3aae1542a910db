import type {
  AssertDeclaration,
  Expression,
  Grant,
  LayerDeclaration,
  LetDeclaration,
  Name,
  Parameter,
  RequireDeclaration,
  RoleDeclaration,
  RuleDeclaration,
  Scope,
} from './ast.ts';
import { expected } from './parser-base.ts';
import { ClauseParser } from './parser-clauses.ts';
import {
  Always,
  And,
  Any,
  Assert,
  Assign,
  Colon,
  Comma,
  Extends,
  Forbid,
  Grants,
  Layer,
  LeftBrace,
  LeftParen,
  Let,
  Never,
  On,
  Permit,
  Require,
  RightBrace,
  RightParen,
  Role,
  Version,
  When,
} from './tokens.ts';

const ACTION = expected("an action's name or `any`");
const TYPE = expected("a type's name or `any`");
const RULE_NAME = expected("the rule's name");

/** The rules of layers, lets, roles, permits and forbids. */
export abstract class RuleParser extends ClauseParser {
  protected readonly layerDeclaration = this.RULE('layerDeclaration', (): LayerDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Layer);
    const number = this.SUBRULE(this.integer, { ARGS: [expected("the layer's number")] }).value;
    const name = this.SUBRULE(this.name, { ARGS: [expected("the layer's name")] });
    this.CONSUME(Version, expected('`version` and a whole number'));
    const version = this.SUBRULE2(this.integer, { ARGS: [expected("the version's number")] }).value;
    let grants: Name | undefined;
    this.OPTION(() => {
      this.CONSUME(Grants);
      grants = this.SUBRULE2(this.name, { ARGS: [expected("the claim's name")] });
    });
    return { kind: 'layer', span: this.spanFrom(start), documentation, number, name, version, grants };
  });

  protected readonly requireDeclaration = this.RULE('requireDeclaration', (): RequireDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const claim = expected("the claim's name");
    this.CONSUME(Require);
    const claims = [this.SUBRULE(this.name, { ARGS: [claim] })];
    this.MANY(() => {
      this.CONSUME(And);
      claims.push(this.SUBRULE2(this.name, { ARGS: [claim] }));
    });
    return { kind: 'require', span: this.spanFrom(start), documentation, claims };
  });

  protected readonly letDeclaration = this.RULE('letDeclaration', (): LetDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    let parameters: Parameter[] | undefined;
    this.CONSUME(Let);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the let's name")] });
    this.OPTION(() => {
      parameters = this.SUBRULE(this.parameters);
    });
    this.CONSUME(Assign, expected(parameters === undefined ? '`=` or parameters' : '`=`'));
    const value = this.SUBRULE(this.expression);
    return { kind: 'let', span: this.spanFrom(start), documentation, name, parameters, value };
  });

  private readonly parameters = this.RULE('parameters', (): Parameter[] => {
    const parameters: Parameter[] = [];
    this.CONSUME(LeftParen);
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => {
        const start = this.here();
        const name = this.SUBRULE(this.name, { ARGS: [expected("a parameter's name")] });
        this.CONSUME(Colon, expected("`:` and the parameter's type"));
        const type = this.SUBRULE(this.type);
        this.refuseReadAssign();
        parameters.push({ kind: 'parameter', span: this.spanFrom(start), name, type });
      },
      ERR_MSG: "a parameter's name",
    });
    this.CONSUME(RightParen);
    return parameters;
  });

  // --------------------------------------------------------------------------------------------------- roles

  protected readonly roleDeclaration = this.RULE('roleDeclaration', (): RoleDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const grants: Grant[] = [];
    let parents: Name[] = [];
    let condition: Expression | undefined;
    this.CONSUME(Role);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the role's name")] });
    this.OPTION(() => {
      this.CONSUME(Extends);
      parents = this.SUBRULE(this.names, { ARGS: [expected("a role's name")] });
    });
    this.OPTION2(() => {
      this.CONSUME(When);
      condition = this.SUBRULE(this.expression);
    });
    this.CONSUME(LeftBrace);
    this.MANY({
      GATE: () => this.blockGoesOn(),
      DEF: () => {
        grants.push(this.SUBRULE(this.grant));
        this.SUBRULE(this.separator, { ARGS: [RightBrace] });
      },
    });
    this.CONSUME(RightBrace, expected('a grant or `}`'));
    return {
      kind: 'role',
      span: this.spanFrom(start),
      documentation,
      name,
      extends: parents,
      condition,
      grants,
    };
  });

  /** `ACTIONS on TYPES [when EXPR]`; after a comma, `NAME on` begins the next grant. */
  private readonly grant = this.RULE('grant', (): Grant => {
    const documentation = this.documentation();
    const start = this.here();
    const actions = this.SUBRULE(this.namesOrAny, { ARGS: [ACTION] });
    this.CONSUME(On, expected('`on` and the types of resources'));
    const resources = this.SUBRULE(this.grantTypes);
    const scope: Scope = {
      kind: 'scope',
      span: this.spanFrom(start),
      actions,
      resources,
      subjects: undefined,
    };
    let condition: Expression | undefined;
    this.OPTION(() => {
      this.CONSUME(When);
      condition = this.SUBRULE(this.expression);
    });
    return { kind: 'grant', span: this.spanFrom(start), documentation, scope, condition };
  });

  private readonly grantTypes = this.RULE('grantTypes', (): readonly Name[] | 'any' => {
    const names: Name[] = [];
    return this.OR({
      DEF: [
        { ALT: () => this.word(Any, 'any') },
        {
          ALT: () => {
            names.push(this.SUBRULE(this.name, { ARGS: [TYPE] }));
            this.MANY({
              GATE: () => !this.at(On, 3) && !this.at(Any, 2) && !this.at(RightBrace, 2),
              DEF: () => {
                this.CONSUME(Comma);
                names.push(this.SUBRULE2(this.name, { ARGS: [TYPE] }));
              },
            });
            return names;
          },
        },
      ],
      ERR_MSG: TYPE.ERR_MSG,
    });
  });

  // --------------------------------------------------------------------------------------------------- rules

  /** `permit|forbid NAME: SCOPE [when] [unless] [because] [advise]`. */
  protected readonly ruleDeclaration = this.RULE('ruleDeclaration', (): RuleDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    const effect = this.OR([
      { ALT: () => this.word(Permit, 'permit') },
      { ALT: () => this.word(Forbid, 'forbid') },
    ]);
    const name = this.SUBRULE(this.name, { ARGS: [RULE_NAME] });
    this.CONSUME(Colon, expected("`:` after the rule's name"));
    const scope = this.SUBRULE(this.scope);
    const clauses = this.SUBRULE(this.clauses);
    return { kind: 'rule', span: this.spanFrom(start), documentation, effect, name, scope, ...clauses };
  });

  /** `assert NAME: never|always permit SCOPE [when EXPR]`. */
  protected readonly assertDeclaration = this.RULE('assertDeclaration', (): AssertDeclaration => {
    const documentation = this.documentation();
    const start = this.here();
    this.CONSUME(Assert);
    const name = this.SUBRULE(this.name, { ARGS: [expected("the assertion's name")] });
    this.CONSUME(Colon, expected("`:` after the assertion's name"));
    const quantity = this.OR({
      DEF: [{ ALT: () => this.word(Never, 'never') }, { ALT: () => this.word(Always, 'always') }],
      ERR_MSG: '`never permit` or `always permit`',
    });
    this.CONSUME(Permit);
    const scope = this.SUBRULE(this.scope);
    let condition: Expression | undefined;
    this.OPTION(() => {
      this.CONSUME(When);
      condition = this.SUBRULE(this.expression);
    });
    return { kind: 'assert', span: this.spanFrom(start), documentation, name, quantity, scope, condition };
  });
}
