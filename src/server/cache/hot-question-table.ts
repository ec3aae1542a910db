import { createHash } from 'node:crypto';
import { isObject } from '../../dsl/types/is-object.ts';
import type { Database } from '../store/database.ts';
import type { Heat, HotQuestion } from './hot-questions.ts';

const TABLE = 'velro_state.hot_questions';
/** The table holds so many. */
const MOST_ROWS = 2_000;
/** Held by the instance that writes. */
const LOCK = 7_083_553;
/** Milliseconds that writing may take. */
const LONGEST_WRITE = 5_000;

/** What the heat of a row has become since: half of it is left each hour. */
function cooled(row: string): string {
  return `${row}.heat * power(0.5, least(extract(epoch from now() - ${row}.noted_at)::float8 / 3600, 200))`;
}

/** The hottest questions that instances wrote down, the hottest first; what is no question is left out. */
export async function readHotQuestions(database: Database, count: number): Promise<readonly Heat[]> {
  const { rows } = await database.query<{ readonly question: Buffer; readonly heat: number }>('batch', {
    text: `select question, ${cooled('known')} as heat from ${TABLE} as known order by 2 desc limit $1`,
    values: [count],
  });
  return rows.flatMap(({ question, heat }) => {
    const read = questionOf(question);
    return read === undefined ? [] : [{ question: read, heat }];
  });
}

/** Writes down which questions are hot at this instance. What is hotter at another stays so; the coldest of all make room. */
export function writeHotQuestions(database: Database, heats: readonly Heat[]): Promise<void> {
  const rows = heats.map(({ question, heat }) => {
    const { action, subject, resource } = question;
    const bytes = Buffer.from(JSON.stringify({ action, subject, resource }));
    return { key: createHash('sha256').update(bytes).digest(), bytes, heat };
  });
  return database.transaction('batch', async (session) => {
    await session.run(
      `set local statement_timeout = ${LONGEST_WRITE}; set local lock_timeout = ${LONGEST_WRITE}; select pg_advisory_xact_lock(${LOCK})`,
    );
    await session.query({
      text: `insert into ${TABLE} as known (key, question, heat, noted_at)
        select key, question, heat, now() from unnest($1::bytea[], $2::bytea[], $3::float8[]) as given (key, question, heat)
        on conflict (key) do update set
          heat = greatest(excluded.heat, ${cooled('known')}), noted_at = excluded.noted_at`,
      values: [rows.map(({ key }) => key), rows.map(({ bytes }) => bytes), rows.map(({ heat }) => heat)],
    });
    await session.query({
      text: `delete from ${TABLE} where key in (
          select key from ${TABLE} as known order by ${cooled('known')} desc offset $1
        )`,
      values: [MOST_ROWS],
    });
  });
}

function questionOf(bytes: Buffer): HotQuestion | undefined {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
  if (!isObject(json) || typeof json['action'] !== 'string') return undefined;
  const subject = entityOf(json['subject']);
  const resource = entityOf(json['resource']);
  return subject && resource && { action: json['action'], subject, resource };
}

function entityOf(json: unknown): HotQuestion['subject'] | undefined {
  if (!isObject(json)) return undefined;
  const { type, id } = json;
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : undefined;
}
