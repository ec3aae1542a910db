import { expect } from 'chai';
import type { Diagnostic } from '../../../../src/dsl/diagnostics/diagnostic.ts';
import {
  diagnosticToJson,
  renderDiagnostic,
  renderDiagnostics,
} from '../../../../src/dsl/diagnostics/render.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';

function finding(text: string, start: number, end: number, more: Partial<Diagnostic> = {}): Diagnostic {
  const source = new SourceText('policies/3-ownership.velro', text);
  return {
    code: 'VEL1003',
    severity: 'error',
    name: 'expectedToken',
    message: 'expected one thing, found another',
    help: 'do something',
    span: { source, start, end },
    related: [],
    ...more,
  };
}

function lines(diagnostic: Diagnostic): string[] {
  return renderDiagnostic(diagnostic, { color: false }).split('\n');
}

describe('rendered diagnostics', () => {
  it('show the line with the place underlined', () => {
    const text = `${'\n'.repeat(11)}  when owns and more\n`;
    expect(lines(finding(text, 18, 22))).to.deep.equal([
      'error[VEL1003]: expected one thing, found another',
      '  --> policies/3-ownership.velro:12:8',
      '   |',
      '12 |   when owns and more',
      '   |        ^^^^',
      '   = help: do something',
    ]);
  });

  it('cut a long line between characters, never within one', () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const text = `${'x'.repeat(shift)}${'🙂'.repeat(200)}`;
      for (const at of [0, shift + 100, shift + 200, shift + 398]) {
        expect(
          lines(finding(text, at, at + 2))
            .join('\n')
            .isWellFormed(),
          `${shift} ${at}`,
        ).to.equal(true);
      }
    }
  });

  it('show related places, aligned by the longest number of a line', () => {
    const text = `let a = b\n${'\n'.repeat(8)}let a = c\n`;
    const related = [
      {
        message: 'first declared here',
        span: { source: new SourceText('lets.velro', text), start: 4, end: 5 },
      },
    ];
    expect(lines(finding(text, 22, 23, { related, help: undefined }))).to.deep.equal([
      'error[VEL1003]: expected one thing, found another',
      '  --> policies/3-ownership.velro:10:5',
      '   |',
      '10 | let a = c',
      '   |     ^',
      '   = note: first declared here',
      '  --> lets.velro:1:5',
      '   |',
      ' 1 | let a = b',
      '   |     ^',
    ]);
  });

  it('underline to the end of the line when the place goes on', () => {
    expect(lines(finding('one two\nthree', 4, 10)).slice(3, 5)).to.deep.equal(['1 | one two', '  |     ^^^']);
  });

  it('mark the end of a file', () => {
    expect(lines(finding('one\n', 4, 4)).slice(1, 5)).to.deep.equal([
      ' --> policies/3-ownership.velro:2:1',
      '  |',
      '2 |',
      '  | ^',
    ]);
    expect(lines(finding('', 0, 0)).slice(3, 5)).to.deep.equal(['1 |', '  | ^']);
  });

  it('widen tabs', () => {
    expect(lines(finding('\ta\tb', 3, 4)).slice(3, 5)).to.deep.equal(['1 |     a    b', '  |          ^']);
  });

  it('clip long lines around the place', () => {
    const text = `${'a'.repeat(300)} here ${'b'.repeat(300)}`;
    const [, , , source = '', mark = ''] = lines(finding(text, 301, 305));
    expect(source).to.match(/^1 \| …a+ here b+…$/);
    expect(source).to.have.length.below(110);
    expect(source.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).to.equal('here');
    for (const [start, end] of [
      [0, 4],
      [600, 606],
      [606, 606],
      [10, 500],
    ] as const) {
      const [, , , shown = '', underline = ''] = lines(finding(text, start, end));
      expect(shown.length).to.be.below(110);
      expect(underline.length).to.be.within(
        underline.indexOf('^') + 1,
        Math.max(shown.length, underline.indexOf('^') + 1),
      );
    }
  });

  it('let nothing of a policy move the cursor or turn the text', () => {
    const text = renderDiagnostic(
      finding('a\u001b[2J\u202eb', 0, 1, { message: 'found \u001b[31m', help: '\u0007' }),
      { color: false },
    );
    for (const hidden of ['\u001b', '\u0007', '\u202e']) expect(text).not.to.include(hidden);
  });

  it('are coloured only when asked for', () => {
    const one = finding('a b', 2, 3, { severity: 'warning' });
    expect(renderDiagnostic(one, { color: false })).not.to.include('\u001b');
    const colored = renderDiagnostic(one, { color: true });
    expect(colored).to.include('\u001b[33m');
    // oxlint-disable-next-line no-control-regex -- colours begin with one
    const colors = /\u001b\[\d+m/g;
    expect(colored.replaceAll(colors, '')).to.equal(renderDiagnostic(one, { color: false }));
  });

  it('end with how many there are', () => {
    const error = finding('a', 0, 1);
    const warning = finding('a', 0, 1, { severity: 'warning' });
    const last = (list: Diagnostic[]): string =>
      renderDiagnostics(list, { color: false }).split('\n').at(-1)!;
    expect(last([error])).to.equal('1 error');
    expect(last([error, warning, error])).to.equal('2 errors, 1 warning');
    expect(last([warning, warning])).to.equal('2 warnings');
    expect(renderDiagnostics([], { color: false })).to.equal('');
  });

  it('are given to programs with all places', () => {
    const related = [
      { message: 'there', span: { source: new SourceText('b.velro', 'x\ny'), start: 0, end: 3 } },
    ];
    expect(diagnosticToJson(finding('\nab', 1, 3, { related, help: undefined }))).to.deep.equal({
      code: 'VEL1003',
      severity: 'error',
      name: 'expectedToken',
      message: 'expected one thing, found another',
      help: null,
      file: 'policies/3-ownership.velro',
      line: 2,
      column: 1,
      endLine: 2,
      endColumn: 3,
      related: [{ message: 'there', file: 'b.velro', line: 1, column: 1, endLine: 2, endColumn: 2 }],
    });
  });
});
