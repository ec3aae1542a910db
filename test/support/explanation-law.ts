import type { Change, Explanation } from '../../src/engine/explain/types.ts';
import { applyChanges } from './apply-changes.ts';
import type { BothEvaluators, Question } from './decide-both.ts';
import type { Scenario } from './scenario.ts';

/** What explanations must keep to, and how often it came to the test. */
export class ExplanationLaw {
  readonly count = {
    questions: 0,
    permits: 0,
    denials: 0,
    changed: 0,
    severalChanges: 0,
    obstructed: 0,
    endedEarly: 0,
    withoutOne: 0,
    edits: {} as Record<string, number>,
    obstacles: {} as Record<string, number>,
    reasons: {} as Record<string, number>,
  };

  /** Throws where an explanation does not keep its word. */
  check(
    scenario: Scenario,
    explanation: Explanation,
    both: BothEvaluators,
    ask: (scenario: Scenario) => Question = (one) => both.question(one),
  ): void {
    const { count } = this;
    const { verdict, changes, obstacles, searchEndedEarly } = explanation;
    count.questions += 1;
    if (verdict.permitted) {
      count.permits += 1;
      if (changes?.length !== 0 || obstacles.length > 0 || searchEndedEarly)
        throw new Error('a permit needs no changes and has no obstacles');
      return;
    }
    count.denials += 1;
    if (searchEndedEarly) count.endedEarly += 1;
    if (changes === null) {
      if (obstacles.length > 0) count.obstructed += 1;
      this.#checkObstacles(explanation);
      return;
    }
    count.changed += 1;
    if (changes.length > 1) count.severalChanges += 1;
    if (changes.length === 0 || obstacles.length > 0)
      throw new Error('a denial has at least one change, or else obstacles');
    // What a reader gets is JSON.
    this.#checkChanges(scenario, JSON.parse(JSON.stringify(changes)) as Change[], both, ask);
  }

  #checkChanges(
    scenario: Scenario,
    changes: readonly Change[],
    both: BothEvaluators,
    ask: (scenario: Scenario) => Question,
  ): void {
    const { count } = this;
    const permits = (made: readonly Change[]): boolean => {
      const question = ask(applyChanges(scenario, made, both.bundle));
      const compiled = both.compiled(question).permitted;
      if (both.interpreted(question).permitted !== compiled)
        throw new Error(`the evaluators differ once changes are made: ${show(made)}`);
      return compiled;
    };
    if (!permits(changes)) throw new Error(`these changes do not permit: ${show(changes)}`);
    for (const [at, change] of changes.entries()) {
      add(count.edits, `${change.by} ${change.edit.kind}`);
      count.withoutOne += 1;
      if (permits(changes.toSpliced(at, 1))) {
        throw new Error(`one of these changes can be left out: ${show([change])} of ${show(changes)}`);
      }
      if ('at' in change.edit) {
        const isOfRequest = change.edit.at.part !== 'facts';
        if (isOfRequest !== (change.by === 'request'))
          throw new Error(`who makes this change? ${show([change])}`);
      }
    }
  }

  #checkObstacles({ obstacles, layers, claims, searchEndedEarly }: Explanation): void {
    const { count } = this;
    if (obstacles.length === 0 && !searchEndedEarly)
      throw new Error('a denial without changes names what is in the way');
    for (const { kind, name, reasons } of obstacles) {
      add(count.obstacles, kind);
      if (reasons.length === 0) throw new Error(`no reason is given why ${name} cannot be moved`);
      for (const { why, text } of reasons) {
        add(count.reasons, why);
        if (text === '') throw new Error(`${why} says nothing`);
      }
      const isKnown =
        kind === 'claim'
          ? claims.some((one) => one.claim === name)
          : kind !== 'forbid' && kind !== 'limit'
            ? true
            : layers.some((layer) => layer.rules.some((rule) => `${layer.name}.${rule.rule}` === name));
      if (!isKnown) throw new Error(`${kind} ${name} is none of this question`);
    }
  }
}

function add(into: Record<string, number>, key: string): void {
  into[key] = (into[key] ?? 0) + 1;
}

function show(changes: readonly Change[]): string {
  return JSON.stringify(changes, undefined, 1);
}
