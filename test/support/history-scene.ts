import { CACHE_TABLES, SHARED_BUNDLE } from './cache-scene.ts';
import type { WrittenValue } from './written-value.ts';

/** A fact that writers flip. */
export interface Fact extends WrittenValue<boolean> {
  readonly name: string;
  readonly sql: (value: boolean) => string;
  /** How seldom it leaves what it is at first, so that enough is permitted. */
  readonly inertia: number;
  /** Reads it back, as `value`. */
  readonly read: string;
  value: boolean;
  isBusy: boolean;
}

/** Two bundles whose verdicts differ: by the strict one, who may read the parent may not read the child for that alone. */
export type Policy = 'whole' | 'strict';

/** A question, and the verdict that follows from facts by a policy. */
export interface Question {
  readonly person: string;
  readonly item: string;
  readonly facts: readonly Fact[];
  readonly verdict: (values: readonly boolean[], policy: Policy) => boolean;
}

/** How much there is of it. */
export interface SceneSize {
  readonly people: number;
  readonly items: number;
  /** Pairs of people of whom two facts change together. */
  readonly pairs: number;
}

export const SMALL_SCENE: SceneSize = { people: 6, items: 8, pairs: 3 };

export interface HistoryScene {
  readonly facts: readonly Fact[];
  readonly questions: readonly Question[];
}

export const HISTORY_BUNDLES: Readonly<Record<Policy, Readonly<Record<string, string>>>> = {
  whole: SHARED_BUNDLE,
  strict: {
    ...SHARED_BUNDLE,
    'access.velro': (SHARED_BUNDLE['access.velro'] ?? '')
      .replace('layer 1 access version 1', 'layer 1 access version 2')
      .replace(/permit heir: [^]*?(?=permit open_team)/, ''),
  },
};

/** An item and the one that it may be a child of. */
function parentOf(item: number, items: number): number | undefined {
  return item >= items / 2 ? item - Math.floor(items / 2) : undefined;
}

/** The tables with people, items and pairs of them; nobody has written yet. */
export function historyTables({ people, items, pairs }: SceneSize = SMALL_SCENE): string {
  const paired = Array.from({ length: pairs }, (_, n) => [`never${n}`, `always${n}`]).flat();
  const names = [...Array.from({ length: people }, (_, p) => `p${p}`), ...paired];
  const rows = Array.from({ length: items }, (_, i) => {
    const parent = parentOf(i, items);
    return `('i${i}', 'p${i % people}', 'red', ${parent === undefined ? 'null' : `'i${parent}'`})`;
  });
  const isPaired = `(id like 'never%' or id like 'always%')`;
  return `${CACHE_TABLES}
    insert into people (id) select unnest(array['${names.join("','")}']);
    insert into memberships select id, team, 'viewer', true from people, unnest(array['red', 'blue']) team where id like 'p%';
    insert into memberships select id, team, 'viewer', team = 'red' from people, unnest(array['red', 'blue']) team where ${isPaired};
    insert into items values ${rows.join(', ')};
    insert into items select 'item-' || id, 'cat', case when id like 'never%' then 'blue' else 'red' end from people where ${isPaired};`;
}

export function historyScene({ people, items, pairs }: SceneSize = SMALL_SCENE): HistoryScene {
  const facts: Fact[] = [];
  const fact = (name: string, sql: Fact['sql'], read: string, inertia = 0): Fact => {
    const made: Fact = {
      name,
      first: true,
      value: true,
      inertia,
      sql,
      read: `select ${read} as value`,
      writes: [],
      isBusy: false,
    };
    facts.push(made);
    return made;
  };
  const active = Array.from({ length: people }, (_, p) =>
    fact(
      `p${p} is active`,
      (on) => `update people set status = '${on ? 'active' : 'suspended'}' where id = 'p${p}'`,
      `(select status = 'active' from people where id = 'p${p}')`,
      0.8,
    ),
  );
  const member = Array.from({ length: people }, (_, p) =>
    ['red', 'blue'].map((team) =>
      fact(
        `p${p} is in ${team}`,
        (on) =>
          on
            ? `insert into memberships values ('p${p}', '${team}', 'viewer', true)`
            : `delete from memberships where person_id = 'p${p}' and team_id = '${team}'`,
        `exists (select from memberships where person_id = 'p${p}' and team_id = '${team}')`,
      ),
    ),
  );
  const isRed = Array.from({ length: items }, (_, i) =>
    fact(
      `i${i} is red`,
      (on) => `update items set team_id = '${on ? 'red' : 'blue'}' where id = 'i${i}'`,
      `(select team_id = 'red' from items where id = 'i${i}')`,
    ),
  );
  const questions: Question[] = [];
  for (let p = 0; p < people; p += 1)
    for (let i = 0; i < items; i += 1) {
      const owner = i % people;
      const [red, blue] = member[p] as [Fact, Fact];
      const parent = parentOf(i, items) ?? i;
      questions.push({
        person: `p${p}`,
        item: `i${i}`,
        facts: [active[p], active[owner], red, blue, isRed[i], isRed[parent]] as Fact[],
        verdict: ([subject, itsOwner, inRed, inBlue, red1, red2], policy) =>
          subject === true &&
          itsOwner === true &&
          (owner === p ||
            (red1 ? inRed : inBlue) === true ||
            (policy === 'whole' && (red2 ? inRed : inBlue) === true)),
      });
    }
  for (let n = 0; n < pairs; n += 1) {
    // Team and membership change in one transaction, so that in every state they never agree, or always do.
    for (const [kind, agrees] of [
      ['never', false],
      ['always', true],
    ] as const) {
      const who = `${kind}${n}`;
      const swap = fact(
        `${who} is in red`,
        (on) => `begin;
          update memberships set is_active = (team_id = 'red') = ${on} where person_id = '${who}';
          update items set team_id = '${on === agrees ? 'red' : 'blue'}' where id = 'item-${who}';
          commit`,
        `(select is_active from memberships where person_id = '${who}' and team_id = 'red')`,
      );
      questions.unshift({ person: who, item: `item-${who}`, facts: [swap], verdict: () => agrees });
    }
  }
  return { facts, questions };
}
