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

  it('is expected action by action, as far as the types of the test have them', () => {
    const rules = `permit p: writing on document by user when true
permit q: writing on folder by user when true
`;
    const subject = 'subject user ann { active: true }';
    const test = (resource: string, expectation: string): string =>
      `test "t" { ${subject} ${resource} expect ${expectation} }`;
    const expected = (text: string): string[] | undefined =>
      bundleOf(rules + text).tests[0]?.expectations.map(({ verdict, action }) => `${verdict} ${action}`);
    expect(expected(test('resource document d { author: ann }', 'permit writing'))).to.deep.equal([
      'permit update',
      'permit delete',
      'permit create',
    ]);
    expect(expected(test('resource folder f { author: ann }', 'deny writing by access'))).to.deep.equal([
      'deny update',
      'deny delete',
    ]);
    expect(codesOf(rules + test('resource team t { lead: ann }', 'permit writing'))).to.deep.equal([
      'VEL3031',
    ]);
  });

  it('whose member nobody knows names the nearest other one', () => {
    expect(messagesOf('actions most { writting }\npermit p: read on document when true')).to.deep.equal([
      'unknown action `writting`; did you mean `writing`?',
    ]);
  });
});
