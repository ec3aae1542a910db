import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readAuditLog } from '../../../src/server/audit/read-segments.ts';
import { eventually } from '../../support/eventually.ts';
import { question, serverFor, startTestServer, stopTestServers } from '../../support/test-server.ts';

describe('audit', () => {
  const server = serverFor('each');

  it('records what the policy has a line for, at its level, and nothing else', async () => {
    await server.decide('alice', 'read', 'd1');
    const updated = (await server.decide('alice', 'update', 'd1')).body.context.id;
    const deleted = (await server.decide('alice', 'delete', 'd1')).body.context.id;
    const denied = (await server.decide('carol', 'read', 'd1')).body.context.id;
    await server.running.close();
    const records = await server.auditRecords();
    expect(records.map((one) => [one['id'], one['level'], one['decision']])).to.deep.equal([
      [updated, 'info', 'permit'],
      [deleted, 'notice', 'permit'],
      [denied, 'warning', 'deny'],
    ]);
  });

  it('says who asked what, what came of it and why', async () => {
    const headers = { 'x-request-id': 'request-1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
    const { body } = await server.call('/decide', { body: question('carol', 'read', 'd1'), headers });
    await server.running.close();
    const [record] = await server.auditRecords();
    expect(record).to.deep.include({
      kind: 'decision',
      id: body.context.id,
      requestId: 'request-1',
      traceId: 'a'.repeat(32),
      decision: 'deny',
      code: 'forbidden',
      layer: 'ownership',
      rule: 'suspended',
      subject: { type: 'user', id: 'carol' },
      action: { name: 'read' },
      resource: { type: 'document', id: 'd1' },
      policy: body.context.policy,
    });
    expect(record!['caller']).to.match(/^key:[0-9a-f]{8}$/);
    expect(Date.parse(String(record!['time']))).to.be.closeTo(Date.now(), 10_000);
  });

  it('redacts, and writes nothing that the schema does not know', async () => {
    const context = {
      ip: '203.0.113.7',
      token: 'secret-token',
      password: 'secret-password',
      session: { id: 's1', extra: 'secret-extra' },
    };
    const subject = {
      type: 'user',
      id: 'carol',
      properties: { device: 'secret-device', status: 'secret-status' },
    };
    await server.call('/decide', { body: { ...question('carol', 'delete', 'd1', context), subject } });
    await server.call('/decide', { body: { ...question('carol', 'delete', 'd1', context), subject } });
    await server.running.close();
    const [first, second] = await server.auditRecords();
    const recorded = first!['context'] as { ip: string };
    expect(recorded).to.have.keys('ip', 'session');
    expect(recorded.ip).to.match(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(recorded).to.deep.include({ session: { id: 's1' } });
    expect(second!['context'], 'equal values have equal hashes').to.deep.equal(recorded);
    const folder = join(server.data, 'audit');
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(text).not.to.include('203.0.113.7');
    expect(text).not.to.match(/secret-/);
    expect(text).not.to.include(server.key);
  });

  it('keeps its files to its owner', async () => {
    await server.decide('alice', 'delete', 'd1');
    const folder = join(server.data, 'audit');
    const [segment] = readdirSync(folder);
    expect(statSync(join(folder, segment!)).mode & 0o777).to.equal(0o600);
    expect(statSync(join(server.data, 'audit.secret')).mode & 0o777).to.equal(0o600);
    for (const path of [server.data, folder]) expect(statSync(path).mode & 0o777, path).to.equal(0o700);
  });

  it('records who tries out actions that nobody declared', async () => {
    await server.decide('alice', 'fly', 'd1');
    await server.running.close();
    expect((await server.auditRecords())[0]).to.deep.include({
      level: 'warning',
      code: 'unknown_action',
      action: { name: 'fly' },
    });
  });

  it('bounds a line, whatever the request brings', async () => {
    const context = { token: 5, session: { id: 'x'.repeat(40_000) } };
    await server.decide('carol', 'read', 'd1', context);
    await server.running.close();
    const [record] = await server.auditRecords();
    expect(record).to.include({ truncated: true, code: 'forbidden' });
    expect(JSON.stringify(record).length).to.be.below(16 * 1024);
  });

  it('lets no answer out that should have been recorded durably and was not', async () => {
    const folder = join(server.data, 'audit');
    rmSync(folder, { recursive: true });
    const refused = await server.decide('alice', 'delete', 'd1');
    expect(refused.body).to.include({ status: 503, code: 'audit_unavailable' });
    expect(refused.body).not.to.have.property('decision');
    expect(refused.headers.get('retry-after')).to.equal('1');
    expect((await server.decide('alice', 'read', 'd1')).body.decision, 'needs no record').to.equal(true);
  });

  it('is a dependency: its loss enters the mode that the policy names, and leaves it when it is back', async () => {
    const folder = join(server.data, 'audit');
    rmSync(folder, { recursive: true });
    await server.decide('alice', 'delete', 'd1');
    const lost = (await server.call('/emergency')).body;
    expect(lost.losses).to.deep.include.members([
      { dependency: 'audit', lost: true, enters: 'read_only', since: lost.losses[0].since },
    ]);
    expect(lost.modes.find((one: { name: string }) => one.name === 'read_only')).to.include({
      on: true,
      loss: 'audit',
    });
    expect((await server.call('/readyz?verbose')).body.losses).to.deep.equal(['audit']);
    expect((await server.decide('alice', 'update', 'd1')).body.context).to.include({
      code: 'forbidden',
      rule: 'frozen',
    });
    expect((await server.call('/emergency/modes/lockdown', { body: { reason: 'x' } })).body.code).to.equal(
      'audit_unavailable',
    );

    mkdirSync(folder);
    await eventually(
      'the loss is over',
      async () => (await server.call('/readyz?verbose')).body.losses.length === 0,
    );
    expect((await server.decide('alice', 'update', 'd1')).body.decision).to.equal(true);
  });

  it('loses nothing when the server stops', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => server.decide('alice', 'update', 'd1')),
    );
    await server.running.close();
    const ids = (await server.auditRecords()).map((one) => one['id']);
    expect(ids).to.have.members(answers.map(({ body }) => body.context.id));
  });
});

