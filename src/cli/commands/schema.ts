import type { CheckedBundle } from '../../dsl/check/bundle.ts';
import type { Diagnostic } from '../../dsl/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../dsl/diagnostics/render.ts';
import type { Database } from '../../server/store/database.ts';
import { checkMapping } from '../../server/store/schema/check-mapping.ts';
import { installWatches, planInstallation, scriptOf } from '../../server/store/schema/install-watches.ts';
import { readWatchState, type TableWatch } from '../../server/store/schema/watch-state.ts';
import type { DefineCommand } from '../command.ts';
import { addDatabaseOptions, type DatabaseOptions, withDatabase } from '../database.ts';
import { DEFAULT_POLICIES } from '../default-policies.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { count, exitCodeOf, findingToJson } from '../findings-report.ts';
import { oneOf } from '../options.ts';
import { loadPolicies } from '../policies.ts';
import { sarifLog } from '../sarif.ts';
import { colorsFor, notice, print, printJson, wantsColor } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface SchemaOptions extends DatabaseOptions {
  readonly policies: string;
}
interface CheckOptions extends SchemaOptions {
  readonly format: 'text' | 'json' | 'sarif';
  readonly allowWarnings?: true;
}
interface InstallOptions extends SchemaOptions {
  readonly print?: true;
  readonly remove?: true;
}

const HELP = `
Examples:
  velro schema check --database postgres://velro@localhost/app
                                           hold the tables that ./policies maps against a database
  velro schema check --format sarif        the embedded database, for what reads SARIF 2.1.0
  velro schema install --print             show what would be run
  velro schema install --database postgres://owner@localhost/app
                                           let the tables tell of their changes
  velro schema install --remove            take all of that away

The triggers tell of changed rows on the channel velro_facts; installing needs an account that owns the tables. Both may
be repeated, and install must be after the bundle maps another table or column, or a partition is added.
check exits with 1 when anything is found, warnings included (unless --allow-warnings).`;

export const defineSchema: DefineCommand = (command, run) => {
  command.addHelpText('afterAll', HELP);
  addDatabaseOptions(
    command
      .command('check')
      .description('find tables and columns that are not as the bundle says, and show what is watched')
      .option('--policies <path>', 'a folder of .velro files, or one file', DEFAULT_POLICIES),
  )
    .option('--format <format>', 'text, json or sarif', oneOf('text', 'json', 'sarif'), 'text')
    .option('--allow-warnings', 'exit with 0 when there are only warnings')
    .action((options: CheckOptions) => run(() => check(options)));
  addDatabaseOptions(
    command
      .command('install')
      .description('add the triggers that tell of changes of the mapped tables')
      .option('--policies <path>', 'a folder of .velro files, or one file', DEFAULT_POLICIES),
  )
    .option('--print', 'print the statements and change nothing')
    .option('--remove', 'remove all of them instead')
    .action((options: InstallOptions) => run(() => install(options)));
};

