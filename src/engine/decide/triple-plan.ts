import type {
  CheckedBundle,
  CheckedOverride,
  CheckedSignal,
  RuleCase,
  Triple,
} from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { type RuleFinder, subjectTypeOf } from '../abilities/ability-set.ts';
import { type LoweredLayer, lowerLayer } from '../abilities/lower-layer.ts';
import type { LoweredLimit, LoweredRule } from '../abilities/lowered-rule.ts';
import { type LayerStep, RuleSequence } from '../abilities/rule-sequence.ts';
import { ALWAYS } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { Predicate } from '../compile/decision-input.ts';
import { mergeReadSets, type ReadSet, readSetOf } from '../compile/read-set.ts';
import { once } from '../once.ts';
import { type AssessRisk, riskAssessor } from './assess-risk.ts';
import type { RuleName } from './types.ts';

export type { LayerStep };

/** An override for the question; it counts only while it is active for the subject. */
export interface OverrideStep {
  readonly override: CheckedOverride;
  readonly name: RuleName;
  readonly case: RuleCase;
  readonly holds: Predicate;
  readonly mayHold: Predicate;
}

/** Who may establish a claim. */
export interface ClaimStep {
  readonly claim: string;
  /** By number of the layer. */
  readonly permits: readonly LayerStep[];
  /** Finds the first of their rules that applies. */
  readonly firstPermit: RuleFinder;
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
  /** Finds the first of their rules that applies. */
  readonly firstForbid: RuleFinder;
  readonly claims: readonly ClaimStep[];
  readonly limits: readonly LoweredLimit[];
  readonly signals: readonly SignalStep[];
  readonly assessRisk: AssessRisk;
  /** Computed when first asked for. */
  readonly readSet: () => ReadSet;
}

/** The plans of a bundle, by `Triple.index`. */
export function planTriples(bundle: CheckedBundle, compiler: Compiler): readonly TriplePlan[] {
  const layers = bundle.layers.map((layer) => lowerLayer(layer, bundle, compiler));
  const overrides = [...bundle.overrides.values()].toSorted(
    (a, b) => a.layer.number - b.layer.number || a.declaration.span.start - b.declaration.span.start,
  );
  const lowered: LoweredBundle = {
    bundle,
    layers,
    overrides,
    forbids: new RuleSequence('forbid', layers, compiler),
    permits: bundle.claims.map((claim) => ({
      claim,
      rules: new RuleSequence(
        'permit',
        layers.filter(({ layer }) => layer.grants === claim),
        compiler,
      ),
    })),
  };
  return bundle.triples.map((triple) => planTriple(triple, lowered, compiler));
}

interface LoweredBundle {
  readonly bundle: CheckedBundle;
  readonly layers: readonly LoweredLayer[];
  readonly overrides: readonly CheckedOverride[];
  readonly forbids: RuleSequence;
  readonly permits: readonly { readonly claim: string; readonly rules: RuleSequence }[];
}

function planTriple(
  triple: Triple,
  { bundle, layers, overrides, forbids: forbidding, permits }: LoweredBundle,
  compiler: Compiler,
): TriplePlan {
  const waivers = overrides.flatMap((override) => overrideStep(override, triple, compiler));
  const signals = [...bundle.signals.values()].flatMap((signal) => signalStep(signal, triple, compiler));
  const claims = permits.map(({ claim, rules }) => ({
    claim,
    permits: rules.stepsOf(triple),
    firstPermit: rules.finderOf(triple),
    overrides: waivers.filter(({ override }) => override.waives.includes(claim)),
  }));
  const forbids = forbidding.stepsOf(triple);
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
    firstForbid: forbidding.finderOf(triple),
    claims,
    limits: layers.flatMap((layer) => layer.limits.filter((limit) => limit.triples.includes(triple))),
    signals,
    assessRisk: riskAssessor(signals, compiler),
    readSet: once(readSet),
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

function overrideStep(override: CheckedOverride, triple: Triple, compiler: Compiler): OverrideStep[] {
  const found = override.cases.find((one) => one.triples.includes(triple));
  if (found === undefined) return [];
  return [
    {
      override,
      name: { layer: override.layer.name, rule: override.name },
      case: found,
      holds: found.condition === undefined ? ALWAYS : compiler.certainly(found.condition),
      mayHold: found.condition === undefined ? ALWAYS : compiler.possibly(found.condition),
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
