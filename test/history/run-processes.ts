import { fileURLToPath } from 'node:url';
import { type HistoryResult, type Progress, runHistory } from '../support/cache-history.ts';
import type { SceneSize } from '../support/history-scene.ts';
import { randomFrom } from '../support/random-from.ts';
import { BOUND, POLICY_BOUND, PROOF } from './bounds.ts';
import { openEnvironment } from './environment.ts';
import { faultsOf, happenInTurn } from './faults.ts';
import { togglePolicies } from './toggle-policies.ts';
import { type HistoryServer, startHistoryServer } from './velro-process.ts';

export interface ProcessesOptions {
  readonly seed: number;
  readonly decisions: number;
  /** Milliseconds that it goes on at most, and at least. */
  readonly duration: number;
  readonly least?: number;
  readonly withRedis: boolean;
  /** Milliseconds between two faults, at most; undefined: nothing fails. */
  readonly calm: number | undefined;
  /** Of the faults these alone, by name. */
  readonly only?: readonly string[];
  /** Safeguards that the servers are left without. */
  readonly without?: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
}

export interface ProcessesResult extends HistoryResult {
  /** How often the policy was changed. */
  readonly activations: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Answers other than 200 and 503, by status. */
  readonly problems: Readonly<Record<string, number>>;
}

const SERVERS = 2;
const SIZE: SceneSize = { people: 20, items: 24, pairs: 4 };
const WEAKENED = fileURLToPath(new URL('weakened-server.ts', import.meta.url));
const FLIPS_PER_DECISION = 0.04;
const FRESH_SHARE = 0.02;

/** A history over servers that are processes of their own, and share a database, and a Redis where that is wanted. */
export async function runProcesses(options: ProcessesOptions): Promise<ProcessesResult> {
  const { seed, decisions, duration, withRedis, calm, only, without = [], onProgress } = options;
  const lacks = new Set(without);
  const environment = await openEnvironment(SIZE, withRedis);
  const servers: HistoryServer[] = [];
  try {
    for (let n = 0; n < SERVERS; n += 1)
      servers.push(
        await startHistoryServer(environment, {
          name: `server-${n}`,
          ...(lacks.size > 0 && { program: WEAKENED, settings: { VELRO_WITHOUT: without.join(',') } }),
        }),
      );
    const toggling = togglePolicies(environment, POLICY_BOUND);
    const faults = new Map<string, number>();
    const random = randomFrom(seed + 1);
    const result = await runHistory({
      url: environment.url,
      seed,
      duration,
      least: options.least ?? 0,
      decisions,
      bound: BOUND,
      servers,
      size: SIZE,
      pause: 30,
      flipsPerDecision: FLIPS_PER_DECISION,
      freshShare: FRESH_SHARE,
      policies: toggling.policies,
      async faults(_random, isOver) {
        await Promise.all([
          toggling.run(randomFrom(seed + 2), isOver),
          calm === undefined
            ? undefined
            : happenInTurn(
                faultsOf(environment, servers, lacks.has(PROOF)).filter(
                  ({ name }) => only === undefined || only.includes(name),
                ),
                calm,
                faults,
                random,
                isOver,
              ),
        ]);
      },
      ...(onProgress && { onProgress }),
    });
    const problems: Record<string, number> = {};
    for (const server of servers)
      for (const [status, count] of server.problems) problems[status] = (problems[status] ?? 0) + count;
    return {
      ...result,
      activations: toggling.policies.active.writes.length,
      faults: Object.fromEntries(faults),
      problems,
    };
  } finally {
    for (const server of servers) await server.close();
    await environment.close();
  }
}
