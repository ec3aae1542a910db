import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { ROOT } from '../support/project-files.ts';
import { type ProcessesResult, runProcesses } from './run-processes.ts';

/** So long a run goes on at least, in milliseconds, … */
const DURATION = Number(process.env['VELRO_HISTORY_SECONDS'] ?? 6) * 1_000;
/** … and so long at most, on a machine that takes longer for so many decisions. */
const LONGEST = 2 * DURATION + 100_000;
const ENOUGH = 2_000;
const SEED = Number(process.env['VELRO_SEED'] ?? 1);

describe('a history of servers that share a database and a Redis', function () {
  this.timeout(900_000);

  const tell = (result: ProcessesResult): void => {
    const { violations, ...counts } = result;
    process.stdout.write(`      ${JSON.stringify({ ...counts, violations: violations.length })}\n`);
  };

  it('is answered by what there was, whatever fails', async () => {
    const result = await runProcesses({
      seed: SEED,
      decisions: ENOUGH,
      least: 2 * DURATION,
      duration: LONGEST,
      withRedis: true,
      calm: 1_000,
    });
    tell(result);
    const { decisions, permits, hits, flips, violations, problems } = result;
    expect(violations.slice(0, 5)).to.deep.equal([]);
    expect(problems).to.deep.equal({});
    // A machine that is busy makes fewer of them.
    expect(decisions).to.be.greaterThan(100);
    expect(permits).to.be.greaterThan(0.3 * decisions);
    expect(hits).to.be.greaterThan(0);
    expect(flips).to.be.greaterThan(0.02 * decisions);
  });

  for (const [safeguard, only] of [
    ['invalidation', []],
    ['shared-snapshots', ['redis dump taken', 'redis dump restored']],
    ['proof', ['redis dump taken', 'redis poisoned']],
  ] as const) {
    it(`is not, without ${safeguard}: this test would notice`, async () => {
      const result = await runProcesses({
        seed: SEED,
        decisions: ENOUGH,
        least: DURATION,
        duration: LONGEST,
        withRedis: only.length > 0,
        calm: only.length > 0 ? 300 : undefined,
        only,
        without: [safeguard],
      });
      tell(result);
      expect(result.violations).to.not.deep.equal([]);
    });
  }

  it('is refused what is no number, and says how it is called', () => {
    const run = (...args: readonly string[]): { readonly status: number | null; readonly text: string } => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['test/history/history.ts', ...args], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      return { status, text: stdout + stderr };
    };
    expect(run('--decisions', 'many')).to.deep.include({ status: 2 });
    expect(run('--without', 'everything').text).to.contain('invalidation');
    expect(run('--help')).to.have.property('status', 0);
  });
});
