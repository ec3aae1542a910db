import type { CheckedBundle, Triple } from '../../check/bundle.ts';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import type { Declaration, Name, Scope } from '../../syntax/ast.ts';
import { defineLintRule, type ReportOf } from '../lint-rule.ts';

export const idleScopeName = defineLintRule('idleScopeName', {
  category: 'bugs',
  fixes: true,
  summary: 'A name in a scope adds nothing to it.',
  rationale: `A name in a scope adds nothing to it, because no declared combination of action and types has it. Its author believed that it
does.`,
  avoid: `permit reviewer: read, update on document, user
  when resource.reviewers contains subject
`,
  prefer: `permit reviewer: read, update on document
  when resource.reviewers contains subject
`,
  check: ({ bundle, report }) => {
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
});

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
  report: ReportOf<'idleScopeName'>,
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
    const isIdle = ({ text }: Name): boolean =>
      !(part === 'action' ? actionsOf(text) : [text]).some((one) => used.has(one));
    for (const name of names.filter(isIdle)) {
      report(name.span, { name: name.text, what }, { fix: removalOf(name, names) });
    }
  };
  warn(scope.actions, 'action', 'this action with these types');
  warn(scope.resources, 'resource', 'these actions on this type');
  warn(scope.subjects, 'subject', 'these actions by this type');
}

/** Takes a name out of its list, with a comma; the last one of a list has to stay. */
function removalOf(name: Name, names: readonly Name[]): Fix | undefined {
  const at = names.indexOf(name);
  const [before, after] = [names[at - 1], names[at + 1]];
  const title = `remove \`${name.text}\``;
  const { source } = name.span;
  if (before !== undefined)
    return { title, edits: [{ span: { source, start: before.span.end, end: name.span.end }, text: '' }] };
  if (after === undefined) return undefined;
  return { title, edits: [{ span: { source, start: name.span.start, end: after.span.start }, text: '' }] };
}

/** The actions of a set and of the sets within it, each looked at once. */
function actionsIn(name: string, sets: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = new Set([name]);
  for (const one of reached) for (const member of sets.get(one) ?? []) reached.add(member);
  return [...reached].filter((one) => !sets.has(one));
}
