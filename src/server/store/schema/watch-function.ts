import { createHash } from 'node:crypto';
import { quoteIdentifier } from '../quote-identifier.ts';
import { dollarQuote, quoteLiteral } from '../quote-literal.ts';
import { FACTS_CHANNEL } from './fact-change.ts';
import type { Watch } from './watch-plan.ts';

/** A table by its schema and name. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Rows that a statement, and ids that a transaction may tell of one by one; beyond, all of the type are told of. */
export const MOST_TOLD = 1_000;
/** The database takes payloads of less than 8,000 bytes. */
const LONGEST_PAYLOAD = 7_900;

/** The function that tells of changes of one table: only what triggers call is in the schema of the engine under such a name. */
export interface WatchFunction {
  readonly name: string;
  readonly body: string;
}
export const FUNCTION_NAME = '^tell_of_[0-9a-f]{16}$';

/**
 * What holds while it runs: nobody's search path decides what its names mean, and values that differ have texts that
 * differ.
 */
export const FUNCTION_SETTINGS: readonly string[] = [
  'search_path=pg_catalog, pg_temp',
  'extra_float_digits=1',
  'IntervalStyle=postgres',
];

/** The function that tells of changes of a table. */
export function watchFunction(table: TableName, watches: readonly Watch[]): WatchFunction {
  const digest = createHash('sha256')
    .update(JSON.stringify([table.schema, table.name]))
    .digest('hex');
  return { name: `tell_of_${digest.slice(0, 16)}`, body: bodyOf(watches) };
}

/** Makes the function, or makes it another. */
export function createFunction({ name, body }: WatchFunction, table: TableName): string {
  const shown = `velro_state.${quoteIdentifier(name)}()`;
  return `create or replace function ${shown} returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
set intervalstyle = postgres
as ${dollarQuote(body)};
comment on function ${shown} is ${quoteLiteral(`velro: tells of changes of ${table.schema}.${table.name}`)};`;
}

/**
 * What the triggers run, once a statement. Of an update only those rows count that differ in a column that is read,
 * compared as text: that is how values are read, and every type has one. A row that moves is told of with both ids.
 *
 * It reads nothing but the rows of the statement, so it needs no privilege that the writer lacks; and whatever fails in
 * it, such as a column that was renamed since, tells of everything instead of failing the write.
 */
function bodyOf(watches: readonly Watch[]): string {
  const types = [...new Set(watches.map(({ type }) => type))].toSorted();
  return `
#variable_conflict use_column
declare
  velro_told text[] := '{}';
  velro_count bigint;
  velro_all boolean := tg_op = 'TRUNCATE';
begin
  begin
    if tg_op = 'INSERT' then
      velro_all := exists (select from velro_new offset ${MOST_TOLD});
      if not velro_all then
        velro_told := array(${payloads(watches.map((watch) => idsIn('velro_new', watch)))});
      end if;
    elsif tg_op = 'DELETE' then
      velro_all := exists (select from velro_old offset ${MOST_TOLD});
      if not velro_all then
        velro_told := array(${payloads(watches.map((watch) => idsIn('velro_old', watch)))});
      end if;
    elsif tg_op = 'UPDATE' then
      velro_all := exists (select from velro_new offset ${MOST_TOLD});
      if not velro_all then
        velro_told := array(${payloads(watches.map(changedIds))});
      end if;
    end if;
    velro_count := coalesce(nullif(current_setting('velro.told', true), ''), '0')::bigint + cardinality(velro_told);
    velro_all := velro_all or cardinality(velro_told) > 0 and velro_count > ${MOST_TOLD}
      or exists (select from unnest(velro_told) told(payload) where octet_length(payload) > ${LONGEST_PAYLOAD});
  exception when others then
    velro_all := true;
  end;
  if velro_all then
    velro_told := array(
      select json_build_object('type', type, 'xid', pg_current_xact_id()::text)::text
      from unnest(array[${types.map(quoteLiteral).join(', ')}]) told(type)
    );
  end if;
  if cardinality(velro_told) > 0 then
    perform set_config('velro.told', coalesce(velro_count, 0)::text, true);
    perform pg_notify('${FACTS_CHANNEL}', payload) from unnest(velro_told) told(payload);
  end if;
  return null;
end
`;
}

function payloads(ids: readonly string[]): string {
  return `
          select distinct json_build_object('type', type, 'id', id, 'xid', pg_current_xact_id()::text)::text
          from (${ids.join('\n            union all ')}) told(type, id)
          where id is not null
        `;
}

function idsIn(rows: string, { type, id }: Watch): string {
  return `select ${quoteLiteral(type)}, told.${quoteIdentifier(id)}::text from ${rows} told`;
}

function changedIds({ type, id, columns }: Watch): string {
  const read = [id, ...columns.filter((column) => column !== id)];
  const texts = read.map((column) => `told.${quoteIdentifier(column)}::text`).join(', ');
  const [before, after] = [`select ${texts} from velro_old told`, `select ${texts} from velro_new told`];
  return `select ${quoteLiteral(type)}, changed.id
              from ((${before} except ${after}) union all (${after} except ${before})) changed(id)`;
}
