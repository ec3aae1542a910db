import { expect } from 'chai';
import { matchPath, pathPatternProblem } from '../../../../src/dsl/builtins/support/path-pattern.ts';
import { UNKNOWN } from '../../../../src/dsl/types/values.ts';

describe('path patterns', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['/', '/', true],
    ['/', '/a', false],
    ['/a', '/a', true],
    ['/a', '/A', false],
    ['/a', '/a/', false],
    ['/a/', '/a/', true],
    ['/a/:id', '/a/7', true],
    ['/a/:id', '/a/', false],
    ['/a/:id', '/a', false],
    ['/a/:id', '/a/7/b', false],
    ['/a/:id', '/a/7/', false],
    ['/a/:id/b/:other', '/a/1/b/2', true],
    ['/a/:id/b/:other', '/a/1/c/2', false],
    ['/a/:id', '/a/x.y', true],
    ['/a/b', '/%61/b', true],
    ['/a/:id', '/a/caf%C3%A9', true],
    ['/a/*', '/a/b', true],
    ['/a/*', '/a/b/c/d', true],
    ['/a/*', '/a', false],
    ['/a/:id/*', '/a/1', false],
    ['/a/:id/*', '/a/1/2', true],
  ];
  for (const [pattern, path, expected] of cases) {
    it(`${path} ${expected ? 'fits' : 'does not fit'} ${pattern}`, () => {
      expect(matchPath(path, pattern)).to.equal(expected);
    });
  }

  const unclear = [
    '',
    'a',
    'a/7',
    '//a',
    '/a//7',
    '/a/.',
    '/a/..',
    '/a/../b',
    '/a/%2e%2e',
    '/a/%2E',
    '/a/%2f',
    '/a/%5c',
    '/a/\\b',
    '/a/7?x=1',
    '/a/7#x',
    '/a/%',
    '/a/%zz',
    '/a/%ff',
    '/a/\n',
    '/a/%00',
    `/a/${'b'.repeat(5000)}`,
  ];
  for (const path of unclear) {
    it(`cannot tell of ${JSON.stringify(path.slice(0, 20))}`, () => {
      expect(matchPath(path, '/a/:id')).to.equal(UNKNOWN);
      expect(matchPath(path, '/*')).to.equal(UNKNOWN);
    });
  }

  it('are refused with the reason', () => {
    expect(pathPatternProblem('a/b')).to.include('slash');
    expect(pathPatternProblem('/a//b')).to.include('no path may have');
    expect(pathPatternProblem('/a/../b')).to.include('`..`');
    expect(pathPatternProblem('/a/:')).to.include('no parameter');
    expect(pathPatternProblem('/a/:1')).to.include('no parameter');
    expect(pathPatternProblem('/:id/:id')).to.include('twice');
    expect(pathPatternProblem('/*/a')).to.include('only be the last');
    expect(pathPatternProblem('/a b')).not.to.equal(undefined);
    expect(pathPatternProblem('/a?b')).not.to.equal(undefined);
    for (const pattern of ['/', '/a', '/a/:id', '/a/*', '/a.b/:some_id', '/*']) {
      expect(pathPatternProblem(pattern), pattern).to.equal(undefined);
    }
  });

  it('match long paths of many segments', () => {
    const pattern = `/${Array.from({ length: 500 }, (_, index) => `:p${index}`).join('/')}/z`;
    const path = `/${'a/'.repeat(500)}b`;
    for (let index = 0; index < 100; index++) expect(matchPath(path, pattern)).to.equal(false);
  });
});
