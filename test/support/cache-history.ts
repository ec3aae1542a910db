import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { CACHE_TABLES } from './cache-scene.ts';

/** A fact that writers flip: what is written for it, and what it is at first. */
interface Flipped {
  readonly name: string;
  readonly sql: (value: boolean) => string;
  /** How seldom it leaves what it is at first, so that enough is permitted. */
  readonly inertia: number;
  /** Reads it back, as `value`. */
  readonly read: string;
  /** Every write of it, one after the other; what is not known to have failed may have happened from `begin` on. */
  readonly writes: { readonly value: boolean; readonly begin: number; readonly end: number }[];
  value: boolean;
  isBusy: boolean;
}

/** A question, and the verdict that follows from facts. */
interface Question {
  readonly person: string;
  readonly item: string;
  readonly facts: readonly Flipped[];
  readonly verdict: (values: readonly boolean[]) => boolean;
}

interface Decided {
  readonly question: Question;
  readonly permitted: boolean;
  readonly begin: number;
  readonly end: number;
}

/** What asks: one of the servers. */
export interface Asker {
  ask(
    person: string,
    action: string,
    item: string,
  ): Promise<{ readonly permitted: boolean | undefined; readonly source: string | undefined }>;
}

export interface HistoryOptions {
  readonly url: string;
  readonly seed: number;
  /** Milliseconds that it goes on. */
  readonly duration: number;
  /** Milliseconds after a commit in which what was before may still be answered. */
  readonly bound: number;
  readonly servers: readonly Asker[];
  /** Milliseconds that a writer waits between two writes, at most. */
  readonly pause?: number;
  /** What happens meanwhile; ends when `isOver` says so. */
  readonly faults?: (random: () => number, isOver: () => boolean) => Promise<void>;
}

export interface HistoryResult {
  readonly decisions: number;
  readonly permits: number;
  readonly hits: number;
  readonly unanswered: number;
  readonly flips: number;
  /** Answers that no state of the window gives, in words. */
  readonly violations: readonly string[];
}

const PEOPLE = 6;
const ITEMS = 8;
const PAIRS = 3;
const WRITERS = 4;
const READERS = 16;
/** So many questions a reader asks one after the other before others get their turn. */
const BURST = 10;

/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The tables with people, items and pairs of them; nobody has written yet. */
export function historyTables(): string {
  const people = Array.from({ length: PEOPLE }, (_, p) => `p${p}`);
  const pairs = Array.from({ length: PAIRS }, (_, n) => [`never${n}`, `always${n}`]).flat();
  return `${CACHE_TABLES}
    insert into people (id) select unnest(array['${[...people, ...pairs].join("','")}']);
    insert into memberships select id, team, 'viewer', true from people, unnest(array['red', 'blue']) team where id like 'p%';
    insert into memberships select id, team, 'viewer', team = 'red' from people, unnest(array['red', 'blue']) team where id like 'never%' or id like 'always%';
    insert into items select 'i' || n, 'p' || (n % ${PEOPLE}), 'red', case when n >= 4 then 'i' || (n - 4) end from generate_series(0, ${ITEMS - 1}) n;
    insert into items select 'item-' || id, 'cat', case when id like 'never%' then 'blue' else 'red' end from people where id like 'never%' or id like 'always%';`;
}

