import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Ports } from '../../../src/server/ports.ts';
import { answerInTime } from '../../support/answer-in-time.ts';
import { eventually } from '../../support/eventually.ts';
import { failingFacts, later, slowFacts } from '../../support/slow-ports.ts';
import { SMALL_BUNDLE } from '../../support/small-bundle.ts';
import {
  question,
  startHurriedServer,
  startTestServer,
  stopTestServers,
  type TestServer,
} from '../../support/test-server.ts';

const slowAuthenticator =
  (milliseconds: number) =>
  (ports: Ports): Ports => ({
    ...ports,
    authenticator: {
      async authenticate(header) {
        await later(milliseconds);
        return ports.authenticator.authenticate(header);
      },
    },
  });

describe('deadlines', () => {
  afterEach(stopTestServers);

  it('let pass what comes in time', async () => {
    const server = await startHurriedServer({ adapt: slowFacts(() => later(30)) });
    const { decision } = await answerInTime(async () => (await server.decide('alice', 'read', 'd1')).body);
    expect(decision).to.equal(true);
  });

  it('deny what runs out of time, with 200, and record the denial', async () => {
    const server = await startHurriedServer({ adapt: slowFacts(() => new Promise(() => undefined)) });
    const startedAt = performance.now();
    const { status, body } = await server.decide('alice', 'read', 'd1');
    // No sooner than the policy says; that it comes at all is no matter of facts, which never come.
    expect(performance.now() - startedAt).to.be.at.least(390);
    expect(status).to.equal(200);
    expect(body.decision).to.equal(false);
    expect(body.context).to.include({ code: 'deadline_exceeded', reason: 'deadline_exceeded' });
    await server.running.close();
    expect((await server.auditRecords())[0]).to.include({
      decision: 'deny',
      code: 'deadline_exceeded',
      level: 'warning',
    });
  });

  it('bind authentication: a decision is denied, anything else is a 503', async () => {
    const server = await startHurriedServer({ adapt: slowAuthenticator(2_000) });
    const { status, body } = await server.decide('alice', 'read', 'd1');
    expect(status).to.equal(200);
    expect(body.decision).to.equal(false);
    expect(body.context).to.include({ code: 'deadline_exceeded' });
    expect(body.context).to.not.have.any.keys('claims', 'layer', 'ignored');
    expect((await server.call('/emergency')).body).to.include({ status: 503, code: 'timed_out' });
    await server.running.close();
    expect((await server.auditRecords())[0]).to.include({ code: 'deadline_exceeded', caller: null });
  });

  it('do not let a wrong key in that is checked slowly', async () => {
    const server = await startHurriedServer({ adapt: slowAuthenticator(20) });
    const wrong = { body: question('alice', 'read', 'd1'), key: 'x'.repeat(40) };
    // A machine that is too busy to check it in time denies instead.
    await eventually('it is refused', async () => {
      const { status, body } = await server.call('/decide', wrong);
      expect(body.decision).not.to.equal(true);
      return status === 401;
    });
  });
});

describe('facts that cannot be loaded', () => {
  let server: TestServer;
  afterEach(stopTestServers);

  it('are a 503 and never a permit', async () => {
    server = await startTestServer({ adapt: failingFacts });
    for (const action of ['read', 'update', 'delete']) {
      const { body } = await server.decide('alice', action, 'd1');
      expect(body).to.include({ status: 503, code: 'facts_unavailable' });
      expect(body).not.to.have.property('decision');
    }
    expect((await server.call('/explain', { body: question('alice', 'read', 'd1') })).body.code).to.equal(
      'facts_unavailable',
    );
    expect((await server.call('/readyz?verbose')).body.losses).to.deep.equal(['database']);
  });

  it('are a denial where the policy says what their loss means', async () => {
    server = await startTestServer();
    const text = SMALL_BUNDLE['emergency.velro']!;
    writeFileSync(join(server.policies, 'emergency.velro'), `${text}loss of database: enter lockdown\n`);
    await server.running.close();
    const again = await startTestServer({ adapt: failingFacts }, server.folder);
    await again.decide('alice', 'read', 'd1');
    const { status, body } = await again.decide('alice', 'read', 'd1');
    expect(status).to.equal(200);
    expect(body.decision).to.equal(false);
    expect((await again.call('/emergency')).body.modes[0]).to.include({
      name: 'lockdown',
      on: true,
      loss: 'database',
    });
  });

  it('do not hide a forbid that is certain without them', async () => {
    const guard =
      'layer 0 guard version 1\nforbid no_address: any on any unless has context.ip because "say where from"\n';
    server = await startTestServer();
    writeFileSync(join(server.policies, 'guard.velro'), guard);
    await server.running.close();
    const again = await startTestServer({ adapt: failingFacts }, server.folder);
    expect((await again.decide('alice', 'read', 'd1')).body.context).to.include({ rule: 'no_address' });
    expect((await again.decide('alice', 'read', 'd1', { ip: '203.0.113.7' })).body.code).to.equal(
      'facts_unavailable',
    );
  });
});
