import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Reference } from '../../../../src/dsl/types/values.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';
import { MAXIMUM_ACTIVATIONS, openEmergencyFile } from '../../../../src/server/live/emergency-file.ts';
import type { Activation, EnteredMode } from '../../../../src/server/live/emergency-types.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const lockdown: EnteredMode = { name: 'lockdown', reason: 'leak', by: 'key:1', since: 1_000 };
const alice = { type: 'user', id: 'alice' };
const activation = (id = 'alice', expiresAt = 5_000): Activation => ({
  override: 'break_glass',
  subject: { type: 'user', id },
  reason: 'outage',
  by: 'key:1',
  openedAt: 1_000,
  expiresAt,
});

describe('emergency state', () => {
  const folder = temporaryFolder();
  const path = (): string => join(folder.path, 'emergency.json');

  it('survives a restart, readable by its owner only', async () => {
    const state = await openEmergencyFile(path());
    await state.enterMode(lockdown);
    await state.openOverride(activation());
    const again = await openEmergencyFile(path());
    expect([...again.modes().values()]).to.deep.equal([lockdown]);
    expect(again.activations(2_000)).to.deep.equal([activation()]);
    expect(statSync(path()).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder.path)).to.deep.equal(['emergency.json']);
  });

  it('leaves and closes for good', async () => {
    const state = await openEmergencyFile(path());
    await state.enterMode(lockdown);
    await state.openOverride(activation());
    expect(await state.leaveMode('lockdown')).to.deep.equal({ ok: true, value: lockdown });
    expect(await state.closeOverride('break_glass', alice, 2_000)).to.deep.equal({
      ok: true,
      value: activation(),
    });
    const again = await openEmergencyFile(path());
    expect(again.modes().size).to.equal(0);
    expect(again.activations(2_000)).to.deep.equal([]);
  });

  it('keeps who entered a mode first', async () => {
    const state = await openEmergencyFile(path());
    await state.enterMode(lockdown);
    await state.enterMode({ ...lockdown, reason: 'other' });
    expect(state.modes().get('lockdown')?.reason).to.equal('leak');
  });

  it('names what is not on and not open', async () => {
    const state = await openEmergencyFile(path());
    expect(await state.leaveMode('lockdown')).to.deep.equal({ ok: false, refusal: 'not_on' });
    expect(await state.closeOverride('break_glass', alice, 0)).to.deep.equal({
      ok: false,
      refusal: 'not_open',
    });
  });

  it('lets an override count for its subject and its time only', async () => {
    const state = await openEmergencyFile(path());
    await state.openOverride(activation());
    const names = (reference: Reference, now: number): string[] => [...state.overridesFor(reference, now)];
    expect(names(new Reference('user', 'alice'), 1_000)).to.deep.equal(['break_glass']);
    expect(names(new Reference('user', 'alice'), 4_999)).to.deep.equal(['break_glass']);
    expect(names(new Reference('user', 'alice'), 5_000)).to.deep.equal([]);
    expect(names(new Reference('user', 'alice'), 999), 'a clock that was set back').to.deep.equal([]);
    expect(names(new Reference('user', 'bob'), 2_000)).to.deep.equal([]);
    expect(names(new Reference('service', 'alice'), 2_000)).to.deep.equal([]);
  });

  it('replaces the activation of a subject', async () => {
    const state = await openEmergencyFile(path());
    await state.openOverride(activation('alice', 5_000));
    await state.openOverride(activation('alice', 9_000));
    expect(state.activations(2_000).map((one) => one.expiresAt)).to.deep.equal([9_000]);
  });

  it('bounds how many are open, and expired ones make room', async () => {
    const overrides = Array.from({ length: MAXIMUM_ACTIVATIONS }, (_, index) => activation(`u${index}`));
    writeFileSync(path(), JSON.stringify({ format: 1, modes: [], overrides }));
    const state = await openEmergencyFile(path());
    expect(await state.openOverride(activation('late'))).to.deep.equal({
      ok: false,
      refusal: 'too_many_overrides',
    });
    const later = { ...activation('late', 9_000), openedAt: 5_000 };
    expect(await state.openOverride(later)).to.deep.equal({ ok: true, value: later });
  });

  it('makes changes that come at once one after the other', async () => {
    const state = await openEmergencyFile(path());
    const names = Array.from({ length: 20 }, (_, index) => `mode${index}`);
    await Promise.all(names.map((name) => state.enterMode({ ...lockdown, name })));
    const again = await openEmergencyFile(path());
    expect([...again.modes().keys()]).to.deep.equal(names);
  });

  it('changes nothing when the file cannot be written, and says so', async () => {
    const failures: unknown[] = [];
    const state = await openEmergencyFile(path(), (error) => failures.push(error));
    rmSync(folder.path, { recursive: true });
    expect(await state.enterMode(lockdown)).to.deep.equal({ ok: false, refusal: 'state_unavailable' });
    expect(state.modes().size).to.equal(0);
    expect(failures).to.have.length(1);
    mkdirSync(folder.path);
    expect(await state.enterMode(lockdown)).to.have.property('ok', true);
  });

  it('stops the start rather than forget a lockdown', async () => {
    const damaged = [
      '{"format":1,"modes":[',
      '[]',
      '{"format":2,"modes":[],"overrides":[]}',
      '{"format":1,"modes":[{"name":1}],"overrides":[]}',
    ];
    for (const content of damaged) {
      writeFileSync(path(), content);
      await openEmergencyFile(path()).then(
        () => expect.fail(`accepted ${content}`),
        (error: unknown) => expect(error, content).to.be.instanceOf(StartError),
      );
      expect(readFileSync(path(), 'utf8')).to.equal(content);
    }
  });
});
