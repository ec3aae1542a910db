import { seedDomain } from '../../server/store/seed/seed-domain.ts';
import type { DefineCommand } from '../command.ts';
import { addDatabaseOptions, type DatabaseOptions, withDatabase } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { wholeNumber } from '../options.ts';
import { progressBar } from '../progress-bar.ts';
import { print, printJson } from '../terminal.ts';

interface SeedOptions extends DatabaseOptions {
  readonly users: number;
  readonly seed: number;
}

const HELP = `
Examples:
  velro seed --users 1000
  velro seed --users 100000 --database postgres://velro@localhost/velro
                                           a million generations

The tables must be empty. Each user gets ten generations; the same --seed makes the same rows.`;

export const defineSeed: DefineCommand = (command, run) => {
  addDatabaseOptions(command)
    .requiredOption('--users <number>', 'how many', wholeNumber(1, 10_000_000))
    .option('--seed <number>', 'which rows', wholeNumber(0, 4_294_967_295), 1)
    .addHelpText('after', HELP)
    .action((options: SeedOptions) => run(() => seed(options)));
};

async function seed({ users, seed: chosen, ...options }: SeedOptions): Promise<ExitCode> {
  const bar = progressBar();
  try {
    const rows = await withDatabase(options, 'apply', (database) =>
      seedDomain(database, { users, seed: chosen, onProgress: bar.show }),
    );
    bar.clear();
    if (options.json === true) printJson({ seed: chosen, rows });
    else for (const [table, count] of Object.entries(rows)) print(`${table}: ${count}`);
    return EXIT.fine;
  } finally {
    bar.clear();
  }
}
