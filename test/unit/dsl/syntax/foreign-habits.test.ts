import { expect } from 'chai';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { parseExpression, parseSource } from '../../../../src/dsl/syntax/parse.ts';

interface Finding {
  readonly code: string;
  readonly at: string;
  readonly help: string | undefined;
}

function findings(text: string, lone = false): Finding[] {
  const source = new SourceText('text', text);
  const { diagnostics } = lone ? parseExpression(source) : parseSource(source);
  return diagnostics.map(({ code, span, help }) => ({ code, at: text.slice(span.start, span.end), help }));
}

describe('what is written as in other languages', () => {
  const operators: readonly (readonly [string, string, string])[] = [
    ['a === b', '===', 'write `==`'],
    ['a !== b', '!==', 'write `!=`'],
    ['a <> b', '<>', 'write `!=`'],
    ['a -> b', '->', 'write `implies`'],
    ['a => b', '=>', 'write `implies` or `>=`'],
  ];
  for (const [text, at, help] of operators) {
    it(`is reported once in ${text}, with what to write instead`, () => {
      expect(findings(text, true)).to.deep.equal([{ code: 'VEL1014', at, help }]);
    });
  }

  const allUnits = 'the units are `ms`, `s`, `m`, `h` and `d`';
  const units: readonly (readonly [string, string])[] = [
    ['1w', 'write `7d`'],
    ['2weeks', 'write `14d`'],
    ['1k', allUnits],
    ['5M', 'write `5m`'],
    ['3mins', 'write `3m`'],
    ['99999999999999999w', allUnits],
  ];
  for (const [text, help] of units) {
    it(`is a unit of ${text}: ${help}`, () => {
      expect(findings(`a > ${text}`, true)).to.deep.equal([{ code: 'VEL1012', at: text, help }]);
    });
  }

  it('negates `is` outside of it', () => {
    expect(findings('a is not b', true)).to.deep.equal([
      { code: 'VEL1003', at: 'not', help: 'to negate a test, write `not (… is …)`' },
    ]);
  });

  it('joins waived claims with commas', () => {
    const [finding] = findings('override o: any on any when true waives a and b expires after 1h');
    expect(finding).to.deep.equal({ code: 'VEL1003', at: 'and', help: 'separate claims with commas' });
  });
});

describe('a suggestion', () => {
  it('is never what stands there', () => {
    const [finding] = findings('role r { and on doc }');
    expect(finding).to.deep.equal({ code: 'VEL1003', at: 'and', help: undefined });
  });

  it('is never made for a sign', () => {
    const [finding] = findings('cache permit: any on any for -5s');
    expect(finding).to.deep.equal({ code: 'VEL1003', at: '-', help: undefined });
  });
});

describe('a given risk', () => {
  for (const wrong of ['-', '"x"', '}']) {
    it(`is a whole number, not ${wrong}`, () => {
      const [finding] = findings(`test "t" { given risk ${wrong} }`);
      expect(finding).to.deep.equal({ code: 'VEL1003', at: wrong, help: undefined });
    });
  }

  it('may still begin the name of a builtin', () => {
    expect(findings('test "t" { given risk.level() = 3 }')).to.deep.equal([]);
  });
});
