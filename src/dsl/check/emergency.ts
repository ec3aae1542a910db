import type {
  AssertDeclaration,
  LossDeclaration,
  ModeDeclaration,
  OverrideDeclaration,
  SignalDeclaration,
} from '../syntax/ast.ts';
import type { CheckedAssert, CheckedMode, CheckedOverride, CheckedSignal, RuleCase } from './bundle.ts';
import type { CaseBuilder } from './cases.ts';
import type { CheckedExpression } from './checked.ts';
import { checkedChildren } from './checked-children.ts';
import { firstDeclared } from './findings.ts';
import type { LayerDraft } from './layers.ts';
import { checkRule } from './rules.ts';
import type { ScopeResolver } from './scopes.ts';

/** What the engine can lose and a policy can answer. */
export const DEPENDENCIES: readonly string[] = ['audit', 'database', 'geo', 'redis'];

/** A mode, whose forbids join the rules of its layer. */
export function checkMode(
  declaration: ModeDeclaration,
  layer: LayerDraft | undefined,
  scopes: ScopeResolver,
  builder: CaseBuilder,
): CheckedMode {
  const { name, description, rules } = declaration;
  for (const rule of rules) checkRule(rule, layer, name.text, scopes, builder);
  return { name: name.text, description: description?.value, declaration };
}

export function checkOverride(
  declaration: OverrideDeclaration,
  layer: LayerDraft | undefined,
  claims: readonly string[],
  scopes: ScopeResolver,
  builder: CaseBuilder,
): CheckedOverride | undefined {
  const { report } = builder.findings;
  const { name, scope, condition, waives, expiresAfter, because, span } = declaration;
  if (layer === undefined) {
    report('outsideLayer', name.span, { what: `the override \`${name.text}\`` });
    return undefined;
  }
  const waived = new Set<string>();
  for (const claim of waives) {
    if (waived.has(claim.text))
      report('duplicateDeclaration', claim.span, { what: 'claim', name: claim.text });
    waived.add(claim.text);
    if (claims.includes(claim.text)) continue;
    const suggestion = builder.findings.nearest(claim.text, claims);
    report('unknownDeclaration', claim.span, { what: 'claim', name: claim.text, suggestion });
  }
  if (expiresAfter.milliseconds < 1) {
    report('invalidLifetime', expiresAfter.span, { reason: 'an activation would be over before it began' });
  }
  if (condition === undefined) report('unconditionalPermit', name.span, { rule: name.text });
  const triples = scopes.resolve(scope, true);
  if (triples === undefined) return undefined;
  const root = { span, name: `override \`${name.text}\`` };
  const operands = condition === undefined ? [] : [{ written: condition, negated: false }];
  return {
    name: name.text,
    layer,
    cases: builder.cases(root, triples, 'grant', operands, undefined),
    waives: [...waived],
    expiresAfter: expiresAfter.milliseconds,
    because: because?.value,
    declaration,
  };
}

export function checkSignal(
  declaration: SignalDeclaration,
  layer: LayerDraft | undefined,
  scopes: ScopeResolver,
  builder: CaseBuilder,
): CheckedSignal | undefined {
  const { report } = builder.findings;
  const { name, scope, weight, condition, span } = declaration;
  if (layer === undefined) {
    report('outsideLayer', name.span, { what: `the signal \`${name.text}\`` });
    return undefined;
  }
  if (!Number.isSafeInteger(weight) || weight < 1 || weight > 100) report('invalidWeight', span, { weight });
  const triples = scopes.resolve(scope, false);
  if (triples === undefined) return undefined;
  const root = { span, name: `signal \`${name.text}\`` };
  const cases = builder.cases(root, triples, 'signal', [{ written: condition, negated: false }], undefined);
  if (cases.some((one) => readsRisk(one))) report('signalReadsRisk', condition.span, { signal: name.text });
  return { name: name.text, layer, weight, cases, declaration };
}

function readsRisk({ condition }: RuleCase): boolean {
  if (condition === undefined) return false;
  const seen = new Set<CheckedExpression>([condition]);
  for (const node of seen) {
    if (node.kind === 'riskComparison') return true;
    for (const child of checkedChildren(node)) seen.add(child);
  }
  return false;
}

export function checkAssert(
  declaration: AssertDeclaration,
  scopes: ScopeResolver,
  builder: CaseBuilder,
): CheckedAssert | undefined {
  const { name, quantity, scope, condition, span } = declaration;
  const triples = scopes.resolve(scope, false);
  if (triples === undefined) return undefined;
  const root = { span, name: `assert \`${name.text}\`` };
  const operands = condition === undefined ? [] : [{ written: condition, negated: false }];
  return {
    name: name.text,
    quantity,
    cases: builder.cases(root, triples, 'assert', operands, undefined),
    declaration,
  };
}

/** Modes entered when a dependency is lost; undefined for `continue`. */
export function checkLosses(
  declarations: readonly LossDeclaration[],
  modes: ReadonlyMap<string, unknown>,
  builder: CaseBuilder,
): Map<string, string | undefined> {
  const { report } = builder.findings;
  const losses = new Map<string, string | undefined>();
  const first = new Map<string, LossDeclaration>();
  for (const declaration of declarations) {
    const name = declaration.dependency.text;
    const earlier = first.get(name);
    if (earlier !== undefined) {
      report(
        'duplicateDeclaration',
        declaration.span,
        { what: '`loss of`', name },
        firstDeclared(earlier.span),
      );
      continue;
    }
    first.set(name, declaration);
    if (!DEPENDENCIES.includes(name)) {
      const suggestion = builder.findings.nearest(name, DEPENDENCIES);
      report('unknownDeclaration', declaration.dependency.span, {
        what: 'dependency',
        name,
        suggestion,
        all: DEPENDENCIES,
      });
    }
    const { enter } = declaration;
    if (enter !== undefined && !modes.has(enter.text)) {
      const suggestion = builder.findings.nearest(enter.text, modes.keys());
      report('unknownDeclaration', enter.span, { what: 'mode', name: enter.text, suggestion });
    }
    losses.set(name, enter?.text);
  }
  return losses;
}
