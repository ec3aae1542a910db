import type {
  CheckedBundle,
  CheckedLayer,
  CheckedLimit,
  CheckedOverride,
  CheckedRule,
  CheckedSignal,
  RuleCase,
} from '../../src/dsl/check/bundle.ts';
import type { CheckedExpression } from '../../src/dsl/check/checked.ts';

/**
 * The bundle with the operands of every `and` and `or` in reverse order. Once a condition has been checked, order can
 * no longer matter: what an operand assumes has been found to hold wherever it counts.
 */
export function reverseOperands(bundle: CheckedBundle): {
  readonly bundle: CheckedBundle;
  readonly reversed: number;
} {
  let reversed = 0;
  const copy = changeConditions(bundle, (one) => {
    if (one.kind !== 'and' && one.kind !== 'or') return one;
    reversed += 1;
    return { ...one, operands: one.operands.toReversed() };
  });
  return { bundle: copy, reversed };
}

/** The bundle with every expression in its conditions changed, inner ones first; what is shared stays shared. */
export function changeConditions(
  bundle: CheckedBundle,
  change: (one: CheckedExpression) => CheckedExpression,
): CheckedBundle {
  const known = new Map<CheckedExpression, CheckedExpression>();
  const changed = (one: CheckedExpression): CheckedExpression => {
    let result = known.get(one);
    if (result === undefined) {
      result = change(mapParts(one, changed) as CheckedExpression);
      known.set(one, result);
    }
    return result;
  };
  const cases = (list: readonly RuleCase[]): RuleCase[] =>
    list.map((one) => ({ ...one, condition: one.condition && changed(one.condition) }));
  const layers = new Map<CheckedLayer, CheckedLayer>();
  for (const layer of bundle.layers) {
    const copy: CheckedLayer & { rules: readonly CheckedRule[]; limits: readonly CheckedLimit[] } = {
      ...layer,
    };
    copy.rules = layer.rules.map((rule) => ({ ...rule, layer: copy, cases: cases(rule.cases) }));
    copy.limits = layer.limits.map((limit) => ({ ...limit, layer: copy }));
    layers.set(layer, copy);
  }
  const inLayer = (layer: CheckedLayer): CheckedLayer => layers.get(layer) ?? layer;
  const limits = [...layers.values()].flatMap((layer) => layer.limits);
  return {
    ...bundle,
    layers: [...layers.values()],
    limits: new Map(limits.map((one) => [one.name, one])),
    overrides: mapValues(bundle.overrides, (one: CheckedOverride) => ({
      ...one,
      layer: inLayer(one.layer),
      cases: cases(one.cases),
    })),
    signals: mapValues(bundle.signals, (one: CheckedSignal) => ({
      ...one,
      layer: inLayer(one.layer),
      cases: cases(one.cases),
    })),
  };
}

function mapValues<V>(map: ReadonlyMap<string, V>, change: (value: V) => V): Map<string, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** A copy with changed expressions in it; types, values and places in the text stay as they are. */
function mapParts(one: CheckedExpression, change: (part: CheckedExpression) => CheckedExpression): object {
  const isExpression = (value: unknown): value is CheckedExpression =>
    typeof value === 'object' && value !== null && 'kind' in value && 'type' in value && 'node' in value;
  return Object.fromEntries(
    Object.entries(one).map(([key, value]: [string, unknown]) => {
      if (key === 'node' || key === 'type') return [key, value];
      if (isExpression(value)) return [key, change(value)];
      if (Array.isArray(value))
        return [key, value.map((part: unknown) => (isExpression(part) ? change(part) : part))];
      return [key, value];
    }),
  );
}
