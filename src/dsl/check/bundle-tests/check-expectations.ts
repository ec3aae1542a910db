import type { Name, TestExpectation } from '../../syntax/ast.ts';
import type { ResolvedActions } from '../actions.ts';
import type { Findings } from '../findings.ts';
import type { LayerDraft } from '../layers.ts';
import type { CheckedExpectation } from '../tests.ts';

/** Causes that no rule gives. */
const CODES: readonly string[] = [
  'deadline_exceeded',
  'facts_unavailable',
  'resource_exists',
  'unknown_action',
  'unknown_resource',
  'unknown_subject',
];

interface Known {
  readonly actions: ResolvedActions;
  readonly actionsOf: (name: string) => readonly string[] | undefined;
  readonly claims: readonly string[];
  readonly layers: readonly LayerDraft[];
}

/** Resolves expectations; each action of one becomes an expectation of its own, of a set those that these types have. */
export function checkExpectations(
  written: readonly TestExpectation[],
  subject: string,
  resource: string,
  known: Known,
  findings: Findings,
): CheckedExpectation[] {
  const checked: CheckedExpectation[] = [];
  for (const declaration of written) {
    const { verdict, actions } = declaration;
    const by = declaration.by === undefined ? undefined : resolveCause(declaration.by, known, findings);
    if (by !== undefined && verdict === 'permit') {
      findings.report('invalidGiven', declaration.span, {
        reason: '`by` names the cause of a denial, and this is a permit',
      });
    }
    const isUndeclared = by?.kind === 'code' && by.code === 'unknown_action';
    for (const name of actions) {
      const meant = known.actionsOf(name.text) ?? [name.text];
      const declared = meant.filter((one) => known.actions.triplesByKey.has(`${one}|${subject}|${resource}`));
      if (!isUndeclared && declared.length === 0)
        reportUndeclared(name, meant, subject, resource, known, findings);
      for (const action of isUndeclared ? meant : declared)
        checked.push({ verdict, action, by, declaration });
    }
  }
  return checked;
}

function reportUndeclared(
  name: Name,
  meant: readonly string[],
  subject: string,
  resource: string,
  { actions, actionsOf }: Known,
  findings: Findings,
): void {
  const action = name.text;
  if (actionsOf(action) === undefined) {
    const suggestion = findings.nearest(action, actions.actions.keys());
    findings.report('unknownAction', name.span, { name: action, suggestion });
    return;
  }
  const places = actions.triples
    .filter((one) => meant.includes(one.action))
    .map((one) => `on ${one.resource} by ${one.subject}`);
  const help =
    places.length === 0
      ? undefined
      : `it is declared ${[...new Set(places)].toSorted().slice(0, 5).join(', ')}; a test of this denial says \`by unknown_action\``;
  findings.report('undeclaredExpectation', name.span, { action, resource, subject, help });
}

function resolveCause(names: readonly Name[], known: Known, findings: Findings): CheckedExpectation['by'] {
  const [first, second] = names;
  if (first === undefined) return undefined;
  const name = first.text;
  const layer = known.layers.find((one) => one.name === name);
  if (second !== undefined) {
    if (layer === undefined)
      return unknown(
        first,
        name,
        known.layers.map((one) => one.name),
        findings,
      );
    const causes = [...layer.rules.filter((one) => one.effect === 'forbid'), ...layer.limits].map(
      (one) => one.name,
    );
    // Rules with errors have no triples, but a name all the same.
    const isPermit = layer.rules.some((one) => one.effect === 'permit' && one.name === second.text);
    if (layer.names.get(second.text) && !isPermit) return { kind: 'layer', layer: name, rule: second.text };
    return unknown(second, `${name}.${second.text}`, causes, findings);
  }
  const isClaim = known.claims.includes(name);
  if (isClaim && layer !== undefined) {
    findings.report('ambiguousName', first.span, {
      name,
      first: `the claim \`${name}\``,
      second: `the layer \`${name}\``,
      help: 'rename one of the two, or name the rule: `by LAYER.RULE`',
    });
    return undefined;
  }
  if (isClaim) return { kind: 'claim', claim: name };
  if (layer !== undefined) return { kind: 'layer', layer: name, rule: undefined };
  if (CODES.includes(name)) return { kind: 'code', code: name };
  return unknown(first, name, [...known.claims, ...known.layers.map((one) => one.name), ...CODES], findings);
}

function unknown(at: Name, name: string, candidates: readonly string[], findings: Findings): undefined {
  findings.report('unknownCause', at.span, { name, suggestion: findings.nearest(at.text, candidates) });
  return undefined;
}
