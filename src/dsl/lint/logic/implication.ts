import type { Schema } from '../../types/schema.ts';
import type { Formula, Formulas } from './formula.ts';
import { constraintOf, isWithin } from './range.ts';

/** How many pairs of parts are compared before the answer is no. */
const MAXIMUM_STEPS = 200;

/**
 * Whether one condition can count only where another counts, in both polarities: where the first is true the second is
 * true, and where the second is false the first is false. Sound and not complete.
 */
export class Implications {
  readonly #formulas: Formulas;
  readonly #schema: Schema;
  #steps = 0;

  constructor(formulas: Formulas, schema: Schema) {
    this.#formulas = formulas;
    this.#schema = schema;
  }

  holds(narrow: Formula, wide: Formula): boolean {
    this.#steps = MAXIMUM_STEPS;
    return this.#holds(narrow, wide);
  }

  #holds(narrow: Formula, wide: Formula): boolean {
    if (this.#steps-- <= 0) return false;
    if (narrow.id === wide.id) return true;
    if (wide.kind === 'truth') return wide.value;
    if (wide.kind === 'and') return wide.parts.every((part) => this.#holds(narrow, part));
    if (narrow.kind === 'or') return narrow.parts.every((part) => this.#holds(part, wide));
    if (wide.kind === 'or' && wide.parts.some((part) => this.#holds(narrow, part))) return true;
    if (narrow.kind === 'and') return narrow.parts.some((part) => this.#holds(part, wide));
    if (narrow.kind !== 'atom' || wide.kind !== 'atom') return false;
    const { structure } = this.#formulas;
    const inner = constraintOf(narrow, this.#schema, structure);
    const outer = constraintOf(wide, this.#schema, structure);
    return inner !== undefined && inner.subject === outer?.subject && isWithin(inner.range, outer.range);
  }
}
