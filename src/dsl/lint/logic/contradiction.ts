import type { CheckedExpression } from '../../check/checked.ts';
import type { Schema } from '../../types/schema.ts';
import type { Atom, Formula, Formulas } from './formula.ts';
import { areDisjoint, constraintOf, type Range } from './range.ts';

/** How many parts of conditions are looked at before a question stays open. */
const MAXIMUM_STEPS = 500;

/** Two parts of a condition that are never true together; the same one twice when it cannot be told which they are. */
export interface Contradiction {
  readonly first: CheckedExpression;
  readonly second: CheckedExpression;
}

/** What is assumed on one way through the alternatives of a condition. */
interface Assumed {
  readonly atoms: ReadonlyMap<number, Atom>;
  readonly ranges: ReadonlyMap<number, readonly { readonly range: Range; readonly atom: Atom }[]>;
}

/**
 * Why a condition is true of no facts at all, or undefined when it may be. Sound and not complete: it knows opposite
 * conditions and what constants leave of an expression's values, on every way through the alternatives.
 */
export class Contradictions {
  readonly #formulas: Formulas;
  readonly #schema: Schema;
  #steps = 0;

  constructor(formulas: Formulas, schema: Schema) {
    this.#formulas = formulas;
    this.#schema = schema;
  }

  in(formula: Formula): Contradiction | undefined {
    this.#steps = MAXIMUM_STEPS;
    return this.#search([formula], { atoms: new Map(), ranges: new Map() });
  }

  #search(waiting: readonly Formula[], assumed: Assumed): Contradiction | undefined {
    const atoms = new Map(assumed.atoms);
    const ranges = new Map(assumed.ranges);
    const alternatives: (Formula & { readonly kind: 'or' })[] = [];
    const open = [...waiting].toReversed();
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#steps-- <= 0) return undefined;
      if (next.kind === 'and') for (const part of next.parts.toReversed()) open.push(part);
      else if (next.kind === 'or') alternatives.push(next as Formula & { readonly kind: 'or' });
      else if (next.kind === 'atom') {
        const conflict = this.#assume(next, atoms, ranges);
        if (conflict !== undefined) return conflict;
      }
    }
    const [first, ...others] = alternatives;
    if (first === undefined) return undefined;
    let found: Contradiction | undefined;
    for (const part of first.parts) {
      found = this.#search([part, ...others], { atoms, ranges });
      if (found === undefined) return undefined;
    }
    return found;
  }

  #assume(
    atom: Atom,
    atoms: Map<number, Atom>,
    ranges: Map<number, readonly { readonly range: Range; readonly atom: Atom }[]>,
  ): Contradiction | undefined {
    const known = atoms.get(atom.positive);
    if (known !== undefined)
      return known.negated === atom.negated ? undefined : { first: known.node, second: atom.node };
    atoms.set(atom.positive, atom);
    const constraint = constraintOf(atom, this.#schema, this.#formulas.structure);
    if (constraint === undefined) return undefined;
    const before = ranges.get(constraint.subject) ?? [];
    const all = [...before, { range: constraint.range, atom }];
    ranges.set(constraint.subject, all);
    const isEmpty = areDisjoint(
      all.map(({ range }) => range),
      constraint.isWhole,
    );
    if (!isEmpty) return undefined;
    const other = before.find(({ range }) => areDisjoint([range, constraint.range], constraint.isWhole));
    return { first: (other ?? before.at(-1))?.atom.node ?? atom.node, second: atom.node };
  }
}
