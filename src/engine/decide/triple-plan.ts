import type {
  CheckedBundle,
  CheckedLayer,
  CheckedOverride,
  CheckedSignal,
  RuleCase,
  Triple,
} from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { abilityOf, type RuleFinder, subjectTypeOf } from '../abilities/ability-set.ts';
import { limitReader } from '../abilities/lower-limit.ts';
import { lowerLimit, lowerRule } from '../abilities/lower-rule.ts';
import {
  type LoweredLimit,
  type LoweredRule,
  READ_CLASSES,
  type ReadClass,
} from '../abilities/lowered-rule.ts';
import { type IndexedFinder, indexRules } from '../abilities/rule-index.ts';
import { ALWAYS } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { DecisionInput, Predicate } from '../compile/decision-input.ts';
import { mergeReadSets, type ReadSet, readSetOf } from '../compile/read-set.ts';
import type { Risk, RuleName } from './types.ts';

/** What one layer has to say of a question, by effect. Only finders that have rules for the question are here. */
export interface LayerStep {
  readonly layer: CheckedLayer;
  readonly finders: readonly RuleFinder[];
  /** By `order`. */
  readonly rules: readonly LoweredRule[];
  /** Those of the rules that may hold for all that is known; the index rules out the others. */
  readonly candidates: (input: DecisionInput) => readonly LoweredRule[];
}

/** An override for the question; it counts only while it is active for the subject. */
export interface OverrideStep {
  readonly override: CheckedOverride;
  readonly name: RuleName;
  readonly case: RuleCase;
  readonly holds: Predicate;
}

/** Who may establish a claim. */
export interface ClaimStep {
  readonly claim: string;
  /** By number of the layer. */
  readonly permits: readonly LayerStep[];
  /** By layer, in the order of the text. */
  readonly overrides: readonly OverrideStep[];
}

export interface SignalStep {
  readonly signal: CheckedSignal;
  readonly condition: CheckedExpression | undefined;
  readonly certainly: Predicate;
  readonly possibly: Predicate;
}

/** Everything that bears on one declared way of asking, ready to run. */
export interface TriplePlan {
  readonly triple: Triple;
  readonly subjectType: string;
  /** Whether the store keeps records of the subject's and of the resource's type. */
  readonly subjectKept: boolean;
  readonly resourceKept: boolean;
  /** By number of the layer; layers that cannot forbid the question are left out. */
  readonly forbids: readonly LayerStep[];
  readonly claims: readonly ClaimStep[];
  readonly limits: readonly LoweredLimit[];
  readonly signals: readonly SignalStep[];
  readonly assessRisk: (input: DecisionInput) => Risk;
  /** Computed when first asked for. */
  readonly readSet: () => ReadSet;
}

/** The lowered rules of a layer and their abilities, one for each effect and read class. */
interface LoweredLayer {
  readonly layer: CheckedLayer;
  readonly rulesFor: (triple: Triple) => readonly LoweredRule[];
  readonly limits: readonly LoweredLimit[];
  /** The finder for rules of one effect and read class that cover a question, all of them given. */
  finder(effect: LoweredRule['effect'], readClass: ReadClass, rules: readonly LoweredRule[]): RuleFinder;
}

/** The plans of a bundle, by `Triple.index`. */
export function planTriples(bundle: CheckedBundle, compiler: Compiler): readonly TriplePlan[] {
  const layers = bundle.layers.map((layer) => lowerLayer(layer, bundle, compiler));
  const overrides = [...bundle.overrides.values()].toSorted(
    (a, b) => a.layer.number - b.layer.number || a.declaration.span.start - b.declaration.span.start,
  );
  return bundle.triples.map((triple) => planTriple(triple, layers, overrides, bundle, compiler));
}

function lowerLayer(layer: CheckedLayer, bundle: CheckedBundle, compiler: Compiler): LoweredLayer {
  const rules = layer.rules.flatMap((rule) =>
    rule.cases.map((one) => lowerRule(rule, one, bundle, compiler)),
  );
  const limits = layer.limits.flatMap((limit) =>
    limit.cases.map((one) => lowerLimit(limit, one, bundle, compiler)),
  );
  const all = [...rules, ...limits].toSorted((a, b) => a.order - b.order);
  const finders = new Map<string, RuleFinder>();
  const indices = new SharedIndices(compiler);
  const byTriple = new Map<Triple, LoweredRule[]>();
  for (const rule of all) {
    for (const triple of rule.triples) {
      const list = byTriple.get(triple);
      if (list === undefined) byTriple.set(triple, [rule]);
      else list.push(rule);
    }
  }
  return {
    layer,
    rulesFor: (triple) => byTriple.get(triple) ?? [],
    limits: layer.limits.flatMap((limit) =>
      limit.cases.map((one) => ({ limit, triples: one.triples, use: limitReader(limit, one, compiler) })),
    ),
    finder(effect, readClass, covering) {
      if (covering.length > INDEXED_RULES) return indices.of(covering);
      const key = `${effect} ${readClass}`;
      let finder = finders.get(key);
      if (finder === undefined) {
        finder = abilityOf(all.filter((rule) => rule.effect === effect && rule.readClass === readClass));
        finders.set(key, finder);
      }
      return finder;
    },
  };
}

/** With more rules than these for a question, an index pays. */
const INDEXED_RULES = 32;

/** Indices by their rules: questions that the same rules cover share one. */
class SharedIndices {
  readonly #compiler: Compiler;
  readonly #known: { readonly rules: readonly LoweredRule[]; readonly finder: IndexedFinder }[] = [];

  constructor(compiler: Compiler) {
    this.#compiler = compiler;
  }

