import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import { placeOf } from '../../dsl/source/source-text.ts';
import type { Explanation } from '../explain/types.ts';

/** What the tests of a bundle showed of one rule, grant, limit, signal or override. */
export interface RuleCoverage {
  /** `layer.rule`; signals and overrides are named so as well. */
  readonly name: string;
  readonly kind: 'rule' | 'limit' | 'signal' | 'override';
  /** `file:line:column`. */
  readonly place: string;
  /** Expectations in which its condition counted. */
  readonly matched: number;
  /** Expectations that it covers and in which it did not count. */
  readonly unmatched: number;
}

/** Counts, over explanations, where each rule counted and where it did not. */
export class CoverageCounter {
  readonly #rules = new Map<
    string,
    { kind: RuleCoverage['kind']; place: string; matched: number; unmatched: number }
  >();

  constructor(bundle: CheckedBundle) {
    const declare = (name: string, kind: RuleCoverage['kind'], place: string): void => {
      this.#rules.set(name, { kind, place, matched: 0, unmatched: 0 });
    };
    for (const layer of bundle.layers) {
      for (const rule of layer.rules) declare(`${layer.name}.${rule.name}`, 'rule', placeOf(rule.span));
      for (const limit of layer.limits)
        declare(`${layer.name}.${limit.name}`, 'limit', placeOf(limit.declaration.span));
    }
    for (const one of bundle.overrides.values()) {
      declare(`${one.layer.name}.${one.name}`, 'override', placeOf(one.declaration.span));
    }
    for (const one of bundle.signals.values()) {
      declare(`${one.layer.name}.${one.name}`, 'signal', placeOf(one.declaration.span));
    }
    this.#signalLayers = new Map([...bundle.signals.values()].map((one) => [one.name, one.layer.name]));
  }

  readonly #signalLayers: ReadonlyMap<string, string>;

  /** Takes what one expectation showed. */
  count(explanation: Explanation): void {
    for (const layer of explanation.layers) {
      for (const rule of layer.rules) this.#count(`${layer.name}.${rule.rule}`, rule.applies);
    }
    for (const signal of explanation.risk.signals) {
      this.#count(`${this.#signalLayers.get(signal.signal)}.${signal.signal}`, signal.outcome === 'true');
    }
  }

  /** By layer and order of the text. */
  result(): readonly RuleCoverage[] {
    return [...this.#rules].map(([name, one]) => ({ name, ...one }));
  }

  #count(name: string, applies: boolean): void {
    const rule = this.#rules.get(name);
    if (rule === undefined) return;
    if (applies) rule.matched++;
    else rule.unmatched++;
  }
}

/** Whether one expectation was matched by the rule and another was not. */
export function isCovered(rule: RuleCoverage): boolean {
  return rule.matched > 0 && rule.unmatched > 0;
}
