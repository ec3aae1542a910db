import { expect } from 'chai';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { Declaration } from '../../../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { loadReferenceBundle } from '../../../support/reference-bundle.ts';

const isTest = ({ kind }: Declaration): boolean => kind === 'test' || kind === 'fixture';

describe('a file that is parsed without its tests', () => {
  it('has the other declarations as they are, with their documentation', () => {
    let tests = 0;
    let others = 0;
    for (const source of loadReferenceBundle().sources) {
      const whole = parseSource(source).file.declarations;
      const { file, diagnostics } = parseSource(source, { tests: false });
      expect(diagnostics).to.deep.equal([]);
      expect(file.declarations).to.deep.equal(whole.filter((one) => !isTest(one)));
      others += file.declarations.length;
      tests += whole.filter(isTest).length;
    }
    expect(tests).to.be.above(100);
    expect(others).to.be.above(100);
  });

  it('keeps what stands between tests, and gives it no documentation of theirs', () => {
    const text = `/// Of the test.
test "a { brace" using base { given risk 1 }
/// Of the enum.
enum status { open, closed }
fixture base { now "2026-01-01T00:00:00Z" } enum kind { small }`;
    const { file, diagnostics } = parseSource(new SourceText('a.velro', text), { tests: false });
    expect(diagnostics).to.deep.equal([]);
    expect(file.declarations.map(({ kind, documentation }) => [kind, documentation])).to.deep.equal([
      ['enum', 'Of the enum.'],
      ['enum', undefined],
    ]);
  });

  for (const [what, text] of [
    ['that is not closed', 'test "t" { given risk 1\nenum status { open }'],
    ['without a block', 'test "t"\nenum status { open }'],
    ['that is closed twice', 'test "t" { given risk 1 } }\nenum status { open }'],
    ['closed by something else', 'test "t" { given risk 1 )\nenum status { open }'],
  ] as const)
    it(`is refused with a test ${what}: it could take rules along`, () => {
      expect(parseSource(new SourceText('a.velro', text), { tests: false }).diagnostics).to.not.deep.equal(
        [],
      );
    });
});