async function check(options: CheckOptions): Promise<ExitCode> {
  const loaded = await loadPolicies(options.policies);
  if (loaded === undefined) return EXIT.findings;
  const { bundle } = loaded;
  const { findings, tables } = await withDatabase(options, 'leave', async (database) => {
    await askForMigrations(database, false);
    const { tables: watched } = await readWatchState(database, bundle);
    return { findings: await checkMapping(bundle, database), tables: watched };
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (options.format === 'sarif') printJson(sarifLog(findings));
  else if (options.format === 'json' || options.json === true) {
    const warnings = findings.length - errors;
    printJson({ ok: errors === 0, errors, warnings, tables, diagnostics: findings.map(findingToJson) });
  } else {
    for (const table of tables) print(lineOf(table));
    if (findings.length > 0) print(`\n${renderDiagnostics(findings, { color: wantsColor() })}`);
    else print(`${colorsFor().green('ok')}: ${count(tables.length, 'table')} as the bundle says`);
  }
  return exitCodeOf(findings, options.allowWarnings === true);
}

async function install(options: InstallOptions): Promise<ExitCode> {
  const loaded = options.remove === true ? undefined : await loadPolicies(options.policies);
  if (loaded === undefined && options.remove !== true) return EXIT.findings;
  return withDatabase(options, 'leave', async (database) => {
    await askForMigrations(database, options.print !== true && options.remove !== true);
    const mismatches = loaded === undefined ? [] : await errorsOf(loaded.bundle, database);
    if (mismatches.length > 0) {
      notice(renderDiagnostics(mismatches, { color: wantsColor(process.stderr) }));
      notice('nothing was changed');
      return EXIT.findings;
    }
    if (options.print === true) {
      const state = await readWatchState(database, loaded?.bundle);
      return show(options, planInstallation(state), state.tables);
    }
    const { statements, state } = await installOrExplain(database, loaded?.bundle);
    return show(options, statements, state.tables);
  });
}

/** Says what is to be done first where the engine has no tables yet: those of the reference bundle come with them. */
async function askForMigrations(database: Database, isNeeded: boolean): Promise<void> {
  const { rows } = await database.query('admin', {
    text: "select to_regclass('velro_state.entities') is not null as exists",
  });
  if (rows[0]?.['exists'] === true) return;
  const message = 'the migrations are not applied to this database';
  if (isNeeded) throw new UsageError(message, 'run velro migrate up');
  notice(`${message}: run velro migrate up`);
}

/** A trigger over a column that is not there could tell of nothing. */
async function errorsOf(bundle: CheckedBundle, database: Database): Promise<readonly Diagnostic[]> {
  return (await checkMapping(bundle, database)).filter(({ severity }) => severity === 'error');
}

async function installOrExplain(
  database: Database,
  bundle: CheckedBundle | undefined,
): ReturnType<typeof installWatches> {
  try {
    return await installWatches(database, bundle);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    const help = typeof code === 'string' ? HELP_BY_CODE[code] : undefined;
    if (help === undefined) throw error;
    throw new UsageError(`${message}; nothing was changed`, help);
  }
}

const HELP_BY_CODE: Readonly<Record<string, string>> = {
  '42501': 'the triggers of a table are added by the account that owns it',
  '42710': 'a trigger of another kind has the name of one of ours: rename it',
  '55P03': 'somebody uses a table for long: try again when it is free',
};

function show(
  { json, print: isPrinted, remove }: InstallOptions,
  statements: readonly string[],
  tables: readonly TableWatch[],
): ExitCode {
  if (json === true) printJson({ applied: isPrinted !== true, statements, tables });
  else if (isPrinted === true)
    print(statements.length === 0 ? '-- there is nothing to do' : scriptOf(statements));
  else if (statements.length === 0) print('there is nothing to do');
  else if (remove === true) print('all triggers are removed');
  if (json !== true && isPrinted !== true) for (const table of tables) print(lineOf(table));
  return EXIT.fine;
}

function lineOf({ table, kind, types, state }: TableWatch): string {
  const color = colorsFor();
  const holds = types.join(', ');
  switch (state) {
    case 'watched':
      return `${table}: ${color.green('watched')} (${holds})`;
    case 'outdated':
      return `${table}: ${color.yellow('watched in part')} (${holds}); run velro schema install again`;
    case 'unwatched':
      return `${table}: ${color.yellow('not watched')} (${holds}); run velro schema install`;
    case 'unwatchable':
      return `${table}: ${color.yellow('never cached')} (${holds}); a ${kindOf(kind)} does not tell of its changes`;
    case 'missing':
      return `${table}: ${color.red('missing')} (${holds})`;
  }
}

/** Why a table of this kind is not watchable. */
function kindOf(kind: TableWatch['kind']): string {
  switch (kind) {
    case 'table':
      return 'table that inherits, or that others inherit from,';
    case 'partitioned':
      return 'table with partitions elsewhere';
    default:
      return kind ?? 'thing';
  }
}
