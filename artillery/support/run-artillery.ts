import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { ended, stop } from './child.ts';
import { childEnvironment } from './child-environment.ts';
import { LoadError } from './load-error.ts';
import type { Kind, Outcome } from './question.ts';

const HERE = fileURLToPath(new URL('../', import.meta.url));

/** What is asked, how fast and for how long. */
export interface Pace {
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Asked and checked, but not measured: seconds and requests a second. */
  readonly warmUp: { readonly seconds: number; readonly rate: number };
}

export interface ArtilleryOptions {
  readonly pace: Pace;
  readonly url: string;
  readonly key: string;
  /** A folder for what the run writes. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Percentiles in whole milliseconds: Artillery measures no finer. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Something that was not answered as expected. */
export interface Complaint {
  readonly kind: Kind;
  /** The case. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly complaint: string;
}

export interface ArtilleryRun {
  readonly exitCode: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly times: Readonly<Record<string, Times>>;
  /** The thresholds of `smoke.yml`. */
  readonly thresholds: readonly { readonly rule: string; readonly held: boolean }[];
  /** The first of them. */
  readonly complaints: readonly Complaint[];
}

/** How many questions a run asks. */
export function questionsAt({ rate, seconds, warmUp }: Pace): number {
  return rate * seconds + warmUp.rate * warmUp.seconds;
}

/** Runs `smoke.yml` against a server to its end. */
export async function runArtillery({
  pace,
  url,
  key,
  folder,
  signal,
}: ArtilleryOptions): Promise<ArtilleryRun> {
  const reportFile = join(folder, 'artillery.json');
  const complaintsFile = join(folder, 'complaints.jsonl');
  const bin = join(HERE, 'node_modules/artillery/bin/run');
  const child = spawn(process.execPath, [bin, 'run', '--target', url, '--output', reportFile, 'smoke.yml'], {
    cwd: HERE,
    env: childEnvironment({
      // Else Artillery would tell its makers about each run.
      ARTILLERY_DISABLE_TELEMETRY: 'true',
      // It is large: compiling it takes a good part of a second, twice.
      NODE_COMPILE_CACHE: join(HERE, 'node_modules/.cache/node'),
      VELRO_LOAD_KEY: key,
      VELRO_LOAD_COMPLAINTS: complaintsFile,
      VELRO_LOAD_WARM_UP_SECONDS: String(pace.warmUp.seconds),
      VELRO_LOAD_WARM_UP_ARRIVALS: String(pace.warmUp.rate * pace.warmUp.seconds),
      VELRO_LOAD_SECONDS: String(pace.seconds),
      VELRO_LOAD_ARRIVALS: String(pace.rate * pace.seconds),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (text: string): void => void (output += text);
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const abort = (): void => void stop(child);
  signal.addEventListener('abort', abort);
  const exitCode = await ended(child).finally(() => signal.removeEventListener('abort', abort));
  signal.throwIfAborted();

  const text = stripVTControlCharacters(output);
  const report = readIfThere(reportFile);
  if (report === undefined || exitCode === undefined) {
    throw new LoadError(`artillery ended with ${exitCode ?? 'a signal'} and no report:\n${text}`);
  }
  const { counters, summaries } = (JSON.parse(report) as RawReport).aggregate;
  return {
    exitCode,
    counters,
    times: Object.fromEntries(Object.entries(summaries).map(([name, summary]) => [name, timesOf(summary)])),
    thresholds: Array.from(text.matchAll(/^(ok|fail): (.+)$/gm), ([, word, rule = '']) => ({
      rule: rule.trim(),
      held: word === 'ok',
    })),
    complaints: (readIfThere(complaintsFile) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Complaint),
  };
}

interface RawReport {
  readonly aggregate: {
    readonly counters: Readonly<Record<string, number>>;
    readonly summaries: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

function timesOf(summary: Readonly<Record<string, number>>): Times {
  const whole = (name: string): number => Math.round(summary[name] ?? 0);
  return {
    count: whole('count'),
    p50: whole('p50'),
    p95: whole('p95'),
    p99: whole('p99'),
    max: whole('max'),
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
