import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { StartError } from '../../../src/server/config/start-error.ts';
import type { Clock } from '../../../src/server/ports.ts';
import { SYSTEM_CLOCK } from '../../../src/server/system-clock.ts';
import { type Answer, serverFor, type TestServer } from '../../support/test-server.ts';

/** A clock on the wall that stands still but for what it is set forward by, so that nothing expires while a busy machine takes its time. */
function movableClock(): Clock & { offset: number } {
  const start = SYSTEM_CLOCK.now();
  return {
    offset: 0,
    now() {
      return start + this.offset;
    },
    monotonic: () => SYSTEM_CLOCK.monotonic(),
  };
}

const enter = (server: TestServer, mode: string, reason = 'leak'): Promise<Answer> =>
  server.call(`/emergency/modes/${mode}`, { body: { reason } });
const leave = (server: TestServer, mode: string): Promise<Answer> =>
  server.call(`/emergency/modes/${mode}`, { method: 'DELETE' });
const open = (server: TestServer, id: string, more: object = {}): Promise<Answer> =>
  server.call('/emergency/overrides/break_glass', {
    body: { subject: { type: 'user', id }, reason: 'outage 7', ...more },
  });
const close = (server: TestServer, id: string): Promise<Answer> =>
  server.call(`/emergency/overrides/break_glass?type=user&id=${id}`, { method: 'DELETE' });

