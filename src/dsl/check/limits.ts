import type { LimitDeclaration, Rate } from '../syntax/ast.ts';
import { hasEquality, showType } from '../types/types.ts';
import type { CheckedLimit, CheckedRate, LimitCase, RuleCase } from './bundle.ts';
import type { CaseBuilder } from './cases.ts';
import type { CheckedExpression } from './checked.ts';
import type { LayerDraft } from './layers.ts';
import type { ScopeResolver } from './scopes.ts';

/** Checks a limit and adds it to its layer; undefined after a report. */
export function checkLimit(
  declaration: LimitDeclaration,
  layer: LayerDraft | undefined,
  scopes: ScopeResolver,
  builder: CaseBuilder,
): CheckedLimit | undefined {
  const { report } = builder.findings;
  const { name, keys, rate, advice, because, documentation, span } = declaration;
  if (layer === undefined) {
    report('outsideLayer', name.span, { what: `the limit \`${name.text}\`` });
    return undefined;
  }
  const order = layer.nextOrder++;
  if (!layer.names.declare(name, true)) return undefined;
  const triples = scopes.resolve(declaration.scope, false);
  if (triples === undefined) return undefined;
  const selector = rate.kind === 'rateTable' ? rate.selector : undefined;
  let parts = selector === undefined ? 0 : builder.elaborator.partsOf(selector);
  for (const key of keys) parts |= builder.elaborator.partsOf(key);
  const root = { span, name: `limit \`${name.text}\`` };
  const cases: LimitCase[] = [];
  const enums = new Set<string>();
  for (const group of builder.groups(triples, parts)) {
    const checked: CheckedExpression[] = [];
    for (const key of keys) {
      const one = builder.elaborator.expression(root, group.shape, key);
      if (one === undefined) continue;
      builder.guard(root, one, 'limit');
      if (hasEquality(one.type)) checked.push(one);
      else {
        const reason = `a limit counts for each single value, and this is of type \`${showType(one.type)}\``;
        report('invalidLimit', key.span, { reason });
      }
    }
    const chosen = selector && builder.elaborator.expression(root, group.shape, selector);
    if (selector !== undefined && chosen === undefined) continue;
    if (selector !== undefined && chosen !== undefined) {
      builder.guard(root, chosen, 'limit');
      if (chosen.type.kind !== 'enum') {
        const reason = `rates are chosen by an enum, and this is of type \`${showType(chosen.type)}\``;
        report('invalidLimit', selector.span, { reason, help: 'write `per subject.plan { … }`, say' });
        continue;
      }
      enums.add(chosen.type.name);
    }
    if (checked.length === keys.length)
      cases.push({ triples: group.triples, keys: checked, selector: chosen });
  }
  const rates = checkRates(declaration, enums, builder);
  if (rates === undefined) return undefined;
  const adviceCases: RuleCase[] =
    advice === undefined ? [] : builder.cases(root, triples, 'limit', [], advice);
  const limit: CheckedLimit = {
    name: name.text,
    layer,
    order,
    cases,
    rates,
    because: because?.value,
    adviceName: advice?.name.text,
    advice: adviceCases,
    documentation,
    declaration,
  };
  layer.limits.push(limit);
  return limit;
}

function checkRates(
  declaration: LimitDeclaration,
  enums: ReadonlySet<string>,
  builder: CaseBuilder,
): CheckedRate | ReadonlyMap<string, CheckedRate> | undefined {
  const { findings, elaborator } = builder;
  const { rate } = declaration;
  if (rate.kind === 'rate') return checkRate(rate, builder);
  const [name, ...others] = enums;
  if (name === undefined) return undefined;
  if (others.length > 0) {
    const names = [...enums].map((one) => `\`${one}\``).join(' and ');
    findings.report('invalidLimit', rate.selector.span, {
      reason: `rates are chosen by one enum, and this is of type ${names}, as the types of the scope have it`,
      help: 'write a limit for each',
    });
    return undefined;
  }
  const info = elaborator.schema.enums.get(name);
  if (info === undefined) return undefined;
  const rates = new Map<string, CheckedRate>();
  for (const { member, rate: written } of rate.entries) {
    if (!info.rank.has(member.text)) {
      const suggestion = findings.nearest(member.text, info.members);
      findings.report('unknownMember', member.span, { member: member.text, enum: name, suggestion });
    } else if (rates.has(member.text)) {
      findings.report('duplicateDeclaration', member.span, { what: 'rate', name: member.text });
    } else rates.set(member.text, checkRate(written, builder));
  }
  return rates;
}

function checkRate(rate: Rate, builder: CaseBuilder): CheckedRate {
  const { count, per, burst } = rate;
  const problem =
    count < 1
      ? 'it lets nothing through; write a `forbid` instead'
      : per.milliseconds < 1
        ? 'its time is zero'
        : burst !== undefined && burst < 1
          ? 'its bucket holds nothing'
          : undefined;
  if (problem !== undefined) builder.findings.report('invalidRate', rate.span, { reason: problem });
  return { count, per: per.milliseconds, burst: burst ?? count, declaration: rate };
}
