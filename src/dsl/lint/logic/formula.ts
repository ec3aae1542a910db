import type { CheckedExpression } from '../../check/checked.ts';
import type { CheckedStructure } from '../support/structure.ts';

/**
 * A condition in negation normal form. In strong Kleene logic `not` moves inwards as in plain logic, and `a != b` is
 * `not (a == b)`, `a >= b` is `not (a < b)`: each pair is unknown together.
 */
export type Formula =
  | { readonly kind: 'truth'; readonly value: boolean; readonly id: number }
  | Atom
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Formula[]; readonly id: number };

/** What is no combination of conditions, or the negation of it. */
export interface Atom {
  readonly kind: 'atom';
  /** Equal exactly for atoms that say the same, negated or not. */
  readonly positive: number;
  readonly negated: boolean;
  readonly node: CheckedExpression;
  readonly id: number;
}

/** Makes formulas; equal ids mean the same. */
export class Formulas {
  readonly structure: CheckedStructure;
  readonly #known = new Map<CheckedExpression, { plain?: Formula; negated?: Formula }>();

  constructor(structure: CheckedStructure) {
    this.structure = structure;
  }

  /** The formula of a condition; of none, true. */
  of(node: CheckedExpression | undefined, negated = false): Formula {
    if (node === undefined) return this.#truth(!negated);
    const known = this.#known.get(node) ?? {};
    this.#known.set(node, known);
    const key = negated ? 'negated' : 'plain';
    known[key] ??= this.#make(node, negated);
    return known[key];
  }

  #make(node: CheckedExpression, negated: boolean): Formula {
    switch (node.kind) {
      case 'constant':
        return typeof node.value === 'boolean'
          ? this.#truth(node.value !== negated)
          : this.#atom(node, negated);
      case 'not':
        return this.of(node.operand, !negated);
      case 'and':
      case 'or': {
        const kind = (node.kind === 'and') === negated ? 'or' : 'and';
        return this.#junction(
          kind,
          node.operands.map((one) => this.of(one, negated)),
        );
      }
      case 'implies':
        return this.#junction(negated ? 'and' : 'or', [
          this.of(node.left, !negated),
          this.of(node.right, negated),
        ]);
      default:
        return this.#atom(node, negated);
    }
  }

  #truth(value: boolean): Formula {
    return { kind: 'truth', value, id: this.structure.numberOfText(`truth ${value}`) };
  }

  #junction(kind: 'and' | 'or', operands: readonly Formula[]): Formula {
    const parts = operands.flatMap((one) => (one.kind === kind ? one.parts : [one]));
    const ids = [...new Set(parts.map((one) => one.id))].toSorted((a, b) => a - b);
    return { kind, parts, id: this.structure.numberOfText(`${kind} ${ids.join()}`) };
  }

  #atom(node: CheckedExpression, negated: boolean): Atom {
    const { positive, flipped } = this.#positive(node);
    const isNegated = negated !== flipped;
    const id = this.structure.numberOfText(`${isNegated ? 'not ' : ''}${positive}`);
    return { kind: 'atom', positive, negated: isNegated, node, id };
  }

  /** The number of an atom without negation, and whether the node is the negation of it. */
  #positive(node: CheckedExpression): { positive: number; flipped: boolean } {
    if (node.kind === 'comparison') {
      const left = this.structure.numberOf(node.left);
      const right = this.structure.numberOf(node.right);
      return this.#comparison(node.operator, left, right);
    }
    if (node.kind === 'riskComparison') {
      return this.#comparison(
        node.operator,
        this.structure.numberOfText('risk'),
        this.structure.numberOf(node.threshold),
      );
    }
    return { positive: this.structure.numberOf(node), flipped: false };
  }

  #comparison(operator: string, left: number, right: number): { positive: number; flipped: boolean } {
    const less = (a: number, b: number): number => this.structure.numberOfText(`less ${a} ${b}`);
    switch (operator) {
      case '<':
        return { positive: less(left, right), flipped: false };
      case '>=':
        return { positive: less(left, right), flipped: true };
      case '>':
        return { positive: less(right, left), flipped: false };
      case '<=':
        return { positive: less(right, left), flipped: true };
      default: {
        const [a, b] = left < right ? [left, right] : [right, left];
        return { positive: this.structure.numberOfText(`equal ${a} ${b}`), flipped: operator === '!=' };
      }
    }
  }
}
