import { readFileSync } from 'node:fs';
import { KINDS, type Kind } from './question.ts';
import { caseNames } from './question-source.ts';
import { type ArtilleryRun, type Complaint, type Pace, questionsAt, type Times } from './run-artillery.ts';

/** The figure to reach: 95 of 100 answers within so many milliseconds. Missing it is reported and fails nothing. */
const P95_TARGET = 75;

/** What becomes of a run; its shape is described in `artillery/README.md` and changes only with `format`. */
export interface LoadReport {
  readonly format: 1;
  /** Of Velro. */
  readonly version: string;
  readonly startedAt: string;
  readonly pace: Pace;
  readonly passed: boolean;
  /** Why it did not pass, a sentence each. */
  readonly failures: readonly string[];
  readonly p95: { readonly milliseconds: number; readonly target: number; readonly reached: boolean };
  readonly asked: number;
  readonly answered: number;
  readonly wrongVerdicts: number;
  readonly serverErrors: number;
  /** Denied because the time ran out on a busy machine. */
  readonly late: number;
  /** Requests without an answer, by error. */
  readonly errors: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<Kind, KindReport>>;
  /** Of all kinds together, without the warm-up. */
  readonly times: Times;
  readonly thresholds: ArtilleryRun['thresholds'];
  /** Cases that were not answered rightly at all. */
  readonly unseenCases: readonly string[];
  /** The first of what was answered wrongly. */
  readonly complaints: readonly Complaint[];
}

export interface KindReport {
  readonly right: number;
  readonly late: number;
  readonly wrong: number;
  readonly serverErrors: number;
  /** Without the warm-up. */
  readonly times: Times;
}

const NO_TIMES: Times = { count: 0, p50: 0, p95: 0, p99: 0, max: 0 };

/** What a run has shown. It passes if Artillery says so and each case was answered rightly at least once. */
export function reportOn(run: ArtilleryRun, pace: Pace, startedAt: Date): LoadReport {
  const count = (name: string): number => run.counters[name] ?? 0;
  const kinds = Object.fromEntries(
    KINDS.map((kind): [Kind, KindReport] => [
      kind,
      {
        right: count(`velro.right.${kind}`),
        late: count(`velro.late.${kind}`),
        wrong: count(`velro.wrong.${kind}`),
        serverErrors: count(`velro.server_error.${kind}`),
        times: run.times[`velro.time.${kind}`] ?? NO_TIMES,
      },
    ]),
  ) as Record<Kind, KindReport>;
  const sum = (of: (kind: KindReport) => number): number =>
    KINDS.reduce((total, kind) => total + of(kinds[kind]), 0);
  const errors = Object.fromEntries(
    Object.entries(run.counters)
      .filter(([name]) => name.startsWith('errors.'))
      .map(([name, value]) => [name.slice('errors.'.length), value]),
  );
  const unseenCases = caseNames().filter((name) => count(`velro.seen.${name}`) === 0);
  const times = run.times['velro.time'] ?? NO_TIMES;
  const answered = sum(({ right, late, wrong, serverErrors }) => right + late + wrong + serverErrors);
  const asked = questionsAt(pace);

  const failures = run.thresholds.filter(({ held }) => !held).map(({ rule }) => `broken: ${rule}`);
  if (run.thresholds.length === 0) failures.push('no threshold was looked at');
  if (unseenCases.length > 0) failures.push(`never answered rightly: ${unseenCases.join(', ')}`);
  if (answered < asked) failures.push(`${asked - answered} of ${asked} requests were not checked`);
  if (run.exitCode !== 0 && failures.length === 0) failures.push(`artillery ended with ${run.exitCode}`);
  return {
    format: 1,
    version: velroVersion(),
    startedAt: startedAt.toISOString(),
    pace,
    passed: failures.length === 0,
    failures,
    p95: { milliseconds: times.p95, target: P95_TARGET, reached: times.count > 0 && times.p95 < P95_TARGET },
    asked,
    answered,
    wrongVerdicts: sum(({ wrong }) => wrong),
    serverErrors: sum(({ serverErrors }) => serverErrors),
    late: sum(({ late }) => late),
    errors,
    kinds,
    times,
    thresholds: run.thresholds,
    unseenCases,
    complaints: run.complaints,
  };
}

function velroVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
