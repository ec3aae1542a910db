/**
 * Measures Velro, each suite in a process of its own, and prints a table; `--help` says more. The list in `results/latest.json` is that of the last run that
 * left out no suite and no round.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SUITES } from './suites/index.ts';
import { measureApart } from './support/apart.ts';
import { renderTable, writeResults } from './support/results.ts';
import { isReached, type Result, type Suite } from './support/suite.ts';

const PROGRAM = fileURLToPath(new URL('suite-process.ts', import.meta.url));
const LATEST = fileURLToPath(new URL('results/latest.json', import.meta.url));

const USAGE = `Usage: npm run bench -- [--only NAME]… [--quick] [--json]

Measures Velro, beside others that answer the same question, and says of each target whether it is reached.
Writes bench/results/latest.json, a list of {name, value, unit, target, reached}.

  --only NAME   runs this suite alone (several times: these suites); its figures replace the list
  --quick       few and short rounds: shows that everything runs, its figures mean nothing and are not written
  --json        prints the figures as JSON, spreads included, instead of a table
  --help        prints this

Suites:
${SUITES.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join('\n')}

Exit codes: 0 measured (whatever was missed), 1 something could not be measured, 2 misuse, 130 interrupted.
`;

async function main(): Promise<number> {
  let values: { help?: boolean; json?: boolean; only?: string[]; quick?: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        help: { type: 'boolean' },
        json: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
      },
    }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const wanted = values.only ?? SUITES.map(({ name }) => name);
  const unknown = wanted.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`there is no suite \`${unknown}\`\n\n${USAGE}`);
    return 2;
  }
  const quick = values.quick === true;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const results: Result[] = [];
  const failed: string[] = [];
  for (const suite of SUITES) {
    if (!wanted.includes(suite.name)) continue;
    say(`${suite.name}: ${suite.summary}`);
    try {
      const found = await measureSuite(suite, quick, interrupted.signal);
      results.push(...found);
      // A run that is cut short has shown what it had.
      if (values.json !== true) process.stdout.write(`\n${renderTable(found)}\n\n`);
    } catch (error) {
      if (interrupted.signal.aborted) return 130;
      failed.push(suite.name);
      say(`  could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (!quick) writeResults(LATEST, results);
  process.stdout.write(values.json === true ? `${JSON.stringify(results, null, 2)}\n` : closing(results));
  for (const name of failed) say(`${name} could not be measured`);
  return failed.length === 0 ? 0 : 1;
}

/** Its figures, each part's measured where nothing else was before. */
async function measureSuite(
  { name, parts }: Suite,
  quick: boolean,
  interrupted: AbortSignal,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const part of parts ?? [undefined])
    results.push(...(await measureApart(PROGRAM, { suite: name, part, quick }, interrupted)));
  return results;
}

function closing(results: readonly Result[]): string {
  const withTarget = results.filter(({ target }) => target !== undefined);
  const reached = withTarget.filter((result) => isReached(result) === true);
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
  return `${machine}\n${reached.length} of ${withTarget.length} targets reached\n`;
}

process.exitCode = await main();
