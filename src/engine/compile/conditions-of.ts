import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';

/** Every expression that deciding a question of this kind may evaluate: conditions, advice, keys and rates of limits. */
export function* conditionsOf(bundle: CheckedBundle, triple: Triple): Generator<CheckedExpression> {
  const covers = (one: { readonly triples: readonly Triple[] }): boolean => one.triples.includes(triple);
  for (const layer of bundle.layers) {
    for (const rule of layer.rules) {
      for (const one of rule.cases.filter(covers)) {
        if (one.condition !== undefined) yield one.condition;
        for (const { value } of one.advice) yield value;
      }
    }
    for (const limit of layer.limits) {
      for (const one of limit.cases.filter(covers)) {
        yield* one.keys;
        if (one.selector !== undefined) yield one.selector;
      }
      for (const one of limit.advice.filter(covers)) for (const { value } of one.advice) yield value;
    }
  }
  for (const override of bundle.overrides.values())
    for (const one of override.cases.filter(covers)) if (one.condition !== undefined) yield one.condition;
  for (const signal of bundle.signals.values())
    for (const one of signal.cases.filter(covers)) if (one.condition !== undefined) yield one.condition;
}