describe('audit of a server that is killed', function () {
  this.timeout(180_000);
  let child: ChildProcess | undefined;
  afterEach(async () => {
    child?.kill('SIGKILL');
    await stopTestServers();
  });

  it('holds every durable decision that was answered', async () => {
    // Only for its files: the child has its own data folder beside it.
    const files = await startTestServer();
    const data = join(files.folder, 'child');
    const script = fileURLToPath(new URL('../../support/serve-child.ts', import.meta.url));
    child = spawn(process.execPath, [script, files.policies, files.facts, data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      child?.stdout?.once('data', (line) => resolve(String(line).trim()));
      child?.once('exit', () => reject(new Error('the child ended')));
    });
    const key = readFileSync(join(data, 'key'), 'utf8').trim();
    const answered: string[] = [];
    const ask = async (): Promise<void> => {
      for (;;) {
        const response = await fetch(`${url}/decide`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(question('alice', 'delete', 'd1')),
        });
        const { decision, context } = (await response.json()) as {
          decision: boolean;
          context: { id: string };
        };
        if (decision) answered.push(context.id);
        if (answered.length === 60) child?.kill('SIGKILL');
      }
    };
    await Promise.allSettled(Array.from({ length: 8 }, ask));
    expect(answered.length).to.be.at.least(60);
    const stored = new Set<unknown>();
    for await (const line of readAuditLog(join(data, 'audit')))
      if (line.kind === 'entry') stored.add(line.record['id']);
    expect(answered.filter((id) => !stored.has(id))).to.deep.equal([]);
  });
});
