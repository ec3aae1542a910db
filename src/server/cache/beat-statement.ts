import type { Statement } from '../store/database.ts';

/** What a beat asks besides. */
export interface BeatQuestions {
  /** Which database it is, and which of its lives. */
  readonly identity: boolean;
  /** The newest activation of policies. */
  readonly activation: boolean;
}

/**
 * Sends a beat: channel, payload, tables quoted for SQL. It sums up how the tables are defined: which table each name means,
 * its partitions, columns and triggers and what these call, by the transactions that last wrote that; and whether rows are
 * hidden from this account.
 */
export function beatStatement(
  values: readonly [channel: string, payload: string, tables: readonly string[]],
  { identity, activation }: BeatQuestions,
): Statement {
  const more = [
    identity ? `, ${IDENTITY} as identity` : '',
    activation ? `, ${ACTIVATION} as activation` : '',
  ];
  const name = `velro_beat${identity ? '_of' : ''}${activation ? '_with' : ''}`;
  return { name, text: textOf(more.join('')), values };
}

const ACTIVATION = '(select max(id) from velro_state.policy_activations)';

/**
 * Which database it is, and which of its lives. Transactions may be numbered as others were before in another cluster, on
 * another timeline, in a copy of the database, and after a crash, when the table of lives is empty: then it is NULL. Where the
 * secret of the shared levels was changed counts as another, so that all instances begin anew under the new one.
 */
const IDENTITY = `(
      select concat_ws('/',
        (select system_identifier from pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (select oid from pg_database where datname = current_database()),
        extract(epoch from pg_postmaster_start_time()),
        (select xmin from velro_state.cache_secret),
        life)
      from velro_state.cache_life
    )`;

/** Each catalogue is looked at once, by an index, and not once for each table: a beat costs the database less than half of that. */
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
      concat_ws(' ',
        md5(concat_ws('/',
          (
            select string_agg(concat_ws(' ', oid, xmin, relfilenode, row_security_active(oid)), ',' order by oid)
            from pg_class where oid = any (array(select oid from part))
          ),
          (
            select string_agg(concat_ws(' ', attrelid, attnum, xmin), ',' order by attrelid, attnum)
            from pg_attribute where attrelid = any (array(select oid from part))
          ),
          (
            select string_agg(concat_ws(' ', called.oid, called.xmin, pg_proc.xmin), ',' order by called.oid)
            from pg_trigger called join pg_proc on pg_proc.oid = tgfoid
            where tgrelid = any (array(select oid from part)) and not tgisinternal
          )
        )),
        (select string_agg(coalesce(to_regclass(name)::oid::text, '-'), ' ') from unnest($3::text[]) name)
      ) as catalogue${more}`;
}
