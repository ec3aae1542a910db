import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../../support/project-files.ts';

const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

const FILES: Readonly<Record<string, string>> = {
  'passes.test.ts': `describe('good', () => { it('holds', () => {}); it('holds as well', () => {}); });`,
  'fails.test.ts': `
import assert from 'node:assert';
describe('bad', () => {
  before(() => { throw new Error('broken hook', { cause: new TypeError('first cause', { cause: 'second cause' }) }); });
  it('is never run', () => {});
});
describe('worse', () => {
  it('has errors within', () => { throw new AggregateError([new Error('one of them'), new Error('other one')], 'several'); });
  it('has what is no JSON', () => { throw Object.assign(new Error('large number'), { found: 5n, errors: 2 }); });
  it('has a difference', () => assert.deepStrictEqual({ kept: [1n, 'blue'] }, { kept: [1n, 'green'] }));
});`,
  'does-not-load.test.ts': `import './nowhere.ts';`,
  'ends-its-process.test.ts': `it('x', () => process.kill(process.pid, 'SIGKILL'));`,
};

describe('the report of a test run', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-report-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const report = (names: readonly string[], ...more: readonly string[]): string => {
    const reporter = join(ROOT, 'test/support/reporter.ts');
    const args = [MOCHA, '--no-config', '--reporter', reporter, '--extension', 'test.ts', ...more, ...names];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout;
  };
  const LOADED = ['passes.test.ts', 'fails.test.ts'];

  it('shows the same errors whole, whether one process runs the files or several do', () => {
    for (const how of [['--no-parallel'], ['--parallel', '--jobs', '2']]) {
      const shown = report(LOADED, ...how);
      expect(shown, how.join(' '))
        .to.match(/broken hook[^]*Caused by: TypeError: first cause[^]*Caused by: /)
        .and.match(/AggregateError: several/)
        .and.match(/Error: large number/)
        .and.match(/-.*"blue"\n.*\+.*"green"/);
      expect(shown).to.match(/\n2 passed, 4 failed\n$/);
    }
  });

  it('shows causes that are no errors, and errors within an error, of several processes', () => {
    expect(report(LOADED, '--parallel', '--jobs', '2'))
      .to.match(/Caused by: 'second cause'/)
      .and.match(/AggregateError: several[^]*Caused by: Error: one of them[^]*Caused by: Error: other one/);
  });

  it('names files that do not load or that end their process, and counts them', () => {
    const shown = report(Object.keys(FILES), '--parallel', '--jobs', '2');
    expect(shown)
      .to.match(/^does-not-load\.test\.ts: .*Cannot find module '.*nowhere\.ts'/m)
      .and.match(/^ends-its-process\.test\.ts: .*terminated[^]*SIGKILL/m);
    expect(shown).to.match(/\n2 passed, 6 failed\n$/);
  });
});