/** Flips facts, asks questions and lets faults happen, all at once; then holds every answer against the facts that there were. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { seed, duration, servers, bound, url } = options;
  const random = randomFrom(seed);
  const until = performance.now() + duration;
  const isOver = (): boolean => performance.now() >= until;
  const { flipped, questions } = scene();
  const decided: Decided[] = [];
  let hits = 0;
  let unanswered = 0;

  const readSome = async (asker: Asker): Promise<void> => {
    while (!isOver()) {
      for (let asked = 0; asked < BURST; asked += 1) {
        // A few are asked most, as it is in life.
        const question = questions[Math.floor(random() ** 2 * questions.length)] as Question;
        const begin = performance.now();
        const { permitted, source } = await asker.ask(question.person, 'read', question.item);
        if (permitted === undefined) unanswered += 1;
        else decided.push({ question, permitted, begin, end: performance.now() });
        if (source === 'l1-hit') hits += 1;
      }
      await delay(random() < 0.1 ? 10 * random() : 0);
    }
  };

  const write = async (): Promise<void> => {
    const session = new Writer(url);
    while (!isOver()) {
      const fact = flipped[Math.floor(random() * flipped.length)] as Flipped;
      if (!fact.isBusy && (!fact.value || random() >= fact.inertia)) {
        fact.isBusy = true;
        await session.flip(fact, isOver);
        fact.isBusy = false;
      }
      await delay(random() * (options.pause ?? 20));
    }
    await session.end();
  };

  await Promise.all([
    ...Array.from({ length: READERS }, (_, n) => readSome(servers[n % servers.length] as Asker)),
    ...Array.from({ length: WRITERS }, write),
    options.faults?.(random, isOver),
  ]);
  const violations = decided.flatMap((one) => (isPossible(one, bound) ? [] : [describe(one, bound)]));
  return {
    decisions: decided.length,
    permits: decided.filter(({ permitted }) => permitted).length,
    hits,
    unanswered,
    flips: flipped.reduce((sum, { writes }) => sum + writes.length, 0),
    violations,
  };
}

function scene(): { readonly flipped: readonly Flipped[]; readonly questions: readonly Question[] } {
  const flipped: Flipped[] = [];
  const fact = (name: string, sql: Flipped['sql'], read: string, inertia = 0): Flipped => {
    const made = {
      name,
      value: true,
      inertia,
      sql,
      read: `select ${read} as value`,
      writes: [],
      isBusy: false,
    };
    flipped.push(made);
    return made;
  };
  const active = Array.from({ length: PEOPLE }, (_, p) =>
    fact(
      `p${p} is active`,
      (on) => `update people set status = '${on ? 'active' : 'suspended'}' where id = 'p${p}'`,
      `(select status = 'active' from people where id = 'p${p}')`,
      0.8,
    ),
  );
  const member = Array.from({ length: PEOPLE }, (_, p) =>
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
  const isRed = Array.from({ length: ITEMS }, (_, i) =>
    fact(
      `i${i} is red`,
      (on) => `update items set team_id = '${on ? 'red' : 'blue'}' where id = 'i${i}'`,
      `(select team_id = 'red' from items where id = 'i${i}')`,
    ),
  );
  const questions: Question[] = [];
  for (let p = 0; p < PEOPLE; p += 1)
    for (let i = 0; i < ITEMS; i += 1) {
      const owner = i % PEOPLE;
      const [red, blue] = member[p] as [Flipped, Flipped];
      const parent = i >= 4 ? i - 4 : i;
      questions.push({
        person: `p${p}`,
        item: `i${i}`,
        facts: [active[p], active[owner], red, blue, isRed[i], isRed[parent]] as Flipped[],
        verdict: ([subject, itsOwner, inRed, inBlue, red1, red2]) =>
          subject === true &&
          itsOwner === true &&
          (owner === p || (red1 ? inRed : inBlue) === true || (red2 ? inRed : inBlue) === true),
      });
    }
  for (let n = 0; n < PAIRS; n += 1) {
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
  return { flipped, questions };
}

/** Writes on a connection that it makes anew when it is lost. */
class Writer {
  readonly #url: string;
  #client: pg.Client | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async flip(fact: Flipped, isOver: () => boolean): Promise<void> {
    const begin = performance.now();
    const value = !fact.value;
    try {
      await (await this.#connected()).query(fact.sql(value));
      fact.writes.push({ value, begin, end: performance.now() });
      fact.value = value;
    } catch {
      await this.end();
      // Whether it happened is asked until somebody knows; nobody else writes it meanwhile.
      const found = await this.#readBack(fact, isOver);
      fact.writes.push({ value, begin, end: found === undefined ? Infinity : performance.now() });
      // It may have happened and be seen from `begin` on; when it did not, what was before counts again.
      if (found === fact.value) fact.writes.push({ value: found, begin, end: performance.now() });
      fact.value = found ?? value;
    }
  }

  async #readBack(fact: Flipped, isOver: () => boolean): Promise<boolean | undefined> {
    for (let tries = 0; tries < 600; tries += 1) {
      try {
        const { rows } = await (await this.#connected()).query<{ value: boolean }>(fact.read);
        return rows[0]?.value;
      } catch {
        await this.end();
        await delay(isOver() ? 50 : 20);
      }
    }
    return undefined;
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client;
    const client = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    await client.connect();
    return (this.#client = client);
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}

/** Whether some state between the bound before the question and its answer gives that answer. */
function isPossible({ question, permitted, begin, end }: Decided, bound: number): boolean {
  const from = begin - bound;
  const moments = new Set([from, end]);
  for (const { writes } of question.facts)
    for (let at = writes.length - 1; at >= 0; at -= 1) {
      const write = writes[at] as Flipped['writes'][number];
      if (write.end < from) break;
      for (const moment of [write.begin, write.end]) if (moment >= from && moment <= end) moments.add(moment);
    }
  for (const moment of moments)
    for (const values of combinations(question.facts.map((fact) => valuesAt(fact, moment))))
      if (question.verdict(values) === permitted) return true;
  return false;
}

/** What a fact may have been at a moment. */
function valuesAt({ writes }: Flipped, moment: number): readonly boolean[] {
  const values = new Set<boolean>();
  for (let at = writes.length - 1; at >= 0; at -= 1) {
    const { value, begin, end } = writes[at] as Flipped['writes'][number];
    if (begin > moment) continue;
    values.add(value);
    if (end < moment) return [...values];
  }
  // At first all are true.
  values.add(true);
  return [...values];
}

function combinations(options: readonly (readonly boolean[])[]): readonly (readonly boolean[])[] {
  return options.reduce<readonly (readonly boolean[])[]>(
    (all, values) => all.flatMap((one) => values.map((value) => [...one, value])),
    [[]],
  );
}

function describe({ question, permitted, begin, end }: Decided, bound: number): string {
  const facts = question.facts.map(({ name, writes }) => {
    const last = writes
      .filter((write) => write.begin <= end)
      .slice(-3)
      .map(
        (write) => `${write.value} in ${Math.round(write.begin - begin)}…${Math.round(write.end - begin)}`,
      );
    return `${name}: ${last.join(', ') || 'as at first'}`;
  });
  return `${question.person} reads ${question.item}: ${permitted ? 'permit' : 'deny'} within ${Math.round(end - begin)} ms (bound ${bound}); ${facts.join('; ')}`;
}
