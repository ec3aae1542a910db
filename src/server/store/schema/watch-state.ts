import type { Schema } from '../../../dsl/types/schema.ts';
import { type Askable, type Relation, type RelationKind, readRelations } from './catalogue.ts';
import {
  FUNCTION_NAME,
  FUNCTION_SETTINGS,
  type TableName,
  type WatchFunction,
  watchFunction,
} from './watch-function.ts';
import { type Watch, watchesOf } from './watch-plan.ts';

/** The triggers of a table by their names: on what they fire, and which rows of it they see. */
export const TRIGGERS: Readonly<Record<string, { readonly event: string; readonly rows: string }>> = {
  velro_told_of_delete: { event: 'delete', rows: 'referencing old table as velro_old ' },
  velro_told_of_insert: { event: 'insert', rows: 'referencing new table as velro_new ' },
  velro_told_of_truncate: { event: 'truncate', rows: '' },
  velro_told_of_update: {
    event: 'update',
    rows: 'referencing old table as velro_old new table as velro_new ',
  },
};

/**
 * Whether changes of a table are told of: all of them; not all that the bundle reads, or not of all its partitions;
 * none; never, since it can have no such triggers; or it is not there.
 */
export type WatchedState = 'watched' | 'outdated' | 'unwatched' | 'unwatchable' | 'missing';

/** A table that a bundle maps, and whether its changes are told of. */
export interface TableWatch {
  /** As the policy calls it first. */
  readonly table: string;
  readonly kind: RelationKind | undefined;
  /** The entities whose facts it holds, sorted. */
  readonly types: readonly string[];
  readonly state: WatchedState;
}

/** A trigger that was installed. */
export interface InstalledTrigger {
  readonly table: TableName;
  readonly oid: number;
  readonly name: string;
  /** The name of what it calls. */
  readonly calls: string;
  /** It fires whatever the session says. */
  readonly always: boolean;
}

/** A table that is to be watched, with its partitions: each has triggers of its own. */
export interface WatchTarget {
  readonly table: TableName;
  readonly parts: readonly (TableName & { readonly oid: number })[];
  readonly function: WatchFunction;
}

/** What is watched in a database, and what a bundle wants to be watched. */
export interface WatchState {
  readonly tables: readonly TableWatch[];
  readonly targets: readonly WatchTarget[];
  readonly triggers: readonly InstalledTrigger[];
  /** The functions that are there by name, with whether each is as it should be. */
  readonly functions: ReadonlyMap<string, boolean>;
}

/** Asks a database what is watched in it; without a schema, nothing is wanted. */
export async function readWatchState(database: Askable, schema?: Schema): Promise<WatchState> {
  const wanted = schema === undefined ? [] : watchesOf(schema);
  const relations = await readRelations(
    database,
    wanted.map(({ table }) => table),
  );
  const byOid = new Map<number, { relation: Relation; called: string; watches: Watch[] }>();
  const missing: TableWatch[] = [];
  for (const { table, watches } of wanted) {
    const relation = relations.get(table);
    if (relation?.kind === undefined) {
      missing.push({ table, kind: undefined, types: typesOf(watches), state: 'missing' });
      continue;
    }
    const known = byOid.get(relation.oid) ?? { relation, called: table, watches: [] };
    known.watches.push(...watches);
    byOid.set(relation.oid, known);
  }
  const parts = await readParts(database, [...byOid.keys()]);
  const { triggers, functions: sources } = await readInstalled(database);
  const targets: WatchTarget[] = [];
  const functions = new Map([...sources.keys()].map((name) => [name, false]));
  const tables = [...byOid.values()].map(({ relation, called, watches }): TableWatch => {
    const own = parts.get(relation.oid) ?? [];
    const types = typesOf(watches);
    if (!isWatchable(relation) || own.some(({ kind }) => kind !== 'r' && kind !== 'p'))
      return { table: called, kind: relation.kind, types, state: 'unwatchable' };
    const target = { table: relation, parts: own, function: watchFunction(relation, watches) };
    targets.push(target);
    const isRight = sources.get(target.function.name) === sourceOf(target.function);
    if (isRight) functions.set(target.function.name, true);
    return { table: called, kind: relation.kind, types, state: stateOf(target, triggers, isRight) };
  });
  const byName = (a: TableWatch, b: TableWatch): number => (a.table < b.table ? -1 : 1);
  return { tables: [...tables, ...missing].toSorted(byName), targets, triggers, functions };
}

