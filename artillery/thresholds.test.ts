import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { setupPackage } from '../scripts/setup-package.mjs';
import { type LoadReport, reportOn } from './support/load-report.ts';
import { type ArtilleryRun, type Pace, runArtillery } from './support/run-artillery.ts';

const PACE: Pace = { rate: 30, seconds: 2, warmUp: { seconds: 1, rate: 10 } };

/** Answers everything alike. */
type Constant = (request: IncomingMessage, response: ServerResponse) => void;

const permitAfter =
  (milliseconds: number): Constant =>
  (request, response) => {
    setTimeout(() => {
      response.setHeader('X-Request-ID', String(request.headers['x-request-id']));
      response.setHeader('Content-Type', 'application/json');
      response.end('{"decision":true,"context":{"code":"permitted"}}');
    }, milliseconds);
  };

const fail: Constant = (_request, response) => {
  response.statusCode = 503;
  response.end();
};

// Needs Artillery, so it is no part of `npm test`.
describe('the thresholds of the load test', function () {
  this.timeout(120_000);
  let folder: string;
  let server: Server | undefined;

  before(() => {
    if (!setupPackage(fileURLToPath(new URL('./', import.meta.url)), 'about 460 MB'))
      throw new Error('not set up');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-load-'));
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function runAgainst(constant: Constant): Promise<{ run: ArtilleryRun; report: LoadReport }> {
    const listening = createServer((request, response) => {
      request.resume().on('end', () => constant(request, response));
    });
    server = listening;
    await new Promise<void>((resolve) => {
      listening.listen(0, '127.0.0.1', resolve);
    });
    return runAt(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
  }

  async function runAt(url: string): Promise<{ run: ArtilleryRun; report: LoadReport }> {
    const { signal } = new AbortController();
    const run = await runArtillery({ pace: PACE, url, key: 'k'.repeat(32), folder, signal });
    expect(run.thresholds).to.have.lengthOf(4);
    return { run, report: reportOn(run, PACE, new Date()) };
  }

  const broken = ({ thresholds }: ArtilleryRun): string[] =>
    thresholds.filter(({ held }) => !held).map(({ rule }) => rule);

  it('fail on a server that permits everything, slowly', async () => {
    const { run, report } = await runAgainst(permitAfter(800));
    expect(run.exitCode).to.equal(1);
    expect(broken(run)).to.have.members(['velro.time.p95 < 750', 'velro.wrong_verdicts == 0']);
    expect(report).to.include({ passed: false, serverErrors: 0 });
    expect(report.kinds.permit).to.include({ wrong: 0 });
    expect(report.kinds.permit.right).to.be.greaterThan(0);
    for (const kind of ['denial', 'malformed'] as const) expect(report.kinds[kind]).to.include({ right: 0 });
    expect(report.wrongVerdicts).to.equal(
      report.answered - report.kinds.permit.right - report.kinds.limited.right,
    );
    expect(report.complaints[0]?.complaint).to.match(/^expected .+, got a permit \(permitted\)$/);
  });

  it('fail on a server that answers nothing but errors', async () => {
    const { run, report } = await runAgainst(fail);
    expect(run.exitCode).to.equal(1);
    expect(broken(run)).to.deep.equal(['velro.server_errors == 0']);
    expect(report).to.include({ passed: false, wrongVerdicts: 0, serverErrors: report.answered });
    expect(report.answered).to.equal(report.asked);
  });

  it('fail when nobody answers', async () => {
    // Nothing listens there: the port belonged to a server that is gone.
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { run, report } = await runAt(`http://127.0.0.1:${port}`);
    expect(run.exitCode).to.equal(1);
    expect(broken(run)).to.include('vusers.failed == 0');
    expect(broken(run), 'what was not measured has not held').to.include('velro.wrong_verdicts == 0');
    expect(report).to.include({ passed: false, answered: 0 });
    expect(report.errors).to.have.property('ECONNREFUSED', report.asked);
  });
});
