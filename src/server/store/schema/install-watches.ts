import type { Schema } from '../../../dsl/types/schema.ts';
import type { Database } from '../database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { quoteLiteral } from '../quote-literal.ts';
import type { Askable } from './catalogue.ts';
import { createFunction, type TableName } from './watch-function.ts';
import { isAsWanted, readWatchState, TRIGGERS, type WatchState } from './watch-state.ts';

/** A table that somebody uses is waited for so long, in milliseconds; whoever comes after it waits as well. */
const LOCK_TIMEOUT = 5_000;
/** Of two installations at once the second waits; any number will do, as long as it is nobody else's. */
const LOCK = 7_083_552;

/** What came of an installation: the statements that were run, and what is watched now. */
export interface Installation {
  readonly statements: readonly string[];
  readonly state: WatchState;
}

/**
 * Brings the triggers of a database to what a bundle wants to be watched, or removes all of them: in one transaction, and
 * nothing that is as it should be is touched.
 */
export function installWatches(
  database: Database,
  schema: Schema | undefined,
  lockTimeout = LOCK_TIMEOUT,
): Promise<Installation> {
  return database.transaction('admin', async (session) => {
    await session.run(`set local lock_timeout = ${lockTimeout}; select pg_advisory_xact_lock(${LOCK})`);
    const within: Askable = { query: (_purpose, statement) => session.query(statement) };
    const statements = planInstallation(await readWatchState(within, schema));
    if (statements.length > 0) await session.run(statements.join('\n'));
    return { statements, state: await readWatchState(within, schema) };
  });
}

/** The statements that lead from what is installed to what is wanted; none when it is the same. */
export function planInstallation({ targets, triggers, functions }: WatchState): readonly string[] {
  const statements: string[] = [];
  const ofPart = new Map(targets.flatMap((target) => target.parts.map(({ oid }) => [oid, target] as const)));
  const kept = new Set<string>();
  for (const trigger of triggers) {
    const target = ofPart.get(trigger.oid);
    if (target !== undefined && trigger.name in TRIGGERS && isAsWanted(trigger, trigger.name, target))
      kept.add(`${trigger.oid} ${trigger.name}`);
    else statements.push(`drop trigger ${quoteIdentifier(trigger.name)} on ${shownTable(trigger.table)};`);
  }
  const wanted = new Set(targets.map((target) => target.function.name));
  for (const name of functions.keys())
    if (!wanted.has(name)) statements.push(`drop function velro_state.${quoteIdentifier(name)}();`);
  for (const { table, parts, function: tells } of targets) {
    if (functions.get(tells.name) !== true) statements.push(createFunction(tells, table));
    for (const part of parts)
      for (const [name, { event, rows }] of Object.entries(TRIGGERS))
        if (!kept.has(`${part.oid} ${name}`))
          statements.push(createTrigger(name, `after ${event}`, shownTable(part), rows, tells.name));
  }
  return statements;
}

/** The statements as a script that does as `installWatches` does. */
export function scriptOf(statements: readonly string[]): string {
  return ['begin;', `set local lock_timeout = ${LOCK_TIMEOUT};`, ...statements, 'commit;'].join('\n');
}

/** A trigger that also fires while changes are replayed, and a remark on whose it is. */
function createTrigger(name: string, when: string, table: string, rows: string, calls: string): string {
  return `create trigger ${name} ${when} on ${table}
  ${rows}for each statement execute function velro_state.${quoteIdentifier(calls)}();
alter table ${table} enable always trigger ${name};
comment on trigger ${name} on ${table} is ${quoteLiteral('velro: tells of changes')};`;
}

function shownTable({ schema, name }: TableName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
