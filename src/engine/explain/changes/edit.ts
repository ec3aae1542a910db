import type { Question } from '../../decide/question.ts';
import type { Change } from '../types.ts';
import type { SearchLog } from './search-log.ts';

/** A change together with what it does to a question, so that it can be tried. */
export interface Edit {
  readonly change: Change;
  /** What it changes: two edits that set one place to different values exclude each other. */
  readonly place: string;
  /** What it puts there; edits of one place that have the same mark are the same, and `null` ones add up. */
  readonly mark: string | null;
  /** True of an edit that only puts some value where none is: any other value that is put there does as well. */
  readonly isFiller?: boolean;
  /** Of waiting: until when. Who waits for two things waits for the later one. */
  readonly until?: number;
  readonly apply: (question: Question) => Question;
}

/** The mark of an edit after which there is nothing at its place. */
export const ABSENT = '\u0000absent';

/** Edits that together bring about what is wanted. */
export type EditSet = readonly Edit[];

/** Of more alternatives than these only the best are looked at. */
const MAXIMUM_ALTERNATIVES = 48;
/** Conditions that one value has to meet are all named up to this length. */
const MAXIMUM_TEXT = 240;

/** One change is better than two whoever makes it; of as many, those that the caller can make are best. */
const COST: Readonly<Record<Change['by'], number>> = {
  request: 1000,
  time: 1001,
  operator: 1010,
  data: 1020,
};
/** To make something up is worse than to change it. */
const COST_OF_RECORD = 1060;
/** Of one more element of a set that is changed anyway. */
const COST_OF_ELEMENT = 5;
/** What only has to be there says less than what it has to be. */
const COST_OF_FILLING = 2;

/** What a set of edits asks of people; more elements of one set are one change. */
export function costOf(edits: EditSet): number {
  const sets = new Set<string>();
  let cost = 0;
  for (const { change, place, mark, isFiller } of edits) {
    if (mark === null && sets.has(place)) cost += COST_OF_ELEMENT;
    else cost += change.edit.kind === 'record' ? COST_OF_RECORD : COST[change.by];
    if (mark === null) sets.add(place);
    if (isFiller === true) cost += COST_OF_FILLING;
  }
  return cost;
}

/** What tells sets of edits apart. */
export function keyOfEdits(edits: EditSet): string {
  return edits
    .map((edit) => `${edit.place}\u0000${edit.mark}\u0000${edit.mark === null ? edit.change.condition : ''}`)
    .toSorted()
    .join('\u0001');
}

/** The best alternatives, cheapest first; equals stay in their order. */
export function best(alternatives: readonly EditSet[], log: SearchLog): readonly EditSet[] {
  if (alternatives.length < 2) return alternatives;
  const seen = new Set<string>();
  const unique = alternatives.filter((edits) => {
    const key = keyOfEdits(edits);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  if (unique.length > MAXIMUM_ALTERNATIVES) log.endEarly();
  return unique.toSorted((a, b) => costOf(a) - costOf(b)).slice(0, MAXIMUM_ALTERNATIVES);
}

/** Every way to bring about all of several things. */
export function combine(parts: readonly (readonly EditSet[])[], log: SearchLog): readonly EditSet[] {
  if (parts.some((part) => part.length === 0)) return [];
  let combined: readonly EditSet[] = [[]];
  for (const part of parts) {
    if (part.length === 1 && part[0]?.length === 0) continue;
    const next: EditSet[] = [];
    for (const left of combined) {
      for (const right of part) {
        if (!log.spend(1)) return [];
        const both = join(left, right);
        if (both !== undefined) next.push(both);
      }
    }
    combined = best(next, log);
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
    } else if (other.until !== undefined && edit.until !== undefined) {
      joined[at] = edit.until > other.until ? edit : other;
    } else if (other.mark === edit.mark) {
      joined[at] = { ...other, change: sayBoth(other.change, edit.change) };
    } else if (fills(other, edit)) {
      joined[at] = edit;
    } else if (!fills(edit, other)) {
      return undefined;
    }
  }
  return joined;
}

/** One value that has to meet two conditions says so. */
function sayBoth(one: Change, other: Change): Change {
  if (one.condition.includes(other.condition) || other.condition.startsWith('has ')) return one;
  if (other.condition.includes(one.condition) || one.condition.startsWith('has ')) return other;
  const condition = `${one.condition} and ${other.condition}`;
  if (condition.length > MAXIMUM_TEXT) return one;
  return { ...one, condition, text: `${one.text} and ${other.text}`, advice: one.advice ?? other.advice };
}

/** Whether a filler has nothing left to do beside another edit of its place. */
function fills(filler: Edit, other: Edit): boolean {
  return filler.isFiller === true && other.mark !== ABSENT;
}

function isSame(a: Edit, b: Edit): boolean {
  return a.place === b.place && a.mark === b.mark && a.change.condition === b.change.condition;
}

/** In the order in which they are made: as they were found, but what holds a place before the place. */
export function inOrder(edits: EditSet): EditSet {
  const ordered: Edit[] = [];
  for (const edit of edits) {
    const within = ordered.findIndex((one) => one.place.startsWith(`${edit.place}\u0000`));
    ordered.splice(within === -1 ? ordered.length : within, 0, edit);
  }
  return ordered;
}

/** What is added to and taken from one set or list is one change. */
export function mergeElements(edits: EditSet): readonly EditSet[] {
  return [...Map.groupBy(edits, (edit) => (edit.mark === null ? edit.place : edit)).values()];
}

/** The change that all edits of one group make. */
export function changeOfGroup(group: EditSet): Change | undefined {
  const [first, ...others] = group;
  return others.reduce((change: Change | undefined, { change: other }) => {
    if (change?.edit.kind !== 'elements' || other.edit.kind !== 'elements') return change;
    return {
      ...change,
      condition: `${change.condition} and ${other.condition}`,
      text: `${change.text} and ${other.text}`,
      advice: change.advice ?? other.advice,
      edit: {
        ...change.edit,
        add: [...change.edit.add, ...other.edit.add],
        remove: [...change.edit.remove, ...other.edit.remove],
      },
    };
  }, first?.change);
}
