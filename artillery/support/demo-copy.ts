import { type DemoRecord, demoFacts } from '../../scripts/support/demo-facts.ts';
import { FILES, GENERATIONS, PEOPLE, PROJECTS, TEAMS } from '../../scripts/support/demo-names.ts';
import { DemoRandom } from '../../scripts/support/demo-random.ts';

const SEED = 20_260_105;
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const NAMED = new Set(
  [PEOPLE, TEAMS, PROJECTS, GENERATIONS, FILES].flatMap((names) => Object.values<string>(names)),
);
const facts = demoFacts().filter(({ id }) => NAMED.has(id));

/**
 * The people and things that the demo calls by name, once more under ids of their own: whatever is asked about one copy uses
 * up no limit of another.
 */
export interface DemoCopy {
  readonly facts: readonly DemoRecord[];
  /** A text about the demo as a text about this copy. Ids that no fact has are new ones too, but for those in `kept`. */
  rename(text: string, kept?: ReadonlySet<string>): string;
}

/** A copy of the demo; the same index gives the same ids. */
export function copyDemo(index: number): DemoCopy {
  const random = new DemoRandom(SEED + index);
  const ids = new Map(Array.from(NAMED, (id) => [id, random.uuid4()]));
  const idFor = (id: string): string => {
    const known = ids.get(id) ?? random.uuid4();
    ids.set(id, known);
    return known;
  };
  const rename = (text: string, kept?: ReadonlySet<string>): string =>
    text.replaceAll(UUID, (id) => (kept?.has(id) === true ? id : idFor(id)));
  return {
    rename,
    get facts() {
      return facts.map((record) => JSON.parse(rename(JSON.stringify(record))) as DemoRecord);
    },
  };
}
