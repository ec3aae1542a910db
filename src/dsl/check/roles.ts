import type { Expression, RoleDeclaration } from '../syntax/ast.ts';
import { BOOL, ROLE_ENUM, type Type } from '../types/types.ts';
import type { CheckedRole, RuleCase } from './bundle.ts';
import type { CaseBuilder } from './cases.ts';
import type { CheckedExpression } from './checked.ts';
import { constant, truth } from './elaborate/elaborate-literals.ts';
import { PART, partKey, type Shape } from './elaborate/elaboration.ts';
import type { Findings } from './findings.ts';
import type { LayerDraft } from './layers.ts';
import { purityOfCases } from './rules.ts';
import type { ScopeResolver } from './scopes.ts';
import { MAXIMUM_HOLDERS } from './size.ts';
import type { Symbols } from './symbols.ts';

const ROLE: Type = { kind: 'enum', name: ROLE_ENUM };

/** Roles and who holds them: a grant is a permit of the layer that declares its role. */
export class RoleChecker {
  readonly roles: ReadonlyMap<string, CheckedRole>;
  readonly #builder: CaseBuilder;
  /** The role itself and all that extend it, directly or not. */
  readonly #holders = new Map<string, readonly RoleDeclaration[]>();
  readonly #own = new Map<string, CheckedExpression | undefined>();
  readonly #held = new Map<string, CheckedExpression | undefined>();