/** Triggers are of tables, and tell what is written by the name of theirs: not what is by that of a parent or an heir. */
function isWatchable({ kind, hasHeirs, isHeir }: Relation): boolean {
  return !hasHeirs && !isHeir && (kind === 'table' || kind === 'partitioned');
}

function typesOf(watches: readonly Watch[]): readonly string[] {
  return [...new Set(watches.map(({ type }) => type))].toSorted();
}

function stateOf(target: WatchTarget, triggers: readonly InstalledTrigger[], isRight: boolean): WatchedState {
  const own = triggers.filter(({ oid }) => target.parts.some((part) => part.oid === oid));
  if (own.length === 0) return 'unwatched';
  const isWhole = target.parts.every((part) =>
    Object.keys(TRIGGERS).every((name) =>
      own.some((one) => one.oid === part.oid && isAsWanted(one, name, target)),
    ),
  );
  return isWhole && isRight ? 'watched' : 'outdated';
}

/** Whether a trigger is the one of that name that a table is to have. */
export function isAsWanted(trigger: InstalledTrigger, name: string, target: WatchTarget): boolean {
  return trigger.name === name && trigger.calls === target.function.name && trigger.always;
}

interface PartRow {
  readonly [key: string]: unknown;
  readonly whole: number;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
}

async function readParts(
  database: Askable,
  oids: readonly number[],
): Promise<ReadonlyMap<number, readonly PartRow[]>> {
  const parts = new Map<number, PartRow[]>();
  if (oids.length === 0) return parts;
  const { rows } = await database.query<PartRow>('admin', {
    text: `
      select whole.oid as whole, class.oid, nspname::text as schema, relname::text as name, relkind::text as kind
      from unnest($1::oid[]) whole(oid)
      cross join lateral (select whole.oid union select relid from pg_partition_tree(whole.oid)) part(oid)
      join pg_class class on class.oid = part.oid
      join pg_namespace space on space.oid = relnamespace
      order by nspname, relname`,
    values: [oids],
  });
  for (const row of rows) parts.set(row.whole, [...(parts.get(row.whole) ?? []), row]);
  return parts;
}

interface InstalledRow {
  readonly [key: string]: unknown;
  readonly function: string;
  readonly source: string;
  readonly oid: number | null;
  readonly schema: string | null;
  readonly table: string | null;
  readonly trigger: string | null;
  readonly always: boolean;
}

/** Everything that was installed: what is in the schema of the engine and called as nothing else is, and what calls it. */
async function readInstalled(database: Askable): Promise<{
  readonly triggers: readonly InstalledTrigger[];
  /** Body and settings by name. */
  readonly functions: ReadonlyMap<string, string>;
}> {
  const { rows } = await database.query<InstalledRow>('admin', {
    text: `
      select
        proname::text as function,
        prosrc || array_to_string(proconfig, ';') as source,
        class.oid,
        table_space.nspname::text as schema,
        relname::text as "table",
        tgname::text as trigger,
        coalesce(tgenabled = 'A', false) as always
      from pg_proc
      join pg_namespace space on space.oid = pronamespace and space.nspname = 'velro_state'
      left join pg_trigger on tgfoid = pg_proc.oid and not tgisinternal
      left join pg_class class on class.oid = tgrelid
      left join pg_namespace table_space on table_space.oid = relnamespace
      where proname ~ $1
      order by table_space.nspname, relname, tgname`,
    values: [FUNCTION_NAME],
  });
  const triggers = rows.flatMap(({ function: calls, oid, schema, table, trigger, always }) =>
    oid === null || schema === null || table === null || trigger === null
      ? []
      : [{ table: { schema, name: table }, oid, name: trigger, calls, always }],
  );
  return { triggers, functions: new Map(rows.map((row) => [row.function, row.source])) };
}

function sourceOf({ body }: WatchFunction): string {
  return body + FUNCTION_SETTINGS.join(';');
}
