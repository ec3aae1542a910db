import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { ROOT } from '../support/project-files.ts';
import { type ProcessesResult, runProcesses } from './run-processes.ts';

const SEED = Number(process.env['VELRO_SEED'] ?? 1);

describe('a history of servers that share a database and a Redis', function () {
  this.timeout(300_000);

  const tell = (result: ProcessesResult): void => {
    const { violations, ...counts } = result;
    process.stdout.write(`      ${JSON.stringify({ ...counts, violations: violations.length })}\n`);
  };

  it('is answered by what there was, whatever fails', async () => {
    const result = await runProcesses({
      seed: SEED,
      decisions: 20_000,
      duration: 15_000,
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

  it('is not, without invalidation: this test would notice', async () => {
    const result = await runProcesses({
      seed: SEED,
      decisions: Infinity,
      duration: 8_000,
      withRedis: false,
      calm: undefined,
      without: 'invalidation',
    });
    tell(result);
    expect(result.violations).to.not.deep.equal([]);
  });

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