  constructor(symbols: Symbols, builder: CaseBuilder) {
    this.#builder = builder;
    const roles = new Map<string, CheckedRole>();
    for (const [name, { declaration }] of symbols.roles) {
      const extended: string[] = [];
      for (const base of declaration.extends) {
        if (symbols.roles.has(base.text)) extended.push(base.text);
        else {
          const suggestion = builder.findings.nearest(base.text, symbols.roles.keys());
          builder.findings.report('unknownDeclaration', base.span, {
            what: 'role',
            name: base.text,
            suggestion,
          });
        }
      }
      roles.set(name, { name, extends: extended, declaration });
    }
    this.roles = roles;
    reportCycles(roles, builder.findings);
    const extendedBy = new Map<string, string[]>();
    for (const role of roles.values()) {
      for (const base of role.extends) {
        const names = extendedBy.get(base);
        if (names === undefined) extendedBy.set(base, [role.name]);
        else names.push(role.name);
      }
    }
    let pairs = 0;
    for (const [name, { declaration }] of roles) {
      const reached = new Set([name]);
      for (const one of reached) for (const next of extendedBy.get(one) ?? []) reached.add(next);
      pairs += reached.size;
      if (pairs > MAXIMUM_HOLDERS) {
        const what = 'pairs of roles that extend each other, directly or not';
        builder.findings.report('bundleTooLarge', declaration.name.span, { what, most: MAXIMUM_HOLDERS });
        break;
      }
      this.#holders.set(
        name,
        [...reached].flatMap((one) => roles.get(one)?.declaration ?? []),
      );
    }
  }

  /** Checks a role's grants and adds them to its layer. */
  check(declaration: RoleDeclaration, layer: LayerDraft | undefined, scopes: ScopeResolver): void {
    const { findings } = this.#builder;
    const name = declaration.name.text;
    if (declaration.grants.length === 0) return;
    if (layer === undefined) {
      findings.report('outsideLayer', declaration.name.span, {
        what: `the role \`${name}\` with its grants`,
      });
      return;
    }
    if (layer.grants === undefined) {
      findings.report('permitInGuard', declaration.name.span, {
        layer: layer.name,
        what: 'a grant of a role',
      });
      return;
    }
    for (const [index, grant] of declaration.grants.entries()) {
      const order = layer.nextOrder++;
      const triples = scopes.resolve(grant.scope, true);
      if (triples === undefined) continue;
      const ruleName = index === 0 ? `role:${name}` : `role:${name}#${index + 1}`;
      const root = { span: declaration.span, name: `role \`${name}\`` };
      let parts = PART.subject | this.#partsOfHolders(name);
      if (grant.condition !== undefined) parts |= this.#builder.elaborator.partsOf(grant.condition);
      const cases: RuleCase[] = [];
      for (const group of this.#builder.groups(triples, parts)) {
        const held = this.#heldIn(declaration, group.shape);
        if (held === undefined) continue;
        const operands =
          grant.condition === undefined ? [held] : [held, { written: grant.condition, negated: false }];
        const condition = this.#builder.condition(root, group.shape, 'grant', operands);
        if (condition !== null) cases.push({ triples: group.triples, condition, advice: [] });
      }
      layer.rules.push({
        name: ruleName,
        layer,
        effect: 'permit',
        origin: { kind: 'grant', role: name, declaration },
        span: grant.span,
        order,
        cases,
        because: undefined,
        adviceName: undefined,
        documentation: grant.documentation ?? declaration.documentation,
        purity: purityOfCases(cases, this.#builder.elaborator.schema),
      });
    }
  }

  #partsOfHolders(name: string): number {
    let parts = 0;
    for (const { condition } of this.#holders.get(name) ?? []) {
      if (condition !== undefined) parts |= this.#builder.elaborator.partsOf(condition);
    }
    return parts;
  }

  #heldIn(declaration: RoleDeclaration, shape: Shape): CheckedExpression | undefined {
    const name = declaration.name.text;
    const key = `${name}|${partKey(shape, PART.subject | this.#partsOfHolders(name))}`;
    if (this.#held.has(key)) return this.#held.get(key);
    const operands: CheckedExpression[] = [];
    let held: CheckedExpression | undefined;
    const holders = this.#holders.get(name) ?? [];
    for (const holder of holders) {
      const own = this.#ownIn(holder, shape);
      if (own !== undefined) operands.push(own);
    }
    if (operands.length === holders.length) {
      const root = { span: declaration.span, name: `role \`${name}\`` };
      held = this.#builder.elaborator.disjunction(root, shape, operands, nodeOf(declaration));
    }
    this.#held.set(key, held);
    return held;
  }

  #ownIn(declaration: RoleDeclaration, shape: Shape): CheckedExpression | undefined {
    const { elaborator } = this.#builder;
    const name = declaration.name.text;
    const { condition } = declaration;
    const parts = condition === undefined ? PART.subject : elaborator.partsOf(condition);
    const key = `${name}|${partKey(shape, parts)}`;
    if (this.#own.has(key)) return this.#own.get(key);
    const root = { span: declaration.span, name: `role \`${name}\`` };
    const own =
      condition === undefined
        ? this.#isStored(declaration, shape)
        : elaborator.conjunction(root, shape, [{ written: condition, negated: false }], condition);
    this.#own.set(key, own);
    return own;
  }

  /** `subject.roles contains NAME`; false of a subject type without such roles. */
  #isStored(declaration: RoleDeclaration, shape: Shape): CheckedExpression {
    const node = nodeOf(declaration);
    const entity = shape.keys[0];
    const roles = this.#builder.elaborator.schema.entities.get(entity)?.attributes.get('roles');
    const isRoleSet =
      roles?.type.kind === 'set' &&
      roles.type.element.kind === 'enum' &&
      roles.type.element.name === ROLE_ENUM;
    if (roles === undefined || !isRoleSet) return truth(node, false);
    const subject: CheckedExpression = { kind: 'variable', type: shape.subject, node, name: 'subject' };
    return {
      kind: 'membership',
      type: BOOL,
      node,
      element: constant(node, ROLE, declaration.name.text),
      collection: {
        kind: 'attribute',
        type: roles.type,
        node,
        object: subject,
        name: 'roles',
        optional: roles.optional,
      },
    };
  }
}

/** Where a membership that nobody wrote stands: at the name of its role. */
function nodeOf({ name }: RoleDeclaration): Expression {
  return { kind: 'nameExpression', span: name.span, name: name.text };
}

function reportCycles(roles: ReadonlyMap<string, CheckedRole>, findings: Findings): void {
  const done = new Set<string>();
  for (const root of roles.keys()) {
    if (done.has(root)) continue;
    const path: { readonly name: string; next: number }[] = [{ name: root, next: 0 }];
    const open = new Set([root]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = roles.get(top.name)?.extends[top.next];
      top.next += 1;
      if (next === undefined) {
        open.delete(top.name);
        done.add(top.name);
        path.pop();
      } else if (open.has(next)) {
        const cycle = path.slice(path.findIndex(({ name }) => name === next)).map(({ name }) => name);
        const span = roles.get(next)?.declaration.name.span;
        if (span !== undefined) findings.report('roleCycle', span, { cycle: [...cycle, next] });
      } else if (!done.has(next)) {
        open.add(next);
        path.push({ name: next, next: 0 });
      }
    }
  }
}
