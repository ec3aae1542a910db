import type { Purity } from '../builtins/builtin.ts';
import { worsePurity } from '../builtins/builtin.ts';
import type { RuleDeclaration } from '../syntax/ast.ts';
import type { Schema } from '../types/schema.ts';
import type { CheckedRule, RuleCase } from './bundle.ts';
import type { CaseBuilder } from './cases.ts';
import type { Operand } from './elaborate/elaborate-logic.ts';
import type { LayerDraft } from './layers.ts';
import { purityOf } from './purity.ts';
import type { ScopeResolver } from './scopes.ts';

/** Checks a rule of a layer, or of a mode of a layer, and adds it there. */
export function checkRule(
  declaration: RuleDeclaration,
  layer: LayerDraft | undefined,
  mode: string | undefined,
  scopes: ScopeResolver,
  builder: CaseBuilder,
): void {
  const { report } = builder.findings;
  const { effect, name, because, advice, documentation, span } = declaration;
  if (layer === undefined) {
    report('outsideLayer', name.span, { what: `the rule \`${name.text}\`` });
    return;
  }
  const order = layer.nextOrder++;
  if (!layer.names.declare(name, true)) return;
  if (effect === 'permit') {
    if (mode !== undefined) report('permitInMode', span, { mode });
    else if (layer.grants === undefined)
      report('permitInGuard', name.span, { layer: layer.name, what: 'a permit' });
    if (declaration.when === undefined && declaration.unless === undefined) {
      report('unconditionalPermit', name.span, { rule: name.text });
    }
  }
  const triples = scopes.resolve(declaration.scope, effect === 'permit');
  if (triples === undefined) return;
  const root = { span, name: `\`${name.text}\`` };
  const cases = builder.cases(
    root,
    triples,
    effect === 'permit' ? 'grant' : 'forbid',
    operandsOfRule(declaration),
    advice,
  );
  const purity = purityOfCases(cases, builder.elaborator.schema);
  const rule: CheckedRule = {
    name: name.text,
    layer,
    effect,
    origin: mode === undefined ? { kind: 'rule', declaration } : { kind: 'mode', mode, declaration },
    span,
    order,
    cases,
    because: because?.value,
    adviceName: advice?.name.text,
    documentation,
    purity: mode === undefined ? purity : 'live',
  };
  layer.rules.push(rule);
}

/** `when and not unless`. */
function operandsOfRule({ when, unless }: Pick<RuleDeclaration, 'when' | 'unless'>): Operand[] {
  const operands: Operand[] = [];
  if (when !== undefined) operands.push({ written: when, negated: false });
  if (unless !== undefined) operands.push({ written: unless, negated: true });
  return operands;
}

export function purityOfCases(cases: readonly RuleCase[], schema: Schema): Purity {
  let purity: Purity = 'pure';
  for (const { condition, advice } of cases) {
    if (condition !== undefined) purity = worsePurity(purity, purityOf(condition, schema));
    for (const { value } of advice) purity = worsePurity(purity, purityOf(value, schema));
  }
  return purity;
}
