import type { CheckedBundle, Triple } from '../../check/bundle.ts';
import type { Report } from '../../check/findings.ts';
import type { Declaration, Scope } from '../../syntax/ast.ts';
import type { LintRule } from '../lint-rule.ts';

export const idleScopeName: LintRule = {
  name: 'idleScopeName',
  code: 'VEL4009',
  summary: 'A name in a scope adds nothing to it.',
  check: (bundle, report) => {
    const sets = new Map<string, readonly string[]>();
    const byScope = new Map<string, readonly Triple[]>();
    const declarations = bundle.files.flatMap((file) => file.declarations);
    for (const one of declarations) {
      if (one.kind === 'actionSet')
        sets.set(
          one.name.text,
          one.actions.map((action) => action.text),
        );
    }
    for (const declaration of declarations) {
      for (const scope of scopesOf(declaration)) judge(scope, sets, byScope, bundle, report);
    }
  },
};

function scopesOf(declaration: Declaration): readonly Scope[] {
  if (declaration.kind === 'role') return declaration.grants.map((grant) => grant.scope);
  if (declaration.kind === 'mode') return declaration.rules.map((rule) => rule.scope);
  return 'scope' in declaration && declaration.scope !== undefined ? [declaration.scope] : [];
}

function judge(
  scope: Scope,
  sets: ReadonlyMap<string, readonly string[]>,
  byScope: Map<string, readonly Triple[]>,
  bundle: CheckedBundle,
  report: Report,
): void {
  const isListed = (names: Scope['subjects']): names is Exclude<Scope['subjects'], 'any' | undefined> =>
    names !== undefined && names !== 'any';
  // With one name, or with `any` besides, the scope as a whole covers something or was refused.
  const lists = [scope.actions, scope.resources, scope.subjects].filter(isListed);
  if (lists.every((names) => names.length < 2) || lists.length < 1) return;
  const actionsOf = (name: string): readonly string[] => actionsIn(name, sets);
  const actions = isListed(scope.actions)
    ? new Set(scope.actions.flatMap((name) => actionsOf(name.text)))
    : undefined;
  const resources = isListed(scope.resources) ? new Set(scope.resources.map((name) => name.text)) : undefined;
  const subjects = isListed(scope.subjects) ? new Set(scope.subjects.map((name) => name.text)) : undefined;
  // Many rules have the same scope, and looking through all triples is the dear part.
  const key = [actions, resources, subjects].map((names) => [...(names ?? ['*'])].join()).join('|');
  const covered =
    byScope.get(key) ??
    bundle.triples.filter(
      (triple: Triple) =>
        (actions?.has(triple.action) ?? true) &&
        (resources?.has(triple.resource) ?? true) &&
        (subjects?.has(triple.subject) ?? true),
    );
  byScope.set(key, covered);
  const warn = (names: Scope['subjects'], part: 'action' | 'resource' | 'subject', what: string): void => {
    if (!isListed(names)) return;
    const used = new Set(covered.map((triple) => triple[part]));
    for (const { text, span } of names) {
      const meant = part === 'action' ? actionsOf(text) : [text];
      if (!meant.some((one) => used.has(one))) report('idleScopeName', span, { name: text, what });
    }
  };
  warn(scope.actions, 'action', 'this action with these types');
  warn(scope.resources, 'resource', 'these actions on this type');
  warn(scope.subjects, 'subject', 'these actions by this type');
}

/** The actions of a set and of the sets within it, each looked at once. */
function actionsIn(name: string, sets: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = new Set([name]);
  for (const one of reached) for (const member of sets.get(one) ?? []) reached.add(member);
  return [...reached].filter((one) => !sets.has(one));
}
