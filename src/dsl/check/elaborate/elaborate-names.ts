import type { Expression, MemberExpression, NameExpression } from '../../syntax/ast.ts';
import { RISK, ROLE_ENUM, TIME, type Type } from '../../types/types.ts';
import type { CheckedExpression } from '../checked.ts';
import { pathOf } from '../paths.ts';
import { VARIABLES } from '../symbols.ts';
import { constant } from './elaborate-literals.ts';
import { type BoundName, type Elaboration, narrowingOf, type Scope } from './elaboration.ts';

/** A bare name: a local, a variable, a `let`, or a member of the expected enum; two of them at once are an error. */
export function elaborateName(
  e: Elaboration,
  written: NameExpression,
  scope: Scope,
  expected: Type | undefined,
): CheckedExpression | undefined {
  const bound = e.bindingOf(written.name, scope);
  if (bound !== undefined) {
    if (expected !== undefined && isAmbiguous(e, written, bound, expected)) return undefined;
    return elaborateBound(e, written, scope, bound);
  }
  if (expected?.kind === 'enum') return elaborateMemberOf(e, written, written.name, expected.name);
  const owners = e.schema.enumsByMember().get(written.name) ?? [];
  if (owners.length > 0) e.report('untypedName', written.span, { name: written.name, enums: owners });
  else {
    const known = [...VARIABLES, ...scope.locals.keys(), ...e.letNames(), ...e.schema.enums.keys()];
    e.report('unknownName', written.span, {
      name: written.name,
      suggestion: e.nearest(written.name, known),
    });
  }
  return undefined;
}

/** True, after a report, when a bound name is also a member of the enum that is expected in its place. */
export function isAmbiguous(
  e: Elaboration,
  written: NameExpression,
  bound: BoundName,
  expected: Type,
): boolean {
  if (expected.kind !== 'enum' || !e.schema.enums.get(expected.name)?.rank.has(written.name)) return false;
  e.report('ambiguousName', written.span, {
    name: written.name,
    first: showBound(bound, written.name),
    second: `the member \`${expected.name}.${written.name}\``,
    help: `write \`${expected.name}.${written.name}\` for the member, or rename the other`,
  });
  return true;
}

export function showBound(bound: BoundName, name: string): string {
  switch (bound) {
    case 'local':
      return `the variable \`${name}\` declared here`;
    case 'variable':
      return `the variable \`${name}\``;
    case 'let':
      return `the \`let\` \`${name}\``;
  }
}

function elaborateBound(
  e: Elaboration,
  written: NameExpression,
  scope: Scope,
  bound: BoundName,
): CheckedExpression | undefined {
  if (bound === 'let') {
    const parameters = e.letNamed(written.name)?.parameters;
    if (parameters === undefined) return e.expandLet(written.name, written, scope, undefined);
    e.report('calledLet', written.span, { name: written.name, takes: parameters.length });
    return undefined;
  }
  if (bound === 'local') {
    const binding = scope.locals.get(written.name);
    if (binding?.kind === 'argument')
      return binding.value === undefined ? undefined : narrow(binding.value, scope);
    if (binding === undefined) return undefined;
    const { slot, type } = binding;
    return narrow({ kind: 'local', type, node: written, slot, name: written.name }, scope);
  }
  switch (written.name) {
    case 'subject':
    case 'resource':
    case 'action':
    case 'context':
      return { kind: 'variable', type: e.shape[written.name], node: written, name: written.name };
    case 'now':
      return { kind: 'variable', type: TIME, node: written, name: 'now' };
    case 'risk':
      return { kind: 'variable', type: RISK, node: written, name: 'risk' };
    default:
      return undefined;
  }
}

/** A union where `is` has said more of it. */
export function narrow(node: CheckedExpression, scope: Scope): CheckedExpression {
  if (node.type.kind !== 'reference' || node.type.entities.length < 2) return node;
  const path = pathOf(node);
  const entities = path === undefined ? undefined : narrowingOf(scope, path);
  if (entities === undefined || entities.length === 0) return node;
  return { ...node, type: { kind: 'reference', entities } };
}

/** `visibility.public`: undefined when the object is no enum's name. */
export function elaborateQualifiedMember(
  e: Elaboration,
  written: MemberExpression,
  scope: Scope,
): { readonly result: CheckedExpression | undefined } | undefined {
  if (written.object.kind !== 'nameExpression') return undefined;
  const name = written.object.name;
  const info = e.schema.enums.get(name);
  if (info === undefined) return undefined;
  const bound = e.bindingOf(name, scope);
  if (bound === undefined) return { result: elaborateMemberOf(e, written, written.member.text, name) };
  if (!info.rank.has(written.member.text)) return undefined;
  e.report('ambiguousName', written.object.span, {
    name,
    first: showBound(bound, name),
    second: `the enum \`${name}\``,
    help: 'rename one of the two',
  });
  return { result: undefined };
}

function elaborateMemberOf(
  e: Elaboration,
  written: Expression,
  member: string,
  name: string,
): CheckedExpression | undefined {
  const info = e.schema.enums.get(name);
  if (info === undefined) return undefined;
  const span = written.kind === 'memberExpression' ? written.member.span : written.span;
  if (!info.rank.has(member)) {
    const suggestion = e.nearest(member, info.members);
    if (name === ROLE_ENUM) e.report('unknownDeclaration', span, { what: 'role', name: member, suggestion });
    else e.report('unknownMember', span, { member, enum: name, suggestion });
    return undefined;
  }
  if (name === ROLE_ENUM && e.isConditionalRole(member)) {
    e.report('roleHasCondition', span, { role: member });
    return undefined;
  }
  return constant(written, { kind: 'enum', name }, member);
}
