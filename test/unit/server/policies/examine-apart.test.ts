import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { acceptFiles } from '../../../../src/server/policies/accept-files.ts';
import { examineApart, expectExamination } from '../../../../src/server/policies/examine-apart.ts';
import { PolicyRefusal } from '../../../../src/server/policies/policy-refusal.ts';
import { SMALL_BUNDLE } from '../../../support/small-bundle.ts';

describe('examining a bundle in a thread of its own', function apart() {
  this.timeout(60_000);
  const files = acceptFiles(SMALL_BUNDLE);

  it('tells its layers and what is new about it', async () => {
    const examination = await examineApart({ files, newest: files, active: acceptFiles({ 'a.velro': '' }) });
    expect(examination).to.deep.include({ ok: true, tests: 0, unchanged: [] });
    expect(examination).to.have.nested.include({ 'changes.removed': 0, 'layers[1].name': 'ownership' });
  });

  it('ends when it takes too long, and the next one is examined all the same', async () => {
    const refusal = await examineApart({ files }, 0).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(PolicyRefusal).and.include({ code: 'policy_too_slow' });
    expect((await examineApart({ files })).ok).to.equal(true);
  });

  it('ends when nobody needs it any more, before its turn as well, and the next one is examined all the same', async () => {
    const unneeded = new AbortController();
    const ended = [1, 2].map(() =>
      examineApart({ files }, undefined, unneeded.signal).catch((error: unknown) => error),
    );
    await setImmediate();
    unneeded.abort();
    for (const error of await Promise.all(ended)) expect(error).to.equal(unneeded.signal.reason);
    expect((await examineApart({ files })).ok).to.equal(true);
  });

  it('may find the thread started already', async () => {
    expectExamination();
    expectExamination();
    expect((await examineApart({ files })).ok).to.equal(true);
  });

  it('makes no mistake about whose turn it is', async () => {
    const broken = acceptFiles({ 'a.velro': 'nonsense' });
    const all = await Promise.all(
      [{ files }, { files: broken }, { files }].map((order) => examineApart(order)),
    );
    expect(all.map(({ ok }) => ok)).to.deep.equal([true, false, true]);
  });
});
