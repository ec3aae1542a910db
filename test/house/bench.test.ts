import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SUITES } from '../../bench/suites/index.ts';
import { renderTable, writeResults } from '../../bench/support/results.ts';
import type { Result } from '../../bench/support/suite.ts';

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
});
