import type {
  CheckedBundle,
  CheckedLimit,
  CheckedRule,
  LimitCase,
  RuleCase,
  Triple,
} from '../../dsl/check/bundle.ts';
import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { ALWAYS } from '../compile/compile-context.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { Predicate } from '../compile/decision-input.ts';
import { type Asked, askedOf } from '../compile/generate/first-of.ts';
import { type ReadSet, readSetOf } from '../compile/read-set.ts';
import type { RuleName } from '../decide/types.ts';
import { askedOfLimit } from './lower-limit.ts';
import type { LoweredRule } from './lowered-rule.ts';

/** A rule for the triples of one case: a permit counts when certainly true, a forbid when possibly true. */
export function lowerRule(
  rule: CheckedRule,
  ruleCase: RuleCase,
  bundle: CheckedBundle,
  compiler: Compiler,
): LoweredRule {
  return new LoweredCase(rule, ruleCase, bundle, compiler);
}

/** Compiled when it is first asked, which of the many rules that an index leaves out none ever is. */
class LoweredCase implements LoweredRule {
  readonly name: RuleName;
  readonly effect: LoweredRule['effect'];
  readonly order: number;
  readonly triples: readonly Triple[];
  readonly origin: LoweredRule['origin'];
  readonly condition: CheckedExpression | undefined;
  readonly because: string | undefined;
  readonly adviceName: string | undefined;
  readonly #case: RuleCase;
  readonly #bundle: CheckedBundle;
  readonly #compiler: Compiler;
  #mayHold: Predicate | undefined;
  #certainly: Predicate | undefined;
  #possibly: Predicate | undefined;
  #reads: ReadSet | undefined;

  constructor(rule: CheckedRule, ruleCase: RuleCase, bundle: CheckedBundle, compiler: Compiler) {
    this.name = { layer: rule.layer.name, rule: rule.name };
    this.effect = rule.effect;
    this.order = rule.order;
    this.triples = ruleCase.triples;
    this.origin = { kind: 'rule', rule, case: ruleCase };
    this.condition = ruleCase.condition;
    this.because = rule.because;
    this.adviceName = rule.adviceName;
    this.#case = ruleCase;
    this.#bundle = bundle;
    this.#compiler = compiler;
  }

  get asked(): Asked {
    const polarity = this.effect === 'permit' ? 'certainly' : 'possibly';
    return askedOf(this.condition, polarity, this.#compiler, this.#mode);
  }

  get applies(): Predicate {
    return this.effect === 'permit' ? this.appliesCertainly : this.#appliesPossibly;
  }

  get appliesCertainly(): Predicate {
    const { condition } = this;
    this.#certainly ??= this.#gated(condition === undefined ? ALWAYS : this.#compiler.certainly(condition));
    return this.#certainly;
  }

  get mayHold(): Predicate {
    this.#mayHold ??= this.condition === undefined ? ALWAYS : this.#compiler.possibly(this.condition);
    return this.#mayHold;
  }

  get reads(): ReadSet {
    const said = this.#case.advice.map((one) => one.value);
    this.#reads ??= readSetOf(
      [this.condition, ...said],
      this.triples,
      this.#bundle,
      this.#mode === undefined ? 'pure' : 'live',
    );
    return this.#reads;
  }

  adviceArguments(): RuleCase['advice'] {
    return this.#case.advice;
  }

  get #appliesPossibly(): Predicate {
    this.#possibly ??= this.#gated(this.mayHold);
    return this.#possibly;
  }

  get #mode(): string | undefined {
    if (this.origin.kind !== 'rule') return undefined;
    const { origin } = this.origin.rule;
    return origin.kind === 'mode' ? origin.mode : undefined;
  }

  /** A forbid of a mode counts only while the mode is on. */
  #gated(predicate: Predicate): Predicate {
    const mode = this.#mode;
    return mode === undefined ? predicate : (input) => input.live.modes.has(mode) && predicate(input);
  }
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
  const asked = askedOfLimit(limit, limitCase, compiler);
  return {
    name: { layer: limit.layer.name, rule: limit.name },
    effect: 'forbid',
    order: limit.order,
    triples: limitCase.triples,
    origin: { kind: 'limit', limit, case: limitCase },
    reads: readSetOf([...limitCase.keys, limitCase.selector, ...said], limitCase.triples, bundle, 'live'),
    condition: undefined,
    asked,
    applies: asked.closure(),
    appliesCertainly: (input) => input.live.exhausted.has(limit.name),
    mayHold: ALWAYS,
    because: limit.because,
    adviceName: limit.adviceName,
    adviceArguments: (triple) => advice(triple)?.advice ?? [],
  };
}
