import { expect } from 'chai';
import { bundleOf, codesOf, coverageOf, messagesOf } from './schema.ts';

describe('a set of actions', () => {
  it('stands for its actions also within another set', () => {
    const bundle = bundleOf(`permit p: most on document by user when true
actions most { writing, read }
actions all_but_one { most }
forbid f: all_but_one on document by user when not subject.active`);
    const actions = ['create', 'delete', 'read', 'update'].map((action) => `${action} document user`);
    expect(coverageOf(bundle, 'p')).to.deep.equal(actions);
    expect(coverageOf(bundle, 'f')).to.deep.equal(actions);
  });

  it('cannot hold itself', () => {
    const cycle = 'actions a { b }\nactions b { read, a }\n';
    expect(codesOf(`${cycle}permit p: read on document when true`)).to.deep.equal(['VEL3027']);
    expect(codesOf('actions a { a }\npermit p: a on document when true')).to.include('VEL3027');
  });

  it('whose member nobody knows names the nearest other one', () => {
    expect(messagesOf('actions most { writting }\npermit p: read on document when true')).to.deep.equal([
      'unknown action `writting`; did you mean `writing`?',
    ]);
  });
});
