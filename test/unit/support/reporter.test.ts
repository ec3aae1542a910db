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
  /** Of one process, for the files that it can run, and of several for all. */
  let alone: string;
  let together: string;
  before(() => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-report-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const reporter = join(ROOT, 'test/support/reporter.ts');
    const report = (...args: readonly string[]): string =>
      spawnSync(
        process.execPath,
        [MOCHA, '--no-config', '--no-color', '--reporter', reporter, '--extension', 'test.ts', ...args],
        { cwd: folder, encoding: 'utf8' },
      ).stdout;
    alone = report('passes.test.ts', 'fails.test.ts');
    together = report('--parallel', '--jobs', '2', ...Object.keys(FILES));
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows errors with their differences and causes, whether one process runs the files or several do', () => {
    for (const shown of [alone, together])
      expect(shown)
        .to.match(/broken hook[^]*Caused by: TypeError: first cause[^]*Caused by: /)
        .and.match(/AggregateError: several/)
        .and.match(/Error: large number/)
        .and.match(/-.*"blue"\n.*\+.*"green"/);
  });

  it('shows causes that are no errors, and errors within an error, of several processes', () => {
    expect(together)
      .to.match(/Caused by: 'second cause'/)
      .and.match(/AggregateError: several[^]*Caused by: Error: one of them[^]*Caused by: Error: other one/);
  });

  it('names files that do not load or that end their process', () => {
    expect(together)
      .to.match(/^does-not-load\.test\.ts: .*Cannot find module '.*nowhere\.ts'/m)
      .and.match(/^ends-its-process\.test\.ts: .*terminated[^]*SIGKILL/m);
  });

  it('ends with a line that counts', () => {
    expect(alone).to.match(/\n2 passed, 4 failed\n$/);
    expect(together).to.match(/\n2 passed, 6 failed\n$/);
  });
});
