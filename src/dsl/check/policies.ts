import {
  AUDIT_LEVELS,
  type CacheDeclaration,
  type Declaration,
  type Expression,
  type RedactDeclaration,
} from '../syntax/ast.ts';
import type { Type } from '../types/types.ts';
import type { ResolvedActions } from './actions.ts';
import type { AuditPolicy, CachePolicy, CheckedRedaction, TriplePolicy } from './bundle.ts';
import type { Findings } from './findings.ts';
import type { ResolvedSchema } from './resolve-schema.ts';
import type { ScopeResolver } from './scopes.ts';

/** What layers 7 and 8 say, folded for each triple: the strictest line wins. */
export interface ResolvedPolicies {
  readonly policies: readonly TriplePolicy[];
  readonly authenticationDeadline: number | undefined;
  readonly redactions: readonly CheckedRedaction[];
  readonly retention: number | undefined;
}

interface Draft {
  readonly cache: { permit: CachePolicy | undefined; deny: CachePolicy | undefined; never: boolean };
  deadline: number | undefined;
  readonly audit: { permit: AuditPolicy | undefined; deny: AuditPolicy | undefined };
}

export function resolvePolicies(
  declarations: readonly Declaration[],
  actions: ResolvedActions,
  schema: ResolvedSchema,
  scopes: ScopeResolver,
  findings: Findings,
): ResolvedPolicies {
  const drafts: Draft[] = actions.triples.map(() => ({
    cache: { permit: undefined, deny: undefined, never: false },
    deadline: undefined,
    audit: { permit: undefined, deny: undefined },
  }));
  let authenticationDeadline: number | undefined;
  let retention: number | undefined;
  const redactions: CheckedRedaction[] = [];
  const each = (scope: CacheDeclaration['scope'], change: (draft: Draft) => void): void => {
    for (const triple of scopes.resolve(scope, false) ?? []) {
      const draft = drafts[triple.index];
      if (draft !== undefined) change(draft);
    }
  };
  for (const declaration of declarations) {
    switch (declaration.kind) {
      case 'cache': {
        const { verdict } = declaration;
        const policy = cachePolicy(declaration, findings);
        each(declaration.scope, (draft) => {
          draft.cache[verdict] = stricterCache(draft.cache[verdict], policy);
        });
        break;
      }
      case 'neverCache':
        each(declaration.scope, (draft) => {
          draft.cache.never = true;
        });
        break;
      case 'deadline': {
        const within = declaration.within.milliseconds;
        if (within < 1) {
          findings.report('invalidLifetime', declaration.within.span, {
            reason: 'nothing can be answered within no time',
          });
        }
        if (declaration.stage === 'authentication')
          authenticationDeadline = least(authenticationDeadline, within);
        else if (declaration.scope !== undefined) {
          each(declaration.scope, (draft) => {
            draft.deadline = least(draft.deadline, within);
          });
        }
        break;
      }
      case 'audit': {
        const { verdict, level, durable, sample } = declaration;
        each(declaration.scope, (draft) => {
          draft.audit[verdict] = stricterAudit(draft.audit[verdict], {
            level,
            durable,
            sample: sample ?? 100,
          });
        });
        break;
      }
      case 'redact': {
        const path = redactedPath(declaration, actions, schema, findings);
        if (path !== undefined) redactions.push({ path, method: declaration.method, declaration });
        break;
      }
      case 'retain':
        retention = Math.max(retention ?? 0, declaration.lifetime.milliseconds);
        break;
      default:
        break;
    }
  }
  return { policies: drafts, authenticationDeadline, redactions, retention };
}

function cachePolicy({ lifetime, shared, stale }: CacheDeclaration, findings: Findings): CachePolicy {
  if (lifetime.milliseconds < 1)
    findings.report('invalidLifetime', lifetime.span, { reason: 'nothing is kept for no time' });
  if (stale !== undefined && stale.milliseconds >= lifetime.milliseconds) {
    const reason = '`stale` is the last part of the time for which a verdict is kept, so it is shorter';
    findings.report('invalidLifetime', stale.span, { reason });
  }
  return { lifetime: lifetime.milliseconds, shared: shared?.milliseconds, stale: stale?.milliseconds };
}

/** A line without `shared` keeps nothing in the shared levels, which is stricter than any time. */
function stricterCache(a: CachePolicy | undefined, b: CachePolicy): CachePolicy {
  if (a === undefined) return b;
  const both = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined || y === undefined ? undefined : Math.min(x, y);
  return {
    lifetime: Math.min(a.lifetime, b.lifetime),
    shared: both(a.shared, b.shared),
    stale: both(a.stale, b.stale),
  };
}

function stricterAudit(a: AuditPolicy | undefined, b: AuditPolicy): AuditPolicy {
  if (a === undefined) return b;
  const level = AUDIT_LEVELS.indexOf(a.level) >= AUDIT_LEVELS.indexOf(b.level) ? a.level : b.level;
  return { level, durable: a.durable || b.durable, sample: Math.max(a.sample, b.sample) };
}

function least(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}

/** The names of a path below `subject`, `resource`, `action` or `context` that some declared triple has. */
function redactedPath(
  { path }: RedactDeclaration,
  actions: ResolvedActions,
  schema: ResolvedSchema,
  findings: Findings,
): readonly string[] | undefined {
  const names: { readonly text: string; readonly node: Expression }[] = [];
  let at = path;
  for (; at.kind === 'memberExpression'; at = at.object) names.push({ text: at.member.text, node: at });
  names.reverse();
  const root = at.kind === 'nameExpression' ? at.name : undefined;
  const isRoot = root === 'subject' || root === 'resource' || root === 'action' || root === 'context';
  if (!isRoot || names.length === 0) {
    const expected = 'a path below `subject`, `resource`, `action` or `context`';
    findings.report('typeMismatch', path.span, { expected, found: 'something else' });
    return undefined;
  }
  // Every triple may have its own types; the path must be one of at least one of them.
  let types: readonly Type[] = rootTypes(root, actions);
  let shown: string = root;
  for (const { text, node } of names) {
    const next: Type[] = [];
    const known = new Set<string>();
    for (const type of types) {
      for (const [name, attribute] of attributesOf(type, schema)) {
        known.add(name);
        if (name === text) next.push(attribute.type);
      }
    }
    if (next.length === 0) {
      if (text === 'id' && types.some((type) => type.kind === 'reference')) break;
      const span = node.kind === 'memberExpression' ? node.member.span : node.span;
      findings.report('unknownAttribute', span, {
        attribute: text,
        type: shown,
        suggestion: findings.nearest(text, known),
      });
      return undefined;
    }
    types = next;
    shown = `${shown}.${text}`;
  }
  return [root, ...names.map(({ text }) => text)];
}

function rootTypes(root: 'subject' | 'resource' | 'action' | 'context', actions: ResolvedActions): Type[] {
  if (root === 'subject' || root === 'resource') {
    const entities = new Set(actions.triples.map((triple) => triple[root]));
    return [...entities].map((entity) => ({ kind: 'reference', entities: [entity] }));
  }
  const key = root === 'action' ? 'actionAttributes' : 'contextAttributes';
  const maps = new Set(actions.triples.map((triple) => triple[key]));
  return [...maps].map((attributes) => ({ kind: 'record', attributes }));
}

function attributesOf(
  type: Type,
  schema: ResolvedSchema,
): Iterable<readonly [string, { readonly type: Type }]> {
  if (type.kind === 'record') return type.attributes;
  if (type.kind !== 'reference') return [];
  return type.entities.flatMap((entity) => [...(schema.entities.get(entity)?.attributes ?? [])]);
}
