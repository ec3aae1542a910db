import { expect } from 'chai';
import { renderDiagnostics } from '../../src/dsl/diagnostics/render.ts';
import { formatFile } from '../../src/dsl/format/format-file.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import { parseSource } from '../../src/dsl/syntax/parse.ts';

const FRAME = (declaration: string): string => `entity user stored { name: string }
action read on user by user
require access
layer 1 l version 1 grants access
${declaration}
permit p: read on user when true
`;

function findingsOf(text: string): { readonly codes: readonly string[]; readonly shown: string } {
  const { diagnostics } = loadBundle([new SourceText('hostile.velro', text)]);
  return {
    codes: [...new Set(diagnostics.map((one) => one.code))],
    shown: renderDiagnostics(diagnostics, { color: false }),
  };
}

const DIRECTIONS =
  '\u061c \u200e \u200f \u202a \u202b \u202c \u202d \u202e \u2066 \u2067 \u2068 \u2069'.split(' ');
const UNSEEN = [
  ...DIRECTIONS,
  ...'\u0000 \u0007 \u0008 \u000b \u000c \u001b \u007f \u0085 \u009b \u00ad \u034f \u115f \u1160 \u180e \u200b \u2028 \u2029 \u2060 \u2064 \u206a \u3164 \ufeff \uffa0 \ufff9 \u{e0001} \u{e0041} \u{e007f}'.split(
    ' ',
  ),
];
/** What is writing after letters of some scripts and in emoji, and hides after a letter of ASCII. */
const HIDING_AFTER_ASCII = ['\u200c', '\u200d', '\ufe00', '\ufe0f', '\u{e0100}'];

const PLACES: readonly (readonly [string, (character: string) => string])[] = [
  ['a string', (one) => `forbid f: read on user when subject.name == "ad${one}min"`],
  ['a raw string', (one) => `forbid f: read on user when subject.name matches r"ad${one}min"`],
  ['a reason', (one) => `forbid f: read on user when subject.name == "a" because "ad${one}min"`],
  ['documentation', (one) => `/// ad${one}min\nforbid f: read on user when subject.name == "a"`],
  ['a remark', (one) => `// ad${one}min\nforbid f: read on user when subject.name == "a"`],
  ['a name', (one) => `forbid ad${one}min: read on user when subject.name == "a"`],
  ['blanks', (one) => `forbid f: ${one}read on user when subject.name == "a"`],
  ['a number', (one) => `forbid f: read on user when 1${one}0 == 10`],
  ['an operator', (one) => `forbid f: read on user when subject.name =${one}= "a"`],
];

describe('hostile characters', () => {
  for (const [where, write] of PLACES) {
    it(`that nobody sees are VEL1005 in ${where}, and are not shown`, () => {
      for (const character of [...UNSEEN, ...HIDING_AFTER_ASCII]) {
        const name = `U+${character.codePointAt(0)?.toString(16)}`;
        const { codes, shown } = findingsOf(FRAME(write(character)));
        expect(codes, name).to.include('VEL1005');
        expect(shown.includes(character), name).to.equal(false);
      }
    });
  }

  it('that nobody sees are taken in strings as escapes, and stay escapes when formatted', () => {
    for (const character of [...UNSEEN, ...HIDING_AFTER_ASCII]) {
      const written = Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
      ).join('');
      const text = FRAME(`forbid f: read on user when subject.name == "a${written}b" because "${written}"`);
      const { file, diagnostics } = parseSource(new SourceText('a.velro', text));
      expect(diagnostics).to.deep.equal([]);
      const formatted = formatFile(file);
      expect(formatted.includes(character), written).to.equal(false);
      expect(parseSource(new SourceText('a.velro', formatted)).diagnostics).to.deep.equal([]);
    }
  });

  it('that belong to writing and to emoji are taken in strings', () => {
    for (const text of [
      'می\u200cخواهم',
      'क्\u200dष',
      '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
      '\u2764\ufe0f',
      '1\ufe0f\u20e3',
      'e\u0301',
      'ﬁ',
      '\u{1d49c}',
    ]) {
      expect(
        findingsOf(FRAME(`forbid f: read on user when subject.name == "${text}"`)).codes,
        text,
      ).to.deep.equal([]);
    }
  });

  it('after an escape hide as well, and are escaped when formatted', () => {
    const { file, diagnostics } = parseSource(
      new SourceText('a.velro', 'let x = "\u{1f468}\\u200b\\u200d\\ufe0fa"'),
    );
    expect(diagnostics).to.deep.equal([]);
    expect(formatFile(file)).to.equal('let x = "\u{1f468}\\u200b\\u200d\\ufe0fa"\n');
  });

  const NAMES: readonly (readonly [string, string, string])[] = [
    ['a letter that looks like another', '\u0430dmin', 'U+0430'],
    ['a letter of another script', 'имя', 'U+0438'],
    ['a letter of full width', '\uff41dmin', 'U+FF41'],
    ['a letter that was made of two', 'adm\u0131n', 'U+0131'],
    ['a mark over a letter', 'a\u0301dmin', 'U+0301'],
    ['a mathematical letter', '\u{1d41a}dmin', 'U+1D41A'],
    ['a digit of another script', 'admin\u0661', 'U+0661'],
    ['a ligature', 'ﬁle', 'U+FB01'],
  ];
  for (const [what, name, codePoint] of NAMES) {
    it(`in names are told by their code point: ${what}`, () => {
      const { codes, shown } = findingsOf(FRAME(`forbid ${name}: read on user when subject.name == "a"`));
      expect(codes).to.include('VEL1002');
      expect(shown).to.include(`${codePoint} is no letter of a name`);
    });
  }

  it('that are halves of pairs are VEL1006, wherever they stand', () => {
    for (const [where, write] of PLACES) {
      for (const half of ['\ud800', '\udfff', '\udc00\ud800']) {
        expect(findingsOf(FRAME(write(half))).codes, where).to.include('VEL1006');
      }
    }
    expect(findingsOf(FRAME('forbid f: read on user when subject.name == "\\ud800"')).codes).to.deep.equal([
      'VEL1006',
    ]);
  });

  it('of a terminal do not reach it, also not from the path of a file', () => {
    const { diagnostics } = loadBundle([new SourceText('a\u001b[2J\u202e\n.velro', 'let \u001b[31mred = 1')]);
    const shown = renderDiagnostics(diagnostics, { color: false });
    expect(diagnostics).not.to.be.empty;
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    expect(shown).not.to.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('of a long line are shown around the place only', () => {
    const line = `forbid f: read on user when subject.name == "${'x'.repeat(500_000)}" and nothing`;
    const { shown } = findingsOf(FRAME(line));
    expect(shown.length).to.be.below(1_000);
    expect(shown).to.include('…').and.include('nothing');
  });
});
