import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import type { Safeguard } from '../../../src/server/cache/fact-cache.ts';
import { type HistoryOptions, type HistoryResult, runHistory } from '../../support/cache-history.ts';
import { type CacheServer, startCacheServer, watchTables } from '../../support/cache-scene.ts';
import { historyTables } from '../../support/history-scene.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { randomFrom } from '../../support/random-from.ts';
import { stopTestServers } from '../../support/test-server.ts';

/** So long a run goes on at least, in milliseconds; longer ones look for what is rare. */
const DURATION = Number(process.env['VELRO_HISTORY_SECONDS'] ?? 6) * 1_000;
/** So long at most, on a machine that takes longer for so many decisions. */
const LONGEST = 2 * DURATION + 90_000;
const ENOUGH = 1_000;
/** The listening connection is lost after so many decisions at the earliest: some are made by what is kept. */
const BETWEEN_LOSSES = 50;
const SEED = Number(process.env['VELRO_SEED'] ?? 1);
/** Most decisions are hits and quick; of so many at least one comes after another write. */
const MOST_PER_FLIP = 150;
/** What was revoked so many milliseconds ago is never permitted. */
const BOUND = 1_000;

describe('a history of writes, questions and failures', function () {
  this.timeout(DURATION * 3 + 300_000);
  let postgres: PostgresServer;
  let made = 0;
  before(async () => {
    // What is acknowledged must survive that it is killed.
    postgres = await startPostgres({ settings: { max_connections: 200 } });
  });
  after(() => postgres.stop());
  afterEach(stopTestServers);

  const database = async (): Promise<string> => {
    made += 1;
    await postgres.run(`create database history_${made}`);
    await postgres.run(historyTables(), `history_${made}`);
    return postgres.url(`history_${made}`);
  };
  const ENVIRONMENT = { VELRO_DATABASE_CONNECTIONS: '60' };

  const run = async (
    faults: NonNullable<HistoryOptions['faults']>,
    options: {
      readonly without?: readonly Safeguard[];
      readonly slow?: (random: () => number) => Promise<void> | undefined;
      readonly least?: number;
      readonly pause?: number;
      readonly decisionsPerFlip?: number;
    } = {},
  ): Promise<HistoryResult> => {
    const url = await database();
    const random = randomFrom(SEED + 1);
    const { slow, without = [], least = DURATION, pause = 150, decisionsPerFlip = Infinity } = options;
    const start = (): Promise<CacheServer> =>
      startCacheServer(url, {
        environment: ENVIRONMENT,
        without,
        ...(slow && { slow: () => slow(random) }),
      });
    const one = await start();
    await watchTables(one);
    const servers = [one, await start()];
    for (const server of servers) await server.settled();
    const result = await runHistory({
      url,
      seed: SEED,
      least,
      decisions: ENOUGH,
      duration: Math.max(least, LONGEST),
      bound: BOUND,
      servers,
      faults,
      pause,
      // Where a machine is slow, kept facts must still last for some decisions.
      flipsPerDecision: 0.1,
      decisionsPerFlip,
    });
    const { violations, ...counts } = result;
    process.stdout.write(`      ${JSON.stringify({ ...counts, violations: violations.length })}\n`);
    return result;
  };

  const losesListener: NonNullable<HistoryOptions['faults']> = async (random, isOver, decisions) => {
    let next = BETWEEN_LOSSES;
    while (!isOver()) {
      await delay(200 + 600 * random());
      if (decisions() < next) continue;
      next = decisions() + BETWEEN_LOSSES;
      await postgres
        .run(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'velro listen'`)
        .catch(() => {});
    }
  };
  const slowly = (random: () => number): Promise<void> | undefined => {
    const chance = random();
    return chance < 0.7 ? undefined : delay(chance < 0.95 ? 30 * random() : 300 * random());
  };
  const expectWhole = ({ decisions, permits, hits, flips, violations }: HistoryResult): void => {
    expect(violations.slice(0, 5)).to.deep.equal([]);
    expect(permits).to.be.greaterThan(0.3 * decisions);
    expect(hits).to.be.greaterThan(0.1 * decisions);
    expect(flips).to.be.greaterThan(0.005 * decisions);
  };

  it('is answered by what there was, while nothing fails', async () => {
    expectWhole(await run(() => Promise.resolve(), { slow: slowly, decisionsPerFlip: MOST_PER_FLIP }));
  });

  it('is answered by what there was, while the listening connection is lost again and again', async () => {
    expectWhole(await run(losesListener, { slow: slowly, decisionsPerFlip: MOST_PER_FLIP }));
  });

  it('is answered by what there was, while the database is paused, killed and restarted', async () => {
    const result = await run(
      async (random, isOver) => {
        while (!isOver()) {
          await delay(500 + 500 * random());
          if (random() < 0.7) {
            postgres.pause();
            await delay(random() < 0.5 ? 300 * random() : 1_500 * random());
            postgres.resume();
          } else {
            await postgres.kill();
            await delay(500 * random());
            await postgres.restart();
          }
        }
      },
      { slow: slowly, least: 2 * DURATION },
    );
    expect(result.violations.slice(0, 5)).to.deep.equal([]);
    expect(result.hits).to.be.greaterThan(0);
    expect(result.flips).to.be.greaterThan(10);
  });

  for (const [safeguard, faults, slow] of [
    ['invalidation', () => Promise.resolve(), undefined],
    ['heartbeat', losesListener, undefined],
    ['snapshots', () => Promise.resolve(), (random: () => number) => delay(150 * random())],
  ] as const) {
    it(`is not, without ${safeguard}: this test would notice`, async () => {
      const { violations } = await run(faults, {
        without: [safeguard],
        ...(slow && { slow }),
        least: 6_000,
        pause: 600,
      });
      expect(violations).to.not.deep.equal([]);
    });
  }
});