  of(rules: readonly LoweredRule[]): IndexedFinder {
    const same = this.#known.find(
      (one) => one.rules.length === rules.length && one.rules.every((rule, at) => rule === rules[at]),
    );
    if (same !== undefined) return same.finder;
    const finder = indexRules(rules, this.#compiler);
    this.#known.push({ rules, finder });
    return finder;
  }
}

function planTriple(
  triple: Triple,
  layers: readonly LoweredLayer[],
  overrides: readonly CheckedOverride[],
  bundle: CheckedBundle,
  compiler: Compiler,
): TriplePlan {
  const steps = (effect: LoweredRule['effect'], from: readonly LoweredLayer[]): LayerStep[] =>
    from.flatMap((lowered) => stepOf(lowered, effect, triple));
  const waivers = overrides.flatMap((override) => overrideStep(override, triple, compiler));
  const signals = [...bundle.signals.values()].flatMap((signal) => signalStep(signal, triple, compiler));
  const claims = bundle.claims.map((claim) => ({
    claim,
    permits: steps(
      'permit',
      layers.filter(({ layer }) => layer.grants === claim),
    ),
    overrides: waivers.filter(({ override }) => override.waives.includes(claim)),
  }));
  const forbids = steps('forbid', layers);
  const isKept = (entity: string): boolean => bundle.entities.get(entity)?.storage !== 'supplied';
  const readSet = (): ReadSet => {
    const rules = [...forbids, ...claims.flatMap((claim) => claim.permits)].flatMap((step) => step.rules);
    const conditions = [
      ...waivers.map((step) => step.case.condition),
      ...signals.map((step) => step.condition),
    ];
    const around = readSetOf(conditions, [triple], bundle, conditions.length > 0 ? 'live' : 'pure');
    const read = mergeReadSets([...rules.map((rule) => readSetFor(rule, triple, bundle)), around]);
    const kept = [triple.subject, triple.resource].filter(isKept);
    const entities = [...new Set([...read.entities, ...kept])].toSorted();
    return { ...read, facts: read.facts || kept.length > 0, entities };
  };
  return {
    triple,
    subjectType: subjectTypeOf(triple),
    subjectKept: isKept(triple.subject),
    resourceKept: isKept(triple.resource),
    forbids,
    claims,
    limits: layers.flatMap((layer) => layer.limits.filter((limit) => limit.triples.includes(triple))),
    signals,
    assessRisk: riskAssessor(signals),
    readSet: once(readSet),
  };
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}

/** A rule's read set is that of all its triples; for a single one it may be less. */
function readSetFor(rule: LoweredRule, triple: Triple, bundle: CheckedBundle): ReadSet {
  if (rule.triples.every((one) => one.isNew === triple.isNew)) return rule.reads;
  const said = rule.adviceArguments(triple).map((one) => one.value);
  const { origin } = rule;
  const read = origin.kind === 'limit' ? [...origin.case.keys, origin.case.selector] : [rule.condition];
  return readSetOf([...read, ...said], [triple], bundle, rule.reads.purity);
}

function stepOf(lowered: LoweredLayer, effect: LoweredRule['effect'], triple: Triple): LayerStep[] {
  const rules = lowered.rulesFor(triple).filter((rule) => rule.effect === effect);
  if (rules.length === 0) return [];
  const finders: RuleFinder[] = [];
  const indexed: IndexedFinder[] = [];
  const flat: LoweredRule[] = [];
  for (const readClass of READ_CLASSES) {
    const ofClass = rules.filter((rule) => rule.readClass === readClass);
    if (ofClass.length === 0) continue;
    const finder = lowered.finder(effect, readClass, ofClass);
    finders.push(finder);
    if (isIndexed(finder)) indexed.push(finder);
    else flat.push(...ofClass);
  }
  const candidates = (input: DecisionInput): readonly LoweredRule[] =>
    [...flat, ...indexed.flatMap((finder) => finder.candidates(input))].toSorted((a, b) => a.order - b.order);
  return [
    { layer: lowered.layer, rules, finders, candidates: indexed.length === 0 ? () => rules : candidates },
  ];
}

function isIndexed(finder: RuleFinder): finder is IndexedFinder {
  return 'depth' in finder;
}

function overrideStep(override: CheckedOverride, triple: Triple, compiler: Compiler): OverrideStep[] {
  const found = override.cases.find((one) => one.triples.includes(triple));
  if (found === undefined) return [];
  return [
    {
      override,
      name: { layer: override.layer.name, rule: override.name },
      case: found,
      holds: found.condition === undefined ? ALWAYS : compiler.certainly(found.condition),
    },
  ];
}

function signalStep(signal: CheckedSignal, triple: Triple, compiler: Compiler): SignalStep[] {
  const found = signal.cases.find((one) => one.triples.includes(triple));
  if (found === undefined) return [];
  const { condition } = found;
  return [
    {
      signal,
      condition,
      certainly: condition === undefined ? ALWAYS : compiler.certainly(condition),
      possibly: condition === undefined ? ALWAYS : compiler.possibly(condition),
    },
  ];
}

/** Signals that are certainly true count at both ends, unknown ones at the upper end; both ends end at 100. */
function riskAssessor(signals: readonly SignalStep[]): (input: DecisionInput) => Risk {
  return (input) => {
    let low = 0;
    let high = 0;
    for (const { signal, certainly, possibly } of signals) {
      if (!possibly(input)) continue;
      high += signal.weight;
      if (certainly(input)) low += signal.weight;
    }
    return { low: Math.min(low, 100), high: Math.min(high, 100) };
  };
}
