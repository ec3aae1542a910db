import type { Statement } from '../store/database.ts';

/**
 * Sends a beat: channel, payload, tables quoted for SQL. It sums up how the tables are defined: which table each name means,
 * its partitions, columns and triggers and what these call, by the transactions that last wrote that; and whether rows are
 * hidden from this account.
 */
export function beatStatement(
  values: readonly [channel: string, payload: string, tables: readonly string[]],
  asksIdentity: boolean,
): Statement {
  return asksIdentity
    ? { name: 'velro_beat_of', text: textOf(`, ${IDENTITY} as identity`), values }
    : { name: 'velro_beat', text: textOf(''), values };
}

/**
 * Which database it is, and which of its lives. Transactions may be numbered as others were before in another cluster, on
 * another timeline, in a copy of the database, and after a crash, when the table of lives is empty: then it is NULL.
 */
const IDENTITY = `(
      select concat_ws('/',
        (select system_identifier from pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (select oid from pg_database where datname = current_database()),
        extract(epoch from pg_postmaster_start_time()),
        life)
      from velro_state.cache_life
    )`;

function textOf(more: string): string {
  return `
    with recursive part(oid) as (
      select to_regclass(name)::oid from unnest($3::text[]) name
      union
      select inhrelid from part join pg_inherits on inhparent = part.oid
    )
    select
      pg_notify($1, $2),
      pg_current_snapshot()::text as snapshot,
      (
        select md5(coalesce(string_agg(line, ',' order by line), ''))
        from part
        cross join lateral (
          select 'c' || oid || ' ' || xmin || ' ' || relfilenode || ' ' || row_security_active(oid) from pg_class where oid = part.oid
          union all
          select 'a' || attrelid || ' ' || attnum || ' ' || xmin from pg_attribute where attrelid = part.oid
          union all
          select 't' || pg_trigger.oid || ' ' || pg_trigger.xmin || ' ' || pg_proc.xmin
          from pg_trigger join pg_proc on pg_proc.oid = tgfoid where tgrelid = part.oid and not tgisinternal
        ) as defined(line)
      ) || ' ' || coalesce((select string_agg(coalesce(to_regclass(name)::oid::text, '-'), ' ') from unnest($3::text[]) name), '')
      as catalogue${more}`;
}
