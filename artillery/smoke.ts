/**
 * Starts a server with generated facts, has Artillery ask it, checks every answer, and stops everything again.
 *
 *   npm run load:smoke -- --help
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { setupPackage } from '../scripts/setup-package.mjs';
import { renderFacts } from '../scripts/support/demo-facts.ts';
import { wholeNumber } from '../src/cli/options.ts';
import { copyDemo } from './support/demo-copy.ts';
import { LoadError } from './support/load-error.ts';
import { type LoadReport, reportOn } from './support/load-report.ts';
import { showProgress } from './support/progress.ts';
import { copiesFor } from './support/question-source.ts';
import { renderReport } from './support/render-report.ts';
import { type Pace, questionsAt, runArtillery } from './support/run-artillery.ts';
import { startVelroServer } from './support/velro-server.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const REPORT = join(HERE, 'report/smoke.json');
const WARM_UP = { seconds: 3, rate: 50 };
/** A server that is not ready after so many milliseconds never will be. */
const START_AT_MOST = 30_000;
/** From the start of Artillery to its end, in milliseconds; more than twice what an idle machine takes. */
const RUN_AT_MOST = 60_000;

const HELP = `
Examples:
  npm run load:smoke
  npm run load:smoke -- --rate 500 --seconds 20
  npm run --silent load:smoke -- --report load.json

Exits with 0 if every answer was the expected one and no threshold of artillery/smoke.yml is broken, with 1 if not,
and with 2 if there was no run. The figure of p95 is reported; it fails at ten times its target only.`;

interface SmokeOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly report: string;
}

const command = new Command('npm run load:smoke --')
  .description('Asks a server for permits, denials and refusals under load, and checks every answer.')
  .option('--rate <number>', 'requests a second', wholeNumber(20, 2_000), 200)
  .option('--seconds <number>', 'how long, after a warm-up of three seconds', wholeNumber(5, 40), 10)
  .option('--report <file>', 'where the JSON report goes', relative(process.cwd(), REPORT))
  .addHelpText('after', HELP)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
process.exitCode = await main(command.parse().opts<SmokeOptions>());

async function main({ rate, seconds, report: file }: SmokeOptions): Promise<number> {
  if (!setupPackage(HERE, 'about 460 MB')) return 2;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort(new LoadError('stopped')));
  }
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) stopping.abort(new LoadError('stopped: whoever started this is gone'));
  }, 250);
  try {
    const report = await smoke({ rate, seconds, warmUp: WARM_UP }, stopping);
    const target = resolve(file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(`${renderReport(report)}\nreport: ${relative(process.cwd(), target)}\n`);
    return report.passed ? 0 : 1;
  } catch (error) {
    const reason: unknown = stopping.signal.aborted ? stopping.signal.reason : error;
    if (!(reason instanceof LoadError)) throw reason;
    process.stderr.write(`load: ${reason.message}\n`);
    return 2;
  } finally {
    clearInterval(watch);
  }
}

/** One run, all of whose processes and files are gone at its end. */
async function smoke(pace: Pace, stopping: AbortController): Promise<LoadReport> {
  const { signal } = stopping;
  const folder = mkdtempSync(join(tmpdir(), 'velro-load-'));
  const startedAt = new Date();
  try {
    const facts = join(folder, 'facts.jsonl');
    const copies = Array.from({ length: copiesFor(questionsAt(pace)) }, (_, index) => copyDemo(index));
    writeFileSync(facts, renderFacts(copies.flatMap((copy) => copy.facts)));
    const key = randomBytes(32).toString('base64url');
    const server = await within(START_AT_MOST, 'the server', stopping, () =>
      startVelroServer({ facts, data: join(folder, 'data'), key, signal }),
    );
    const progress = showProgress(pace);
    try {
      const run = await within(RUN_AT_MOST, 'the run', stopping, () =>
        runArtillery({ pace, url: server.url, key, folder, signal }),
      );
      return reportOn(run, pace, startedAt);
    } finally {
      progress.stop();
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Does some work, which is stopped when it takes longer than so many milliseconds. */
async function within<T>(
  most: number,
  what: string,
  stopping: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  const stop = (): void => stopping.abort(new LoadError(`stopped: ${what} took more than ${most / 1000} s`));
  const timer = setTimeout(stop, most);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
