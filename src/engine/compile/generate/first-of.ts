import type { CheckedExpression } from '../../../dsl/check/checked.ts';
import { ALWAYS, type CompileContext } from '../compile-context.ts';
import type { DecisionInput, Predicate } from '../decision-input.ts';
import type { Part } from './code-writer.ts';
import { type Polarity, writeCondition } from './write-condition.ts';
import { writtenAfter } from './written-after.ts';

/** Something that is true of an input or not: by itself, and as a part of a larger function. */
export interface Asked extends Part {
  closure(): Predicate;
}

/** One formula of a condition; where a mode is named, only while that is on. */
export function askedOf(
  condition: CheckedExpression | undefined,
  polarity: Polarity,
  context: CompileContext,
  mode?: string,
): Asked {
  return {
    write(writer) {
      const text = condition === undefined ? 'true' : writeCondition(condition, polarity, writer, context);
      if (mode === undefined) return text;
      return `input.live.modes.size > 0 && input.live.modes.has(${writer.bind(mode)}) && ${text}`;
    },
    closure() {
      const holds = condition === undefined ? ALWAYS : context[polarity](condition);
      return mode === undefined ? holds : (input) => input.live.modes.has(mode) && holds(input);
    },
  };
}

/** Finds the first of several that is true; -1 where none is. */
export type FindFirst = (input: DecisionInput) => number;

/** One function for all of them, once they were asked so often. */
export function firstOf(asked: readonly Asked[], writeAfter: number): FindFirst {
  return writtenAfter(
    writeAfter,
    () => walkOver(asked.map((one) => one.closure())),
    (writer) => {
      const statements = asked.map((one, index) => `if (${writer.part(one)}) return ${index};`);
      return [...statements, 'return -1;'].join('\n');
    },
  );
}

function walkOver(predicates: readonly Predicate[]): FindFirst {
  return (input) => {
    for (let index = 0; index < predicates.length; index += 1) if (predicates[index]?.(input)) return index;
    return -1;
  };
}

/** Whether it is true, by a function of its own once it was asked so often; notes in the input where it may be unknown. */
export function predicateOf(asked: Asked, writeAfter: number): Predicate {
  return writtenAfter(
    writeAfter,
    () => {
      const holds = asked.closure();
      return (input) => {
        // A closure does not say what it met.
        input.metUnknown = true;
        return holds(input);
      };
    },
    (writer) => `return ${writer.part(asked)};`,
    { notesUnknown: true },
  );
}
