import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { TextMemo } from '../../dsl/types/text-memo.ts';
import { keyOf, type Value } from '../../dsl/types/values.ts';
import { type CompileContext, isMissing, type Polarities } from './compile-context.ts';
import type { DecisionInput, Predicate, ValueOf } from './decision-input.ts';
import { type Polarity, writeOfGiven } from './generate/write-condition.ts';
import { writtenAfter } from './generate/written-after.ts';
import { pathName } from './remembered-path.ts';

/** What is known of one value: bit n of each mask belongs to the n-th condition on the path. */
interface ValueFacts {
  /** Conditions of which it is known whether they are certainly true, and those that are. */
  certaintyKnown: number;
  certain: number;
  possibilityKnown: number;
  possible: number;
}

function nothingKnown(): ValueFacts {
  return { certaintyKnown: 0, certain: 0, possibilityKnown: 0, possible: 0 };
}

/** Places for values of one path, to begin with and at most: enough for the ids of those who are active at a time. */
const REMEMBERED = 1_024;
const MOST_REMEMBERED = 32_768;
/** Of so many paths a decision looks up the value only once. */
const FOUND_ONCE = 8;
/** Bits of a small integer. */
const CONDITIONS = 30;

/** Conditions on one path, such as all that the identifier checks ask of `subject.id`, remembered by its value. */
class PathMemo {
  readonly #index: number;
  readonly #path: CheckedExpression;
  readonly #context: CompileContext;
  readonly #value: ValueOf;
  readonly #remembered = new TextMemo<ValueFacts>(REMEMBERED, MOST_REMEMBERED);
  #conditions = 0;

  constructor(index: number, path: CheckedExpression, context: CompileContext) {
    this.#index = index;
    this.#path = path;
    this.#context = context;
    this.#value = context.value(path);
  }

  get isFull(): boolean {
    return this.#conditions >= CONDITIONS;
  }

  /** The same condition, which runs once for a value. */
  remember(condition: CheckedExpression, { certainly, possibly }: Polarities): Polarities {
    const isCertain = this.#ofValue(condition, 'certainly', certainly);
    const isPossible = this.#ofValue(condition, 'possibly', possibly);
    const bit = 1 << this.#conditions;
    const index = this.#index;
    const factsOf = (input: DecisionInput): ValueFacts | undefined => this.#factsOf(input);
    this.#conditions += 1;
    // Nearly always the value was looked up before in the decision, and its condition computed before that.
    return {
      certainly: (input) => {
        const facts = (input.valueFacts[index] as ValueFacts | undefined) ?? factsOf(input);
        if (facts === undefined) return certainly(input);
        if ((facts.certaintyKnown & bit) === 0) {
          if (isCertain(input)) facts.certain |= bit;
          facts.certaintyKnown |= bit;
        }
        return (facts.certain & bit) !== 0;
      },
      possibly: (input) => {
        const facts = (input.valueFacts[index] as ValueFacts | undefined) ?? factsOf(input);
        if (facts === undefined) return possibly(input);
        if ((facts.possibilityKnown & bit) === 0) {
          if (isPossible(input)) facts.possible |= bit;
          facts.possibilityKnown |= bit;
        }
        return (facts.possible & bit) !== 0;
      },
    };
  }

  /** One formula where the path has a value: a function of that value, once so many values came. */
  #ofValue(condition: CheckedExpression, polarity: Polarity, closure: Predicate): Predicate {
    const value = this.#value;
    const answer = writtenAfter(
      this.#context.writeAfter,
      () => closure,
      (writer) => `return ${writeOfGiven(condition, polarity, closure, writer, this.#context)};`,
      { given: this.#path },
    );
    return (input) => answer(input, value(input) as Value);
  }

  #factsOf(input: DecisionInput): ValueFacts | undefined {
    const value = this.#value(input);
    if (isMissing(value)) return undefined;
    // Only paths whose values have a text for a key are remembered; see `isKeyed`.
    const text = keyOf(value) as string;
    const facts = this.#remembered.getOrCompute(text, nothingKnown);
    if (this.#index < FOUND_ONCE) input.valueFacts[this.#index] = facts;
    return facts;
  }
}

/** The memos of a compiler, by path. */
export class SingleValueMemos {
  readonly #memos = new Map<string, PathMemo>();
  #count = 0;

  /** The condition, which was compiled as said, remembered by the value of the one path that it hangs on. */
  remember(
    condition: CheckedExpression,
    path: CheckedExpression,
    compiled: Polarities,
    context: CompileContext,
  ): Polarities {
    const name = pathName(path);
    let memo = this.#memos.get(name);
    if (memo === undefined || memo.isFull) {
      memo = new PathMemo(this.#count, path, context);
      this.#count += 1;
      this.#memos.set(name, memo);
    }
    return memo.remember(condition, compiled);
  }
}
