import { parseArgs } from 'node:util';
import { visibleText } from '../../src/dsl/source/visible-text.ts';
import { saveFinding } from './save-finding.ts';
import { TARGET_NAMES, type TargetName } from './target.ts';
import { watchedRun } from './watched-run.ts';

const HELP = `Usage: npm run fuzz -- [options]

Feeds made-up and damaged inputs to the lexer, the parser, the checker, the formatter and POST /decide, follows those
that reach new code, and checks what is promised of every input. What breaks a promise is made small and saved.

Options:
  --minutes N       how long in all (default 1); shared out among the targets
  --inputs N        so many inputs for each target at most (default: as many as there is time for)
  --seed N          the same seed tries the same inputs (default: from the clock)
  --target NAME     ${TARGET_NAMES.join(', ')} or all (default all)
  --patience S      an input that takes more than S seconds is a finding (default 10)
  --findings DIR    where findings are saved (default test/fuzz/findings)
  -h, --help        show this help

Examples:
  npm run fuzz -- --minutes 5
  npm run fuzz -- --minutes 2 --target decide --seed 7
  npm run fuzz -- --inputs 500 --target parser

Exit codes: 0 nothing was found, 1 findings, 2 misuse.`;

interface Options {
  readonly minutes: number;
  readonly inputs: number;
  readonly seed: number;
  readonly targets: readonly TargetName[];
  readonly patience: number;
  readonly findings: string;
}

class Misuse extends Error {}

function readOptions(args: readonly string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        minutes: text,
        inputs: text,
        seed: text,
        target: text,
        patience: text,
        findings: text,
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
  const target = values['target'] ?? 'all';
  if (target !== 'all' && !TARGET_NAMES.includes(target as TargetName))
    throw new Misuse(`--target is one of ${TARGET_NAMES.join(', ')} or all`);
  return {
    minutes: number('minutes', 1, 0),
    inputs: Math.floor(number('inputs', Number.MAX_SAFE_INTEGER, 0)),
    seed: Math.floor(number('seed', Date.now() % 2 ** 31, 0)),
    targets: target === 'all' ? TARGET_NAMES : [target as TargetName],
    patience: number('patience', 10, 0.1) * 1000,
    findings: String(values['findings'] ?? 'test/fuzz/findings'),
  };
}

async function fuzz(options: Options): Promise<number> {
  process.stdout.write(`seed ${options.seed}\n`);
  let findings = 0;
  for (const target of options.targets) findings += await fuzzOne(target, options);
  process.stdout.write(findings === 0 ? 'nothing found\n' : `${findings} found\n`);
  return findings === 0 ? 0 : 1;
}

/** Tries one target for its share of the time; returns how much was found. */
async function fuzzOne(target: TargetName, options: Options): Promise<number> {
  const { minutes, targets, seed, inputs, patience } = options;
  const isTerminal = process.stderr.isTTY;
  const startedAt = performance.now();
  let findings = 0;
  let line = '';
  const tried = await watchedRun({
    target,
    seed,
    milliseconds: (minutes * 60_000) / targets.length,
    inputs,
    patience,
    onProgress(count, pool, blocks) {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      line = `${target}: ${count} inputs, ${pool} kept, ${blocks} blocks of code reached, ${seconds} s`;
      if (isTerminal) process.stderr.write(`\r\u001b[K${line}`);
    },
    onFinding(finding) {
      findings += 1;
      const path = saveFinding(options.findings, finding);
      const [first = ''] = finding.message.split('\n', 1);
      process.stdout.write(
        `${isTerminal ? '\n' : ''}FOUND ${target}: ${visibleText(first.slice(0, 300))}\n  ${path}\n`,
      );
    },
  });
  if (isTerminal) process.stderr.write('\r\u001b[K');
  process.stdout.write(`${line === '' ? `${target}: ${tried} inputs` : line}\n`);
  return findings;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${HELP}\n`);
  else process.exitCode = await fuzz(options);
} catch (error) {
  if (!(error instanceof Misuse)) throw error;
  process.stderr.write(`error: ${error.message}\n(add --help for usage and examples)\n`);
  process.exitCode = 2;
}
