import { decideInput } from '../decide/decide.ts';
import { inputOf, type Question } from '../decide/question.ts';
import type { Verdict } from '../decide/types.ts';
import {
  best,
  changeOfGroup,
  combine,
  costOf,
  type EditSet,
  inOrder,
  keyOfEdits,
  mergeElements,
} from './changes/edit.ts';
import { forgetUnmentioned } from './changes/known-references.ts';
import { SearchLog } from './changes/search-log.ts';
import { contextOf, type SearchTools, standingAgainst, waysAround } from './changes/standing.ts';
import { findObstacles, isDecidedByRules, obstaclesInConflict } from './find-obstacles.ts';
import type { Change, Obstacle } from './types.ts';

/** So many sets of changes are tried before the search gives up. */
const MAXIMUM_TRIALS = 400;
/** A change may bring another rule into play, or open the way to the next, so many times. */
const MAXIMUM_ROUNDS = 6;
/** So many sets that are not enough are carried on from in each round. */
const MAXIMUM_OPEN = 12;

/** What a search for changes found: changes, or else what is in the way. */
export interface FoundChanges {
  readonly changes: readonly Change[] | null;
  readonly obstacles: readonly Obstacle[];
  readonly searchEndedEarly: boolean;
}

/**
 * Changes after which a denied question is permitted: they are tried before they are named, and none can be left out.
 * Where none were found: what cannot be changed.
 */
export function findChanges(question: Question, verdict: Verdict, tools: SearchTools): FoundChanges {
  if (!isDecidedByRules(verdict)) {
    return { changes: null, obstacles: findObstacles(question, verdict, tools), searchEndedEarly: false };
  }
  const search = new ChangeSearch(question, tools);
  const found = search.run();
  if (found !== undefined) {
    const changes = mergeElements(found).map((group) => changeOfGroup(group) as Change);
    // Nothing is fewer than one.
    return { changes, obstacles: [], searchEndedEarly: search.endedEarly && changes.length > 1 };
  }
  const { endedEarly } = search;
  let obstacles = findObstacles(question, verdict, tools);
  for (const edits of search.deadEnds) {
    if (obstacles.length > 0) break;
    obstacles = findObstacles(search.apply(edits), verdict, tools);
  }
  if (obstacles.length === 0 && !endedEarly) obstacles = obstaclesInConflict(question, tools);
  return { changes: null, obstacles, searchEndedEarly: endedEarly };
}

class ChangeSearch {
  /** Sets of changes after which something stands in the way that cannot be moved. */
  readonly deadEnds: EditSet[] = [];
  readonly #question: Question;
  readonly #tools: SearchTools;
  readonly #log = new SearchLog();
  readonly #tried = new Set<string>();
  #trials = 0;

  constructor(question: Question, tools: SearchTools) {
    this.#question = question;
    this.#tools = tools;
  }

  /** Whether something was left untried. */
  get endedEarly(): boolean {
    return this.#log.endedEarly;
  }

  /** Looks at the cheapest proposals first; one that is not enough is carried on from there. */
  run(): EditSet | undefined {
    let open: readonly EditSet[] = [[]];
    let found: EditSet | undefined;
    let most = Number.POSITIVE_INFINITY;
    for (let round = 0; round < MAXIMUM_ROUNDS && open.length > 0; round += 1) {
      const next: EditSet[] = [];
      for (const edits of open) {
        for (const proposal of this.#proposals(edits)) {
          if (costOf(proposal) >= most) continue;
          const key = keyOfEdits(proposal);
          if (this.#tried.has(key)) continue;
          this.#tried.add(key);
          if (this.#trials >= MAXIMUM_TRIALS) {
            this.#log.endEarly();
            return found;
          }
          if (this.#permits(proposal)) {
            const needed = this.#needed(proposal);
            if (costOf(needed) < most) {
              found = needed;
              most = costOf(needed);
            }
          } else next.push(proposal);
        }
      }
      const limit = most;
      const worthwhile = best(
        next.filter((edits) => costOf(edits) < limit),
        this.#log,
      );
      if (worthwhile.length > MAXIMUM_OPEN) this.#log.endEarly();
      open = worthwhile.slice(0, MAXIMUM_OPEN);
    }
    if (open.length > 0) this.#log.endEarly();
    return found;
  }

  apply(edits: EditSet): Question {
    const edited = inOrder(edits).reduce((question, edit) => edit.apply(question), this.#question);
    const request = forgetUnmentioned(this.#question.request, edited.request);
    return request === edited.request ? edited : { ...edited, request };
  }

  #permits(edits: EditSet): boolean {
    this.#trials += 1;
    const { plan } = this.#tools;
    return decideInput(plan, inputOf(plan, this.apply(edits)), this.#tools).permitted;
  }

  /** Leaves out what is not needed, until nothing can be left out. */
  #needed(edits: EditSet): EditSet {
    let needed = inOrder(edits);
    for (let again = true; again; ) {
      again = false;
      const groups = mergeElements(needed).filter((group) => group.length > 1);
      for (const left of [...groups, ...needed.map((edit) => [edit])]) {
        const fewer = needed.filter((one) => !left.includes(one));
        if (fewer.length === needed.length || !this.#permits(fewer)) continue;
        needed = fewer;
        again = true;
      }
    }
    return needed;
  }

  /** What would satisfy everything that still stands against a permit once these edits are made. */
  #proposals(edits: EditSet): readonly EditSet[] {
    const context = contextOf(this.apply(edits), this.#tools, this.#log);
    const parts = standingAgainst(context).map((one) => waysAround(one, context));
    const proposals = parts.length === 0 ? [] : combine([[edits], ...parts], this.#log);
    if (proposals.length === 0) this.deadEnds.push(edits);
    return proposals;
  }
}
