import { Ability } from '@casl/ability';
import type { CheckedBundle } from '../../src/dsl/check/bundle.ts';
import type { CheckedExpression } from '../../src/dsl/check/checked.ts';
import { UNKNOWN } from '../../src/dsl/types/values.ts';
import { Compiler } from '../../src/engine/compile/compiler.ts';
import type { DecisionInput, Predicate } from '../../src/engine/compile/decision-input.ts';
import { askedOf, predicateOf } from '../../src/engine/compile/generate/first-of.ts';
import type { Polarity } from '../../src/engine/compile/generate/write-condition.ts';
import type { FactView } from '../../src/engine/decide/facts.ts';
import { inputOf } from '../../src/engine/decide/question.ts';
import { planTriples, type TriplePlan } from '../../src/engine/decide/triple-plan.ts';
import type { Circumstances, PreparedRequest, Verdict } from '../../src/engine/decide/types.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { once } from '../../src/engine/once.ts';
import type { Truth } from '../../src/engine/reference/operators.ts';
import {
  createReference,
  type ReferenceInterpreter,
  type ReferenceVerdict,
} from '../../src/engine/reference/reference.ts';
import { circumstancesOf, factsOf, type Scenario } from './scenario.ts';

/** A question as the engine takes it. */
export interface Question {
  readonly request: PreparedRequest;
  readonly facts: FactView;
  readonly circumstances: Circumstances;
}

/** Plans go with the compiler that they were made by: it numbers what a decision remembers. */
interface Compiled {
  readonly compiler: Compiler;
  readonly plans: readonly TriplePlan[];
}

