import { StartError } from '../../config/start-error.ts';
import type { Database } from '../database.ts';
import { maintain } from '../maintenance.ts';
import { type Cell, domainSize, domainTables, type SeedTable } from './domain-rows.ts';

/** So many rows go into one piece of text. */
const CHUNK = 5_000;

export interface SeedOptions {
  readonly users: number;
  readonly seed: number;
  /** Told now and then of the rows that were made, of about so many. */
  readonly onProgress: (done: number, expected: number, table: string) => void;
}

/** Rows by table. */
export type Seeded = Readonly<Record<string, number>>;

/**
 * Fills the empty tables of the reference domain with made-up rows: the same seed makes the same. All of them or none.
 * Throws a `StartError` when there are rows already, or the tables are somebody's own.
 */
export async function seedDomain(
  database: Database,
  { users, seed, onProgress }: SeedOptions,
): Promise<Seeded> {
  const tables = domainTables(domainSize(users), seed);
  const expected = tables.reduce((sum, table) => sum + table.expected, 0);
  const seeded: Record<string, number> = {};
  await database.transaction('batch', async (session) => {
    const [ours] = await session.run(
      "select obj_description(to_regclass('users'), 'pg_class') = 'velro: reference domain' as ours",
    );
    if (ours?.['ours'] !== true)
      throw new StartError(
        'the tables of this database are not those of the reference domain: nothing is written into them',
      );
    const [found] = await session.run('select exists (select from users) as filled');
    if (found?.['filled'] === true)
      throw new StartError('the table `users` has rows already: made-up rows go into empty tables only');
    for (const table of tables) {
      const count = (rows: number): void => {
        seeded[table.name] = (seeded[table.name] ?? 0) + rows;
        const done = Object.values(seeded).reduce((sum, one) => sum + one, 0);
        onProgress(done, expected, table.name);
      };
      await session.copy(table.name, table.columns, chunksOf(table, count));
    }
    // What the planner knows of the tables; without it the first statements would scan them.
    await session.run(`analyze ${tables.map(({ name }) => name).join(', ')}`);
  });
  await maintain(database);
  return seeded;
}

/** The rows in the text format of COPY, some thousand at a time. */
function* chunksOf(table: SeedTable, onRows: (count: number) => void): Generator<string> {
  let lines: string[] = [];
  for (const row of table.rows()) {
    lines.push(`${row.map(cellText).join('\t')}\n`);
    if (lines.length < CHUNK) continue;
    yield lines.join('');
    onRows(lines.length);
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
  onRows(lines.length);
}

/** Nothing that is made up holds a tab, a line break or a backslash. */
function cellText(cell: Cell): string {
  return cell === null ? String.raw`\N` : String(cell);
}
