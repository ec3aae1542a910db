import type {
  CheckedBundle,
  CheckedLimit,
  CheckedRule,
  LimitCase,
  RuleCase,
  Triple,
} from '../../dsl/check/bundle.ts';
import { ALWAYS } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { Predicate } from '../compile/decision-input.ts';
import { type ReadSet, readSetOf } from '../compile/read-set.ts';
import { limitPredicate } from './lower-limit.ts';
import type { LoweredRule, ReadClass } from './lowered-rule.ts';

/** A rule for the triples of one case: a permit counts when certainly true, a forbid when possibly true. */
export function lowerRule(
  rule: CheckedRule,
  ruleCase: RuleCase,
  bundle: CheckedBundle,
  compiler: Compiler,
): LoweredRule {
  const { condition } = ruleCase;
  const read = [condition, ...ruleCase.advice.map((one) => one.value)];
  const reads = readSetOf(read, ruleCase.triples, bundle, rule.origin.kind === 'mode' ? 'live' : 'pure');
  const certainly = condition === undefined ? ALWAYS : compiler.certainly(condition);
  const possibly = condition === undefined ? ALWAYS : compiler.possibly(condition);
  const isOn = modeGate(rule);
  return {
    name: { layer: rule.layer.name, rule: rule.name },
    effect: rule.effect,
    order: rule.order,
    triples: ruleCase.triples,
    origin: { kind: 'rule', rule, case: ruleCase },
    readClass: readClassOf(reads),
    reads,
    condition,
    applies: isOn(rule.effect === 'permit' ? certainly : possibly),
    appliesCertainly: isOn(certainly),
    mayHold: possibly,
    because: rule.because,
    adviceName: rule.adviceName,
    adviceArguments: () => ruleCase.advice,
  };
}

/** A limit as the forbid that it is. */
export function lowerLimit(
  limit: CheckedLimit,
  limitCase: LimitCase,
  bundle: CheckedBundle,
  compiler: Compiler,
): LoweredRule {
  const advice = (triple: Triple): RuleCase | undefined =>
    limit.advice.find((one) => one.triples.includes(triple));
  const said = limitCase.triples.flatMap((triple) => advice(triple)?.advice.map((one) => one.value) ?? []);
  return {
    name: { layer: limit.layer.name, rule: limit.name },
    effect: 'forbid',
    order: limit.order,
    triples: limitCase.triples,
    origin: { kind: 'limit', limit, case: limitCase },
    readClass: 'live',
    reads: readSetOf([...limitCase.keys, limitCase.selector, ...said], limitCase.triples, bundle, 'live'),
    condition: undefined,
    applies: limitPredicate(limit, limitCase, compiler),
    appliesCertainly: (input) => input.live.exhausted.has(limit.name),
    mayHold: ALWAYS,
    because: limit.because,
    adviceName: limit.adviceName,
    adviceArguments: (triple) => advice(triple)?.advice ?? [],
  };
}

function modeGate(rule: CheckedRule): (predicate: Predicate) => Predicate {
  if (rule.origin.kind !== 'mode') return (predicate) => predicate;
  const { mode } = rule.origin;
  return (predicate) => (input) => input.live.modes.has(mode) && predicate(input);
}

function readClassOf(reads: ReadSet): ReadClass {
  if (reads.purity === 'live') return 'live';
  return reads.facts ? 'facts' : 'supplied';
}
