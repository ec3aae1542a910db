import type { CheckedExpression } from '../../dsl/check/checked.ts';
import { TextMemo } from '../../dsl/types/text-memo.ts';
import { keyOf } from '../../dsl/types/values.ts';
import { type CompileContext, isMissing, type Polarities } from './compile-context.ts';
import type { DecisionInput, ValueOf } from './decision-input.ts';
import { pathText } from './path-text.ts';

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
  readonly #value: ValueOf;
  readonly #remembered = new TextMemo<ValueFacts>(REMEMBERED, MOST_REMEMBERED);
  #conditions = 0;

  constructor(index: number, value: ValueOf) {
    this.#index = index;
    this.#value = value;
  }

  get isFull(): boolean {
    return this.#conditions >= CONDITIONS;
  }

  /** The same condition, which runs once for a value. */
  remember({ certainly, possibly }: Polarities): Polarities {
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
          if (certainly(input)) facts.certain |= bit;
          facts.certaintyKnown |= bit;
        }
        return (facts.certain & bit) !== 0;
      },
      possibly: (input) => {
        const facts = (input.valueFacts[index] as ValueFacts | undefined) ?? factsOf(input);
        if (facts === undefined) return possibly(input);
        if ((facts.possibilityKnown & bit) === 0) {
          if (possibly(input)) facts.possible |= bit;
          facts.possibilityKnown |= bit;
        }
        return (facts.possible & bit) !== 0;
      },
    };
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

  /** The condition, remembered by the value of the one path that it hangs on. */
  remember(path: CheckedExpression, compiled: Polarities, context: CompileContext): Polarities {
    const name = pathName(path);
    let memo = this.#memos.get(name);
    if (memo === undefined || memo.isFull) {
      memo = new PathMemo(this.#count, context.value(path));
      this.#count += 1;
      this.#memos.set(name, memo);
    }
    return memo.remember(compiled);
  }
}

/** The path by whose value a condition is remembered: the only thing that it reads, where that spares more than it costs. */
export function rememberedPath(expression: CheckedExpression): CheckedExpression | undefined {
  const path = isCostly(expression) ? singlePath(expression) : undefined;
  return path !== undefined && isKeyed(path) ? path : undefined;
}

/** Whether values of a path have keys. */
function isKeyed({ type }: CheckedExpression): boolean {
  return type.kind === 'string' || type.kind === 'uuid' || type.kind === 'ip';
}

/** Tells paths apart; types do so where they are spelt the same for different questions. */
export function pathName(path: CheckedExpression): string {
  return `${pathText(path)} ${rootTypes(path)}`;
}

function rootTypes(path: CheckedExpression): string {
  switch (path.kind) {
    case 'variable':
      return path.type.kind === 'reference' ? path.type.entities.join(' ') : '';
    case 'attribute':
    case 'identifier':
      return rootTypes(path.object);
    default:
      return '';
  }
}

/** The one path that a pure condition reads, or undefined when it reads more, or anything else. */
function singlePath(expression: CheckedExpression): CheckedExpression | undefined {
  const found: CheckedExpression[] = [];
  return collect(expression, found) && found.length > 0 ? found[0] : undefined;
}

/**
 * Collects the path that is read; false when there are two, or when something else is read. Variables in the slots
 * `literals` stand for literals.
 */
function collect(
  expression: CheckedExpression,
  found: CheckedExpression[],
  literals: readonly number[] = [],
): boolean {
  switch (expression.kind) {
    case 'constant':
      return true;
    case 'attribute':
    case 'identifier': {
      if (!isPlainPath(expression)) return false;
      const [first] = found;
      if (first === undefined) {
        found.push(expression);
        return true;
      }
      return pathText(first) === pathText(expression);
    }
    case 'call':
      return (
        expression.builtin.purity === 'pure' &&
        expression.builtin.evaluate !== undefined &&
        expression.arguments.every((one) => collect(one, found, literals))
      );
    case 'not':
    case 'matches':
    case 'negation':
      return collect(expression.operand, found, literals);
    case 'has':
      return expression.operand.kind === 'call' && collect(expression.operand, found, literals);
    case 'and':
    case 'or':
      return expression.operands.every((operand) => collect(operand, found, literals));
    case 'implies':
    case 'comparison':
    case 'arithmetic':
      return collect(expression.left, found, literals) && collect(expression.right, found, literals);
    case 'membership':
      return collect(expression.element, found, literals) && collect(expression.collection, found, literals);
    case 'inNetwork':
      return collect(expression.address, found, literals) && collect(expression.network, found, literals);
    case 'quantifier':
      // Over literals, the variable stands for one of them.
      return (
        expression.collection.kind === 'constant' &&
        collect(expression.body, found, [...literals, expression.slot])
      );
    case 'local':
      return literals.includes(expression.slot);
    default:
      return false;
  }
}

/** A path of attributes from a variable of the question; it means the same wherever it is read in a decision. */
function isPlainPath(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'variable':
      return expression.name !== 'now' && expression.name !== 'risk';
    case 'attribute':
    case 'identifier':
      return isPlainPath(expression.object);
    default:
      return false;
  }
}

/** Whether a condition does more than a lookup would. */
function isCostly(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'call':
    case 'matches':
    case 'inNetwork':
    case 'quantifier':
      return true;
    case 'not':
    case 'has':
    case 'negation':
      return isCostly(expression.operand);
    case 'and':
    case 'or':
      return expression.operands.some(isCostly);
    case 'implies':
    case 'comparison':
    case 'arithmetic':
      return isCostly(expression.left) || isCostly(expression.right);
    case 'membership':
      return isCostly(expression.element);
    default:
      return false;
  }
}
