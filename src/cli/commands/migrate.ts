import { type MigrationStatus, migrate, migrationStatus } from '../../server/store/migrate.ts';
import type { DefineCommand } from '../command.ts';
import { addDatabaseOptions, type DatabaseOptions, withDatabase } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { wholeNumber } from '../options.ts';
import { colorsFor, print, printJson } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type MoveOptions = DatabaseOptions & { readonly count?: number };

const HELP = `
Examples:
  velro migrate status
  velro migrate up --database postgres://velro@localhost/velro
  velro migrate down --count 2

Migrations run under a lock and as one transaction: of many that start at once one does the work, and a migration that
fails leaves everything as it was. \`velro serve\` applies what is missing when it starts.`;

export const defineMigrate: DefineCommand = (command, run) => {
  command.addHelpText('afterAll', HELP);
  const addMove = (direction: 'up' | 'down', description: string, count: string): void => {
    addDatabaseOptions(command.command(direction).description(description))
      .option('--count <number>', count, wholeNumber(1, 10_000))
      .action((options: MoveOptions) => run(() => move(direction, options)));
  };
  addMove('up', 'apply what is missing', 'at most so many (default: all)');
  addMove('down', 'take back what was applied last, with all that it holds', 'so many (default: 1)');
  addDatabaseOptions(command.command('status').description('show which migrations are applied')).action(
    (options: DatabaseOptions) => run(() => status(options)),
  );
};

async function move(direction: 'up' | 'down', { count, ...options }: MoveOptions): Promise<ExitCode> {
  const names = await withDatabase(options, 'leave', (database) =>
    database.session('admin', async (session) => {
      try {
        return await migrate(session, { direction, ...(count === undefined ? {} : { count }) });
      } catch (error) {
        throw new UsageError(`${(error as Error).message}; nothing was changed`);
      }
    }),
  );
  if (options.json === true) printJson({ direction, migrations: names });
  else if (names.length === 0) print('there is nothing to do');
  else for (const name of names) print(`${direction === 'up' ? 'applied' : 'took back'} ${name}`);
  return EXIT.fine;
}

async function status(options: DatabaseOptions): Promise<ExitCode> {
  const migrations = await withDatabase(options, 'leave', (database) =>
    database.session('admin', (session) => migrationStatus(session)),
  );
  if (options.json === true) printJson({ migrations });
  else for (const one of migrations) print(lineOf(one));
  return EXIT.fine;
}

function lineOf({ name, appliedAt }: MigrationStatus): string {
  const color = colorsFor();
  return `${name}  ${appliedAt === undefined ? color.yellow('pending') : `applied ${appliedAt}`}`;
}
