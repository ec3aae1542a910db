import type { CheckedBundle, CheckedLayer, Triple } from '../../dsl/check/bundle.ts';
import type { Compiler } from '../compile/compiler.ts';
import { limitReader } from './lower-limit.ts';
import { lowerLimit, lowerRule } from './lower-rule.ts';
import type { LoweredLimit, LoweredRule } from './lowered-rule.ts';

/** A layer whose rules are ready to run. */
export interface LoweredLayer {
  readonly layer: CheckedLayer;
  /** By `order`; its limits are among them, as the forbids that they are. */
  readonly rules: readonly LoweredRule[];
  readonly limits: readonly LoweredLimit[];
  /** The rules that cover a question, by `order`. */
  readonly rulesFor: (triple: Triple, effect: LoweredRule['effect']) => readonly LoweredRule[];
}

export function lowerLayer(layer: CheckedLayer, bundle: CheckedBundle, compiler: Compiler): LoweredLayer {
  const rules = layer.rules.flatMap((rule) =>
    rule.cases.map((one) => lowerRule(rule, one, bundle, compiler)),
  );
  const limits = layer.limits.flatMap((limit) =>
    limit.cases.map((one) => lowerLimit(limit, one, bundle, compiler)),
  );
  const all = [...rules, ...limits].toSorted((a, b) => a.order - b.order);
  const byTriple = { permit: new Map<Triple, LoweredRule[]>(), forbid: new Map<Triple, LoweredRule[]>() };
  for (const rule of all) {
    for (const triple of rule.triples) {
      const list = byTriple[rule.effect].get(triple);
      if (list === undefined) byTriple[rule.effect].set(triple, [rule]);
      else list.push(rule);
    }
  }
  return {
    layer,
    rules: all,
    limits: layer.limits.flatMap((limit) =>
      limit.cases.map((one) => ({ limit, triples: one.triples, use: limitReader(limit, one, compiler) })),
    ),
    rulesFor: (triple, effect) => byTriple[effect].get(triple) ?? [],
  };
}
