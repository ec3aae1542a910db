import type { Question } from '../../decide/question.ts';
import type { Change } from '../types.ts';

/** A change together with what it does to a question, so that it can be tried. */
export interface Edit {
  readonly change: Change;
  /** What it changes: two edits that set one place to different values exclude each other. */
  readonly place: string;
  /** What it puts there; edits of one place that have the same mark are the same, and `null` ones add up. */
  readonly mark: string | null;
  /** True of an edit that only puts some value where none is: any other value that is put there does as well. */
  readonly isFiller?: boolean;
  readonly apply: (question: Question) => Question;
}

/** The mark of an edit after which there is nothing at its place. */
export const ABSENT = '\u0000absent';

/** Edits that together bring about what is wanted. */
export type EditSet = readonly Edit[];

/** Of more alternatives than these only the best are looked at. */
export const MAXIMUM_ALTERNATIVES = 48;

/** Two things that the caller can do are better than one for which somebody has to bend what is stored. */
const COST: Readonly<Record<Change['by'], number>> = { request: 100, time: 120, operator: 210, data: 250 };

/** What a set of edits asks of people: fewest first, then those that the caller can make. */
export function costOf(edits: EditSet): number {
  return edits.reduce((cost, edit) => cost + COST[edit.change.by], 0);
}

/** The best alternatives, cheapest first; equals stay in their order. */
export function best(alternatives: readonly EditSet[]): readonly EditSet[] {
  const seen = new Set<string>();
  const unique = alternatives.filter((edits) => {
    const key = edits
      .map((edit) => `${edit.place}\u0000${edit.mark}\u0000${edit.change.condition}`)
      .join('\u0001');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return unique.toSorted((a, b) => costOf(a) - costOf(b)).slice(0, MAXIMUM_ALTERNATIVES);
}

/** Every way to bring about all of several things. */
export function combine(parts: readonly (readonly EditSet[])[]): readonly EditSet[] {
  let combined: readonly EditSet[] = [[]];
  for (const part of parts) {
    const next: EditSet[] = [];
    for (const left of combined) {
      for (const right of part) {
        const both = join(left, right);
        if (both !== undefined) next.push(both);
      }
    }
    combined = best(next);
    if (combined.length === 0) return [];
  }
  return combined;
}

/** Both sets of edits, or undefined when they contradict each other. */
function join(left: EditSet, right: EditSet): EditSet | undefined {
  const joined = [...left];
  for (const edit of right) {
    const at = joined.findIndex(
      (one) => one.place === edit.place && (one.mark !== null || edit.mark !== null),
    );
    const other = joined[at];
    if (other === undefined) {
      if (!joined.some((one) => isSame(one, edit))) joined.push(edit);
    } else if (fills(other, edit)) {
      joined[at] = edit;
    } else if (!fills(edit, other) && other.mark !== edit.mark) {
      return undefined;
    }
  }
  return joined;
}

/** Whether a filler has nothing left to do beside another edit of its place. */
function fills(filler: Edit, other: Edit): boolean {
  return filler.isFiller === true && other.mark !== ABSENT;
}

function isSame(a: Edit, b: Edit): boolean {
  return a.place === b.place && a.mark === b.mark && a.change.condition === b.change.condition;
}
