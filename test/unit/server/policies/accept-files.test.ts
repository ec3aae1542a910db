import { expect } from 'chai';
import { digestOf } from '../../../../src/server/bundles/bundle-digest.ts';
import { sourcesOf } from '../../../../src/server/bundles/canonical-files.ts';
import { acceptFiles } from '../../../../src/server/policies/accept-files.ts';
import { PolicyRefusal } from '../../../../src/server/policies/policy-refusal.ts';

describe('files that somebody sends', () => {
  it('come in canonical form', () => {
    const files = acceptFiles({ 'b/x.velro': 'two\r\n', 'a.velro': 'one' });
    expect(sourcesOf(files).map(({ path, text }) => [path, text])).to.deep.equal([
      ['a.velro', 'one'],
      ['b/x.velro', 'two\n'],
    ]);
    expect(digestOf(files)).to.equal(digestOf(acceptFiles({ 'a.velro': 'one', 'b/x.velro': 'two\n' })));
  });

  const paths = [
    '',
    'a.txt',
    '/a.velro',
    '../a.velro',
    'a/../b.velro',
    './a.velro',
    'a//b.velro',
    '.a.velro',
    'b/.c/a.velro',
  ];
  const hidden = [
    'a\u202e.velro',
    'a\n.velro',
    'a\u0000.velro',
    '\ud800.velro',
    'a\\b.velro',
    `${'a'.repeat(1_100)}.velro`,
  ];
  for (const path of [...paths, ...hidden]) {
    it(`are refused under the path ${JSON.stringify(path.slice(0, 20))}`, () => {
      expect(() => acceptFiles({ [path]: '' }))
        .to.throw(PolicyRefusal)
        .with.property('code', 'invalid_bundle');
    });
  }

  it('are refused when they are too many, too large or no text', () => {
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`${at}.velro`, '']));
    for (const files of [
      {},
      many,
      { 'a.velro': 'x'.repeat(17 * 2 ** 20) },
      { 'a.velro': '\ud800' },
      { 'a.velro': '\0' },
    ])
      expect(() => acceptFiles(files)).to.throw(PolicyRefusal);
  });
});