/** A bundle in both evaluators. */
export class BothEvaluators {
  readonly bundle: CheckedBundle;
  readonly engine: Engine;
  readonly reference: ReferenceInterpreter;
  readonly #closures: Compiled;
  readonly #writing: () => Compiled;
  readonly #written: () => Engine;
  readonly #writtenPredicates = {
    certainly: new Map<CheckedExpression, Predicate>(),
    possibly: new Map<CheckedExpression, Predicate>(),
  };

  constructor(bundle: CheckedBundle) {
    this.bundle = bundle;
    this.engine = createEngine(bundle);
    this.#written = once(() => createEngine(bundle, { writeAfter: 0 }));
    this.reference = createReference(bundle.files);
    this.#closures = compiledBy(bundle, new Compiler(bundle));
    this.#writing = once(() => compiledBy(bundle, new Compiler(bundle, undefined, 0)));
  }

  question(scenario: Scenario): Question {
    return {
      request: this.engine.prepare(scenario.request),
      facts: factsOf(scenario, this.bundle),
      circumstances: circumstancesOf(scenario),
    };
  }

  compiled({ request, facts, circumstances }: Question): Verdict {
    return this.engine.decide(request, facts, circumstances);
  }

  /** The same by functions that are written for what is asked, which closures answer where it was not asked often. */
  written({ request, facts, circumstances }: Question): Verdict {
    return this.#written().decide(request, facts, circumstances);
  }

  /** The question as functions read it that are written for its attributes, which a loop reads where they were not read often. */
  readByWritten({ request }: Scenario): PreparedRequest {
    return this.#written().prepare(request);
  }

  /** What each condition yields in the compiled path, named as by the reference. */
  compiledOutcomes(question: Question, by: 'closures' | 'written' = 'closures'): ReadonlyMap<string, Truth> {
    const { triple } = question.request;
    const { plans } = by === 'closures' ? this.#closures : this.#writing();
    const plan = triple && plans[triple.index];
    const outcomes = new Map<string, Truth>();
    if (plan === undefined) return outcomes;
    const input = inputOf(plan, question);
    const note = (name: string, condition: CheckedExpression | undefined): void => {
      outcomes.set(name, condition === undefined ? true : this.#truth(condition, input, by));
    };
    for (const step of [...plan.forbids, ...plan.claims.flatMap((claim) => claim.permits)]) {
      for (const rule of step.rules) {
        const name = `${rule.name.layer}.${rule.name.rule}`;
        if (rule.origin.kind === 'limit')
          outcomes.set(name, (by === 'closures' ? rule.applies : predicateOf(rule.asked, 0))(input));
        else note(name, rule.condition);
      }
    }
    for (const { override, case: one } of plan.claims.flatMap((claim) => claim.overrides)) {
      note(`override ${override.name}`, one.condition);
    }
    for (const { signal, condition } of plan.signals) note(`signal ${signal.name}`, condition);
    return outcomes;
  }

  /** Whether rules that bear on the question are found by the literals that they name. */
  isIndexed({ request: { triple } }: Question): boolean {
    const plan = triple && this.#closures.plans[triple.index];
    if (plan === undefined) return false;
    const steps = [...plan.forbids, ...plan.claims.flatMap((claim) => claim.permits)];
    return steps.some((step) => step.indexDepth > 0);
  }

  #truth(condition: CheckedExpression, input: DecisionInput, by: 'closures' | 'written'): Truth {
    const isCertain = this.#predicate(condition, 'certainly', by)(input);
    const isPossible = this.#predicate(condition, 'possibly', by)(input);
    if (isCertain && !isPossible) throw new Error('what is certain must be possible');
    return isCertain ? true : isPossible ? UNKNOWN : false;
  }

  #predicate(condition: CheckedExpression, polarity: Polarity, by: 'closures' | 'written'): Predicate {
    if (by === 'closures') return this.#closures.compiler[polarity](condition);
    const written = this.#writtenPredicates[polarity];
    let predicate = written.get(condition);
    if (predicate === undefined)
      written.set(
        condition,
        (predicate = predicateOf(askedOf(condition, polarity, this.#writing().compiler), 0)),
      );
    return predicate;
  }

  interpretedOutcomes({ request, facts, circumstances }: Question): ReadonlyMap<string, Truth> {
    return this.reference.outcomes(request, facts, circumstances);
  }

  interpreted({ request, facts, circumstances }: Question): ReferenceVerdict {
    return this.reference.decide(request, facts, circumstances);
  }
}

function compiledBy(bundle: CheckedBundle, compiler: Compiler): Compiled {
  return { compiler, plans: planTriples(bundle, compiler) };
}

/** What both evaluators must agree on. */
export interface Outline {
  readonly permitted: boolean;
  readonly code: string;
  readonly cause: string | undefined;
  readonly claim: string | undefined;
  readonly granted: readonly string[];
}

/** Whether there is a record that cannot be loaded. */
export function hasUnavailable({ records }: Scenario): boolean {
  return records.some((one) => one.unavailable === true);
}

export function outlineOf(verdict: Verdict | ReferenceVerdict): Outline {
  const { permitted, code, cause, claim, grants } = verdict;
  return {
    permitted,
    code,
    cause: cause && `${cause.layer}.${cause.rule}`,
    claim,
    granted: permitted ? grants.map((one) => one.claim) : [],
  };
}

/** Names and outcomes where they differ; empty where they agree. */
export function differences(
  compiled: ReadonlyMap<string, Truth>,
  interpreted: ReadonlyMap<string, Truth>,
): string[] {
  const names = new Set([...compiled.keys(), ...interpreted.keys()]);
  return [...names].flatMap((name) => {
    const [one, other] = [compiled.get(name), interpreted.get(name)];
    return one === other ? [] : [`${name}: compiled ${String(one)}, reference ${String(other)}`];
  });
}

/**
 * Whether the verdicts agree. Where a record could not be loaded, the engine may say that instead of naming what the
 * unknown brought about; it may not do so anywhere else, nor permit what the reference denies.
 */
export function agree(compiled: Outline, interpreted: Outline, mayBeUnavailable: boolean): boolean {
  if (compiled.code === 'facts_unavailable' && !interpreted.permitted) {
    return mayBeUnavailable;
  }
  return JSON.stringify(compiled) === JSON.stringify(interpreted);
}

/** How often CASL was asked while `run` ran: what shows that the compiled path was taken. */
export function countingAbilities<T>(run: () => T): { readonly result: T; readonly asked: number } {
  // oxlint-disable-next-line typescript/unbound-method -- it is bound again where it is called
  const original = Ability.prototype.relevantRuleFor;
  let asked = 0;
  Ability.prototype.relevantRuleFor = function counted(...args) {
    asked += 1;
    return original.apply(this, args);
  };
  try {
    return { result: run(), asked };
  } finally {
    Ability.prototype.relevantRuleFor = original;
  }
}
