import type { CheckedBundle, Triple } from '../../dsl/check/bundle.ts';
import type { PreparedRequest } from '../../engine/decide/types.ts';
import type { FactQuestion } from '../ports.ts';
import type { Row, Statement } from '../store/database.ts';
import type { BundleStatements } from './sql/bundle-statements.ts';
import type { ByRoot } from './sql/fact-statement.ts';
import { LoadedFacts } from './sql/loaded-facts.ts';

/** What several questions found, all of one state. */
export interface LoadedTogether {
  /** Of each question in order: by the roots that lead there, or as a whole where it names further records. */
  readonly facts: readonly (ByRoot<LoadedFacts> | LoadedFacts)[];
  /** As the database says it; undefined where no question was answered by roots. */
  readonly snapshot: unknown;
  /** Whether a replica answered; anything but false counts as yes. */
  readonly isReplica: boolean;
}

/** Questions that one statement answers. */
interface Group {
  readonly triple: Triple;
  readonly namesMore: boolean;
  readonly requests: PreparedRequest[];
  /** Their places among all questions. */
  readonly places: number[];
}

/** Loads what any number of questions may read, by one statement for each kind of question. */
export async function loadTogether(
  statements: BundleStatements,
  questions: readonly FactQuestion[],
  bundle: CheckedBundle,
  ask: (asked: readonly Statement[]) => Promise<readonly (readonly Row[])[]>,
): Promise<LoadedTogether> {
  const facts: (ByRoot<LoadedFacts> | LoadedFacts)[] = [];
  const asked: Statement[] = [];
  const readers: ((rows: readonly Row[]) => void)[] = [];
  const first: Row[] = [];
  for (const { triple, namesMore, requests, places } of groupsOf(statements, questions)) {
    const shape = requests.length === 1 ? 'one' : 'many';
    const statement = namesMore
      ? statements.of(triple, requests, shape)
      : statements.withSnapshot(triple, shape);
    if (statement === undefined || namesMore) {
      const all = new LoadedFacts(bundle);
      for (const place of places) facts[place] = all;
      if (statement === undefined) continue;
      readers.push((rows) => statement.read(rows, requests, all));
    } else {
      readers.push((rows) => {
        first.push(...rows.slice(0, 1));
        for (const [index, found] of statement.readByRoot(rows, requests).entries())
          facts[places[index] as number] = found;
      });
    }
    asked.push(statement.for(requests));
  }
  const results = asked.length === 0 ? [] : await ask(asked);
  for (const [index, read] of readers.entries()) read(results[index] ?? []);
  const [said] = first;
  return { facts, snapshot: said?.['snapshot'], isReplica: said?.['isReplica'] !== false };
}

function groupsOf(statements: BundleStatements, questions: readonly FactQuestion[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const [place, { triple, request }] of questions.entries()) {
    const namesMore = statements.namesMore(triple, request);
    const key = `${triple.index} ${namesMore}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { triple, namesMore, requests: [], places: [] }));
    group.requests.push(request);
    group.places.push(place);
  }
  return groups.values();
}