describe('emergency modes', () => {
  const server = serverFor('each');

  it('count from the answer on, until they are left', async () => {
    expect((await server.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
    const entered = await enter(server, 'lockdown');
    expect(entered.status).to.equal(200);
    expect(entered.body).to.deep.include({ name: 'lockdown', description: 'nobody may act', on: true });
    expect(entered.body.entered).to.include({ reason: 'leak' });
    expect(entered.body.entered.by).to.match(/^key:/);
    const denied = (await server.decide('alice', 'read', 'd1')).body;
    expect(denied.context).to.include({
      layer: 'emergency',
      rule: 'locked_down',
      reason: 'the system is locked down',
    });
    const left = await leave(server, 'lockdown');
    expect(left.body).to.include({ name: 'lockdown', on: false });
    expect((await server.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
  });

  it('narrow only what they name', async () => {
    await enter(server, 'read_only');
    expect((await server.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
    expect((await server.decide('alice', 'update', 'd1')).body.context.rule).to.equal('frozen');
  });

  it('survive a restart', async () => {
    await enter(server, 'lockdown', 'before the restart');
    const again = await server.restart();
    expect((await again.decide('alice', 'read', 'd1')).body.context.rule).to.equal('locked_down');
    const { body } = await again.call('/emergency');
    expect(body.modes[0].entered.reason).to.equal('before the restart');
    await leave(again, 'lockdown');
    const third = await again.restart();
    expect((await third.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
  });

  it('can be entered twice and left twice', async () => {
    await enter(server, 'lockdown', 'first');
    expect((await enter(server, 'lockdown', 'second')).body.entered.reason).to.equal('first');
    expect((await leave(server, 'lockdown')).status).to.equal(200);
    expect((await leave(server, 'lockdown')).body.on).to.equal(false);
  });

  it('need a reason and have to be declared', async () => {
    expect((await server.call('/emergency/modes/lockdown', { body: {} })).body).to.deep.include({
      status: 400,
      code: 'invalid_request',
      errors: [{ pointer: '/reason', message: 'is required' }],
    });
    for (const reason of ['', '   ', 'x'.repeat(1001), 7]) {
      expect((await server.call('/emergency/modes/lockdown', { body: { reason } })).body.code).to.equal(
        'invalid_request',
      );
    }
    for (const answer of [
      await enter(server, 'nap'),
      await leave(server, 'nap'),
      await enter(server, '__proto__'),
    ]) {
      expect(answer.body).to.include({ status: 404, code: 'unknown_mode' });
    }
  });

  it('are recorded durably before they count', async () => {
    await enter(server, 'lockdown', 'the reason');
    await leave(server, 'lockdown');
    const records = (await server.auditRecords()).filter((record) => record['kind'] === 'emergency');
    expect(records.map((one) => [one['level'], one['change'], one['mode'], one['reason']])).to.deep.equal([
      ['critical', 'enter_mode', 'lockdown', 'the reason'],
      ['critical', 'leave_mode', 'lockdown', undefined],
    ]);
    expect(records[0]).to.include.keys('time', 'requestId', 'caller');
  });

  it('are not entered when the change cannot be stored, and that is recorded too', async () => {
    await enter(server, 'read_only');
    rmSync(join(server.data, 'emergency.json'));
    // A folder in its place cannot be replaced by a file.
    mkdirSync(join(server.data, 'emergency.json', 'x'), { recursive: true });
    expect((await enter(server, 'lockdown')).body).to.include({ status: 503, code: 'state_unavailable' });
    expect((await server.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
    const last = (await server.auditRecords()).at(-1);
    expect(last).to.include({ change: 'enter_mode', mode: 'lockdown', failed: 'state_unavailable' });
  });

  it('that the bundle no longer declares are named and have no effect', async () => {
    await enter(server, 'lockdown');
    await server.running.close();
    const text = 'layer 9 emergency version 2\nmode calm { forbid never: read on document when false }\n';
    writeFileSync(join(server.policies, 'emergency.velro'), text);
    const again = await server.restart();
    expect((await again.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
    expect((await again.call('/emergency')).body.undeclared).to.deep.equal(['lockdown']);
    expect((await leave(again, 'lockdown')).status).to.equal(200);
    expect((await again.call('/emergency')).body.undeclared).to.deep.equal([]);
  });

  it('that cannot be read stop the start', async () => {
    await server.running.close();
    writeFileSync(join(server.data, 'emergency.json'), '{');
    await server.restart().then(
      () => expect.fail('started'),
      (error: unknown) =>
        expect(error).to.be.instanceOf(StartError).with.property('message').that.includes('emergency.json'),
    );
  });
});

describe('emergency overrides', () => {
  const clock = movableClock();
  const server = serverFor('each', () => {
    clock.offset = 0;
    return { clock };
  });

  it('count for their subject, where the policy says, until they are closed', async () => {
    expect((await server.decide('dora', 'read', 'd1')).body.context.claim).to.equal('access');
    const opened = await open(server, 'dora');
    expect(opened.status).to.equal(200);
    expect(opened.body).to.deep.include({
      override: 'break_glass',
      subject: { type: 'user', id: 'dora' },
      reason: 'outage 7',
    });
    const permitted = (await server.decide('dora', 'read', 'd1')).body;
    expect(permitted.decision).to.equal(true);
    expect(permitted.context.claims.access).to.equal('emergency.break_glass');
    expect((await server.decide('bob', 'update', 'd1')).body.decision, 'another subject').to.equal(false);
    expect((await close(server, 'dora')).status).to.equal(200);
    expect((await server.decide('dora', 'read', 'd1')).body.decision).to.equal(false);
    expect((await close(server, 'dora')).body).to.include({ status: 404, code: 'override_not_open' });
  });

  it('do not count against a forbid', async () => {
    await open(server, 'dora');
    const denied = await server.decide('dora', 'read', 'd1', { ip: '198.51.100.7' });
    expect(denied.body.context.rule).to.equal('bad_address');
  });

  it('expire: as soon as was asked, and never later than the policy says', async () => {
    const { body } = await open(server, 'dora', { duration: '10m' });
    expect(Date.parse(body.expiresAt) - Date.parse(body.openedAt)).to.equal(600_000);
    clock.offset = 599_000;
    expect((await server.decide('dora', 'read', 'd1')).body.decision).to.equal(true);
    clock.offset = 600_001;
    expect((await server.decide('dora', 'read', 'd1')).body.decision).to.equal(false);
    const whole = (await open(server, 'dora')).body;
    expect(Date.parse(whole.expiresAt) - Date.parse(whole.openedAt)).to.equal(3_600_000);
    expect((await open(server, 'dora', { duration: 'PT1H' })).status).to.equal(200);
  });

  it('survive a restart, and expire meanwhile', async () => {
    await open(server, 'dora', { duration: '30m' });
    const again = await server.restart();
    expect((await again.decide('dora', 'read', 'd1')).body.decision).to.equal(true);
    clock.offset = 1_800_001;
    const third = await again.restart();
    expect((await third.decide('dora', 'read', 'd1')).body.decision).to.equal(false);
    expect((await third.call('/emergency')).body.overrides[0].open).to.deep.equal([]);
  });

  for (const [what, more, pointer] of [
    ['longer than the policy allows', { duration: '61m' }, '/duration'],
    ['for no time', { duration: '0s' }, '/duration'],
    ['backwards', { duration: '-PT1M' }, '/duration'],
    ['for a time that is none', { duration: 'soon' }, '/duration'],
    ['without a reason', { reason: ' ' }, '/reason'],
    ['for a type that it is not for', { subject: { type: 'service', id: 'x' } }, '/subject'],
    ['for nobody', { subject: { type: 'user' } }, '/subject/id'],
  ] as const) {
    it(`cannot be opened ${what}`, async () => {
      const answer = await open(server, 'dora', more);
      expect(answer.body).to.include({ status: 400, code: 'invalid_request' });
      expect(answer.body.errors[0].pointer).to.equal(pointer);
      expect((await server.call('/emergency')).body.overrides[0].open).to.deep.equal([]);
    });
  }

  it('have to be declared, and closing needs to say for whom', async () => {
    const body = { subject: { type: 'user', id: 'dora' }, reason: 'x' };
    expect((await server.call('/emergency/overrides/none', { body })).body.code).to.equal('unknown_override');
    const query = await server.call('/emergency/overrides/break_glass?type=user', { method: 'DELETE' });
    expect(query.body).to.deep.include({ status: 400, errors: [{ pointer: '?id', message: 'is required' }] });
    const twice = await server.call('/emergency/overrides/break_glass?type=user&id=a&id=b', {
      method: 'DELETE',
    });
    expect(twice.body.code).to.equal('invalid_request');
  });

  it('are recorded, and so is every decision that needed one, durably at critical', async () => {
    await open(server, 'dora');
    const { body } = await server.decide('dora', 'read', 'd1');
    await close(server, 'dora');
    const records = await server.auditRecords();
    expect(records.map((one) => one['change'] ?? one['id'])).to.deep.equal([
      'open_override',
      body.context.id,
      'close_override',
    ]);
    expect(records.every((one) => one['level'] === 'critical')).to.equal(true);
    expect(records[1]).to.deep.include({ decision: 'permit', overrides: ['break_glass'] });
  });

  it('show in the state, with who opened them for whom', async () => {
    await open(server, 'dora');
    const { body } = await server.call('/emergency');
    expect(body.overrides).to.have.length(1);
    expect(body.overrides[0]).to.deep.include({
      name: 'break_glass',
      waives: ['access'],
      expiresAfterSeconds: 3600,
    });
    expect(body.overrides[0].open[0]).to.deep.include({
      subject: { type: 'user', id: 'dora' },
      reason: 'outage 7',
    });
  });
});
