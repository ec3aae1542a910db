import { parseArgs } from 'node:util';
import { BOUND, POLICY_BOUND, SAFEGUARDS } from './bounds.ts';
import type { ProcessesOptions, ProcessesResult } from './run-processes.ts';

const HELP = `Usage: npm run history -- [options]

Starts two servers over one PostgreSQL and one Redis, flips facts, activates and rolls back two versions of the policies, and
asks for decisions, all at once, while servers, databases and what connects them are paused, killed, cut off and restarted at
random. Then every answer is held against the facts that there were from ${BOUND} ms before the question to its answer, by the
policy that it names, which must not have been replaced more than ${POLICY_BOUND / 1_000} s before.

Options:
  --decisions N     so many answers (default 20000)
  --minutes N       it ends after so many minutes, and has failed then (default 30)
  --seed N          the same seed makes the same choices (default: from the clock)
  --no-redis        without a Redis
  --no-faults       nothing fails
  --without NAMES   the servers lack these safeguards, with commas; it must find something
                    (${SAFEGUARDS.join(', ')})
  --json            prints the summary as JSON only
  -h, --help        show this help

Examples:
  npm run history -- --decisions 200000 --seed 7
  npm run history -- --decisions 5000 --no-faults --without invalidation

Exit codes: 0 every answer is right, 1 some are not or there were too few, 2 misuse.`;

interface Options extends ProcessesOptions {
  readonly json: boolean;
}

class Misuse extends Error {}

/** Milliseconds between two faults, at most. */
const CALM = 4_000;
/** Of the answers so many must be permits, or too little was tried. */
const PERMITS = 0.3;

function readOptions(args: readonly string[]): Options | 'help' {
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        decisions: { type: 'string' },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        redis: { type: 'boolean' },
        faults: { type: 'boolean' },
        without: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
  if (values['help'] === true) return 'help';
  const number = (name: string, fallback: number, least: number): number => {
    const given = values[name];
    if (given === undefined) return fallback;
    const value = given === '' ? Number.NaN : Number(given);
    if (!(value >= least) || !Number.isFinite(value))
      throw new Misuse(`--${name} takes a number from ${least} on`);
    return value;
  };
  const without = values['without'] === undefined ? [] : String(values['without']).split(',');
  if (without.some((name) => !SAFEGUARDS.includes(name)))
    throw new Misuse(`--without takes some of ${SAFEGUARDS.join(', ')}, with commas`);
  return {
    decisions: Math.floor(number('decisions', 20_000, 1)),
    duration: number('minutes', 30, 0.05) * 60_000,
    seed: Math.floor(number('seed', Date.now() % 2 ** 31, 0)),
    withRedis: values['redis'] !== false,
    calm: values['faults'] === false ? undefined : CALM,
    json: values['json'] === true,
    without,
  };
}

async function history(options: Options): Promise<number> {
  const { seed, decisions: wanted, json } = options;
  const say = (text: string): void => {
    if (!json) process.stdout.write(`${text}\n`);
  };
  say(`seed ${seed}`);
  const startedAt = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedAt) / 1_000);
  const isTerminal = process.stderr.isTTY;
  let told = 0;
  // Only here: help comes at once.
  const { runProcesses } = await import('./run-processes.ts');
  const result = await runProcesses({
    ...options,
    onProgress({ decisions, flips }) {
      const line = `${decisions} decisions, ${flips} flips, ${seconds()} s`;
      if (isTerminal) process.stderr.write(`\r\u001b[K${line}`);
      else if (seconds() >= told + 30) {
        told = seconds();
        process.stderr.write(`${line}\n`);
      }
    },
  });
  if (isTerminal) process.stderr.write('\r\u001b[K');
  for (const { kind, text } of result.violations.slice(0, 20)) say(`WRONG (${kind}) ${text}`);
  const missing = missingOf(result, wanted);
  process.stdout.write(
    `${JSON.stringify(summaryOf(result, seed, seconds(), missing), null, json ? 0 : 2)}\n`,
  );
  for (const one of missing) say(`too little: ${one}`);
  say(
    result.violations.length === 0
      ? 'every answer is right'
      : `${result.violations.length} answers are wrong`,
  );
  return result.violations.length === 0 && missing.length === 0 ? 0 : 1;
}

/** What there was too little of to say that all is well. */
function missingOf({ decisions, permits, problems }: ProcessesResult, wanted: number): readonly string[] {
  const missing: string[] = [];
  if (decisions < wanted) missing.push(`${decisions} decisions of ${wanted}`);
  if (permits < PERMITS * decisions) missing.push(`${permits} permits among ${decisions} decisions`);
  for (const [status, count] of Object.entries(problems)) missing.push(`${count} answers with ${status}`);
  return missing;
}

function summaryOf(
  { violations, ...counts }: ProcessesResult,
  seed: number,
  seconds: number,
  missing: readonly string[],
): Readonly<Record<string, unknown>> {
  const of = (kind: string, isPermit: boolean): number =>
    violations.filter((one) => one.kind === kind && one.isPermit === isPermit).length;
  return {
    seed,
    seconds,
    ...counts,
    violations: violations.length,
    stalePermits: of('facts', true),
    staleDenials: of('facts', false),
    byOldPolicies: of('policy', true) + of('policy', false),
    missing,
  };
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${HELP}\n`);
  else process.exitCode = await history(options);
} catch (error) {
  if (!(error instanceof Misuse)) throw error;
  process.stderr.write(`error: ${error.message}\n(add --help for usage and examples)\n`);
  process.exitCode = 2;
}
