import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { SUITES } from '../../bench/suites/index.ts';
import { measureApart, type Order } from '../../bench/support/apart.ts';
import { renderTable, writeResults } from '../../bench/support/results.ts';
import type { Result } from '../../bench/support/suite.ts';
import { eventually } from '../support/eventually.ts';

const RESULTS: readonly Result[] = [
  {
    name: 'fast/enough',
    value: 2.123456789,
    unit: 'µs',
    target: { atMost: 3 },
    spread: { low: 2, high: 2.5 },
  },
  { name: 'fast/missed', value: 4, unit: '×', target: { atLeast: 5 }, note: 'of a peer' },
  { name: 'fast/told', value: 1234.5, unit: 'MB' },
];

const PROGRAM = fileURLToPath(new URL('../support/bench-suites.ts', import.meta.url));

function measured(order: Partial<Order> & Pick<Order, 'suite'>, aborted = new AbortController().signal) {
  return measureApart(PROGRAM, { part: undefined, quick: true, ...order }, aborted);
}

/** Why nothing was measured. */
async function failureOf(measuring: Promise<unknown>): Promise<string> {
  return measuring.then(
    () => 'it was measured',
    (error: unknown) => (error as Error).message,
  );
}

describe('the benchmarks', () => {
  it('are a sorted list that holds every file of its folder', () => {
    const files = readdirSync(new URL('../../bench/suites/', import.meta.url))
      .filter((name) => name !== 'index.ts')
      .map((name) => name.replace(/\.ts$/, ''))
      .toSorted();
    expect(files.length).to.be.greaterThan(0);
    expect(SUITES.map(({ name }) => name)).to.deep.equal(files);
  });

  it('write a list of name, value, unit, target and whether it is reached', () => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-bench-'));
    try {
      const path = join(folder, 'results', 'latest.json');
      writeResults(path, RESULTS);
      expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal([
        { name: 'fast/enough', value: 2.12346, unit: 'µs', target: 3, reached: true },
        { name: 'fast/missed', value: 4, unit: '×', target: 5, reached: false },
        { name: 'fast/told', value: 1234.5, unit: 'MB', target: null, reached: null },
      ]);
      expect(readdirSync(join(folder, 'results'))).to.deep.equal(['latest.json']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuse what is no figure, and two figures of one name', () => {
    const nothing = { name: 'nothing', value: Number.NaN, unit: 'µs' };
    const path = join(tmpdir(), 'velro-bench-never-written', 'latest.json');
    expect(() => writeResults(path, [nothing, nothing])).to.throw('two figures have one name');
    expect(() => writeResults(path, [nothing])).to.throw('nothing is NaN');
  });

  it('say by how much a target is missed', () => {
    const table = renderTable(RESULTS).split('\n');
    expect(table[2]).to.match(/^fast\/enough +2\.12 +µs +2 – 2\.5 +≤ 3 +reached$/);
    expect(table[3]).to.match(/^fast\/missed +4 +× +≥ 5 +missed by 20% +of a peer$/);
    expect(table[4]).to.match(/^fast\/told +1235 +MB$/);
  });

  it('are measured in a process of their own each', async () => {
    const [one] = await measured({ suite: 'measured' });
    const [other] = await measured({ suite: 'measured', part: 'half', quick: false });
    expect(one).to.include({ name: 'measured/whole', unit: 'quickly' });
    expect(other).to.include({ name: 'measured/half', unit: 'in full' });
    expect(new Set([process.pid, one?.value, other?.value])).to.have.lengthOf(3);
  });

  it('say why one could not be measured', async () => {
    expect(await failureOf(measured({ suite: 'differing' }))).to.match(/^Error: the answers differ\n +at /);
    expect(await failureOf(measured({ suite: 'ended' }))).to.equal('its process ended with code 3');
    expect(await failureOf(measured({ suite: 'absent' }))).to.include('there is no suite `absent`');
  });

  it('end with all that they started when they are interrupted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-bench-'));
    try {
      const path = join(folder, 'processes');
      const interrupted = new AbortController();
      const failure = failureOf(measured({ suite: 'hanging', part: path }, interrupted.signal));
      await eventually('both run', () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
      const started = readFileSync(path, 'utf8').trim().split(' ').map(Number);
      expect(started).to.have.lengthOf(2);
      interrupted.abort();
      expect(await failure).to.equal('its process ended with SIGTERM');
      await eventually('both have ended', () => !started.some(isRunning));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tell their parts apart', () => {
    for (const { parts = [] } of SUITES) expect(new Set(parts)).to.have.lengthOf(parts.length);
    expect(SUITES.find(({ name }) => name === 'ten-layers')?.parts).to.include('demo/known-ids');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has waited for is no longer running either.
    const status = `/proc/${pid}/status`;
    return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}
