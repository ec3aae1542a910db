import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LoadReport, reportOn } from '../../../artillery/support/load-report.ts';
import { KINDS } from '../../../artillery/support/question.ts';
import { caseNames } from '../../../artillery/support/question-source.ts';
import { renderReport } from '../../../artillery/support/render-report.ts';
import type { ArtilleryRun, Pace, Times } from '../../../artillery/support/run-artillery.ts';
import { ROOT } from '../../support/project-files.ts';

const PACE: Pace = { rate: 10, seconds: 8, warmUp: { seconds: 2, rate: 10 } };
const STARTED = new Date('2026-03-01T10:00:00Z');
const times = (p95: number): Times => ({ count: 80, p50: 2, p95, p99: p95, max: p95 });
const seen = Object.fromEntries(caseNames().map((name) => [`velro.seen.${name}`, 2]));
const held = [{ rule: 'velro.wrong_verdicts == 0', held: true }];

const GOOD: ArtilleryRun = {
  exitCode: 0,
  counters: { ...seen, 'velro.right.permit': 60, 'velro.right.denial': 39, 'velro.late.denial': 1 },
  times: { 'velro.time': times(12), 'velro.time.permit': times(9) },
  thresholds: held,
  complaints: [],
};
const report = (more: Partial<ArtilleryRun>): LoadReport => reportOn({ ...GOOD, ...more }, PACE, STARTED);

describe('the report of a load test', () => {
  it('passes what held, was seen and was answered', () => {
    const good = report({});
    expect(good).to.deep.include({
      format: 1,
      passed: true,
      failures: [],
      asked: 100,
      answered: 100,
      late: 1,
      wrongVerdicts: 0,
      serverErrors: 0,
      startedAt: '2026-03-01T10:00:00.000Z',
      p95: { milliseconds: 12, target: 75, reached: true },
    });
    const text = renderReport(good);
    expect(text).to.contain('p95 at 10 requests/s: 12 ms of 75 ms: reached\n');
    expect(text).to.match(/^permits +60 +0 +0 +0 +2 ms +9 ms +9 ms$/m);
    expect(text).to.match(/^denials +39 +1 +0 +0 +– +– +–$/m);
    expect(text).to.match(/^all +99 +1 +0 +0 /m);
    expect(text).to.match(/passed: 100 answers, 99 of them as expected and 1 too late$/);
  });

  it('only says that the figure was missed', () => {
    const slow = report({ times: { 'velro.time': times(300) } });
    expect(slow).to.deep.include({ passed: true, p95: { milliseconds: 300, target: 75, reached: false } });
    expect(renderReport(slow)).to.contain('300 ms of 75 ms: missed');
  });

  it('fails on a broken threshold', () => {
    const broken = report({
      exitCode: 1,
      thresholds: [...held, { rule: 'velro.time.p95 < 750', held: false }],
    });
    expect(broken).to.deep.include({ passed: false, failures: ['broken: velro.time.p95 < 750'] });
    expect(renderReport(broken)).to.match(/\nfailed: broken: velro.time.p95 < 750$/);
  });

  it('fails if no threshold was looked at', () => {
    expect(report({ thresholds: [] }).failures).to.deep.equal(['no threshold was looked at']);
  });

  it('fails on a case that nothing was seen of', () => {
    const name = caseNames()[0] ?? '';
    const counters = { ...GOOD.counters, [`velro.seen.${name}`]: 0 };
    expect(report({ counters }).failures).to.deep.equal([`never answered rightly: ${name}`]);
  });

  it('fails on requests that were not checked, and says what they ended with', () => {
    const counters = { ...GOOD.counters, 'velro.right.permit': 57, 'errors.ECONNREFUSED': 3 };
    const short = report({ counters });
    expect(short).to.deep.include({ passed: false, errors: { ECONNREFUSED: 3 } });
    expect(short.failures).to.deep.equal(['3 of 100 requests were not checked']);
    expect(renderReport(short)).to.contain('\nno answer: 3 × ECONNREFUSED\n');
  });

  it('fails when Artillery does, for whatever reason', () => {
    expect(report({ exitCode: 11 }).failures).to.deep.equal(['artillery ended with 11']);
  });

  it('shows the first complaints', () => {
    const complaints = Array.from({ length: 9 }, (_, index) => ({
      kind: 'denial' as const,
      name: `denial.case-${index}`,
      outcome: 'wrong' as const,
      complaint: 'expected a denial (forbidden a.b), got a permit (permitted)',
    }));
    const text = renderReport(report({ complaints }));
    expect(text.match(/^denial\.case-\d: expected a denial/gm)).to.have.lengthOf(5);
  });

  it('is described field by field', () => {
    const page = readFileSync(join(ROOT, 'artillery/README.md'), 'utf8');
    const { kinds, ...good } = report({ complaints: [] });
    for (const field of [
      ...Object.keys(good),
      'kinds',
      ...Object.keys(kinds),
      ...Object.keys(kinds.permit),
    ]) {
      expect(page).to.contain(`\`${field}\``);
    }
  });

  it('has a scenario for each kind', () => {
    const scenarios = readFileSync(join(ROOT, 'artillery/smoke.yml'), 'utf8');
    const asked = scenarios.matchAll(
      /post: \{ url: \/decide, name: (\w+), beforeRequest: ask, afterResponse: check \}/g,
    );
    expect(Array.from(asked, ([, kind]) => kind)).to.have.members([...KINDS]);
  });
});
