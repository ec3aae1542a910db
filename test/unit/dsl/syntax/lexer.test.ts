import { expect } from 'chai';
import { type Diagnostic, reporter } from '../../../../src/dsl/diagnostics/diagnostic.ts';
import { SYNTAX_DIAGNOSTICS } from '../../../../src/dsl/diagnostics/syntax.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { tokenize } from '../../../../src/dsl/syntax/lexer.ts';
import { decodeString, durationOf, spellDuration } from '../../../../src/dsl/syntax/literals.ts';
import { KEYWORDS, LEXED_TOKENS, RESERVED_WORDS } from '../../../../src/dsl/syntax/tokens.ts';

function lex(text: string): { tokens: string[]; codes: string[]; comments: string[] } {
  const diagnostics: Diagnostic[] = [];
  const { tokens, comments } = tokenize(
    new SourceText('text', text),
    reporter(SYNTAX_DIAGNOSTICS, diagnostics),
  );
  return {
    tokens: tokens.map((token) => `${token.tokenType.name} ${token.image}`),
    codes: diagnostics.map((one) => one.code),
    comments: comments.map((one) => one.text),
  };
}

describe('the lexer', () => {
  const words: readonly (readonly [string, string])[] = [
    ['hash', 'Hash hash'],
    ['has', 'Has has'],
    ['hash_', 'Identifier hash_'],
    ['ordered', 'Ordered ordered'],
    ['orders', 'Identifier orders'],
    ['forbid', 'Forbid forbid'],
    ['form', 'Identifier form'],
    ['permit', 'Permit permit'],
    ['permits', 'Identifier permits'],
    ['is_active', 'Identifier is_active'],
    ['in2', 'Identifier in2'],
    ['_', 'Identifier _'],
    ['When', 'Identifier When'],
    ['r', 'Identifier r'],
    ['15m', 'Duration 15m'],
    ['15ms', 'Duration 15ms'],
    ['15', 'Integer 15'],
    ['0.5', 'Float 0.5'],
    ['"a\\"b"', 'String "a\\"b"'],
    ['r"\\"', 'String r"\\"'],
  ];
  for (const [text, token] of words) {
    it(`reads ${text} as one ${token.split(' ')[0]}`, () => {
      expect(lex(text)).to.deep.equal({ tokens: [token], codes: [], comments: [] });
    });
  }

  it('reads every keyword as itself, and as a name when it goes on', () => {
    for (const word of KEYWORDS.keys()) {
      expect(lex(`${word} ${word}x x${word}`).tokens.slice(1), word).to.deep.equal([
        `Identifier ${word}x`,
        `Identifier x${word}`,
      ]);
      expect(lex(word).tokens[0], word).not.to.match(/^Identifier/);
    }
  });

  it('reserves the words that the language page reserves', () => {
    const reserved =
      'and or not in contains matches is has exists any every all true false when unless because advise missing implies';
    expect([...RESERVED_WORDS].toSorted()).to.deep.equal(reserved.split(' ').toSorted());
  });

  const operators: readonly (readonly [string, readonly string[]])[] = [
    ['a<=b', ['Identifier a', 'LessEqual <=', 'Identifier b']],
    ['a==b', ['Identifier a', 'EqualEqual ==', 'Identifier b']],
    ['list<a>=b', ['List list', 'Less <', 'Identifier a', 'GreaterEqual >=', 'Identifier b']],
    ['a.b', ['Identifier a', 'Dot .', 'Identifier b']],
    ['a-1', ['Identifier a', 'Minus -', 'Integer 1']],
    ['1.5.a', ['Float 1.5', 'Dot .', 'Identifier a']],
    ['10%', ['Integer 10', 'Percent %']],
    ['a|b?', ['Identifier a', 'Pipe |', 'Identifier b', 'Question ?']],
  ];
  for (const [text, tokens] of operators) {
    it(`reads ${text} as ${tokens.length} tokens`, () => expect(lex(text).tokens).to.deep.equal(tokens));
  }

  // What is wrong is reported once, here, and the parser gets the token that was meant.
  const mistakes: readonly (readonly [string, string, readonly string[]])[] = [
    ['1h30m', 'VEL1013', ['Duration 1h30m']],
    ['60sec', 'VEL1012', ['Duration 60sec']],
    ['0.5h', 'VEL1011', ['Duration 0.5h']],
    ['1e5', 'VEL1011', ['Integer 1e5']],
    ['0x1F', 'VEL1011', ['Integer 0x1F']],
    ['007', 'VEL1011', ['Integer 007']],
    ['9007199254740992', 'VEL1010', ['Integer 9007199254740992']],
    ['104249991375d', 'VEL1010', ['Duration 104249991375d']],
    ["'x'", 'VEL1009', ["String 'x'"]],
    ["'x", 'VEL1009', ["String 'x"]],
    ['"x', 'VEL1007', ['String "x']],
    ['"x\\', 'VEL1007', ['String "x\\']],
    ['"x\\"', 'VEL1007', ['String "x\\"']],
    ['r"x', 'VEL1007', ['String r"x']],
    ['"\\q"', 'VEL1008', ['String "\\q"']],
    ['"\\u12"', 'VEL1008', ['String "\\u12"']],
    ['"\\udc00"', 'VEL1006', ['String "\\udc00"']],
    ['&&', 'VEL1014', ['And &&']],
    ['||', 'VEL1014', ['Or ||']],
    ['!', 'VEL1014', ['Not !']],
    [';', 'VEL1002', ['Unknown ;']],
    ['\u00a0', 'VEL1002', ['Unknown \u00a0']],
    ['é', 'VEL1002', ['Unknown é']],
    ['"\u202e"', 'VEL1005', ['String "\u202e"']],
    ['"\u0000"', 'VEL1005', ['String "\u0000"']],
    ['\u0007', 'VEL1005', ['Unknown \u0007']],
    ['"\ud800"', 'VEL1006', ['String "\ud800"']],
  ];
  for (const [text, code, tokens] of mistakes) {
    it(`reports ${JSON.stringify(text)} once`, () => {
      const result = lex(text);
      expect(result.codes).to.deep.equal([code]);
      expect(result.tokens).to.deep.equal(tokens);
    });
  }

  it('finds invisible characters in remarks too, and a carriage return without a line feed', () => {
    expect(lex('// a\u2067b').codes).to.deep.equal(['VEL1005']);
    expect(lex('// a\rpermit').codes).to.deep.equal(['VEL1005']);
    expect(lex('// a\u2028permit').codes).to.deep.equal(['VEL1005']);
  });

  it('accepts line breaks of either kind, tabs and a mark at the start', () => {
    expect(lex('\ufeffa\r\n\tb // c\r\n')).to.deep.equal({
      tokens: ['Identifier a', 'Identifier b'],
      codes: [],
      comments: ['// c'],
    });
    expect(lex('a\ufeff').codes).to.deep.equal(['VEL1005']);
  });

  it('keeps remarks as they are written', () => {
    expect(lex('// a  \n/// b\n//// c\n"// d" // e').comments).to.deep.equal([
      '// a',
      '/// b',
      '//// c',
      '// e',
    ]);
  });

  it('has a pattern for every character', () => {
    for (let code = 0; code < 0x10000; code++) {
      const text = String.fromCharCode(code);
      const isBlank = LEXED_TOKENS[0]?.PATTERN instanceof RegExp && LEXED_TOKENS[0].PATTERN.test(text);
      expect(lex(text).tokens.length, `U+${code.toString(16)}`).to.equal(isBlank || code === 0xfeff ? 0 : 1);
    }
  });
});

describe('literals', () => {
  it('decode the escapes of JSON', () => {
    const text = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude42"';
    expect(decodeString(text)).to.deep.equal({ value: JSON.parse(text) as string, flaws: [] });
    expect(decodeString('r"\\n\\u12"').value).to.equal('\\n\\u12');
  });

  it('name the flaws of a string and where they are', () => {
    expect(decodeString('"a\\qb"').flaws).to.deep.equal([{ kind: 'badEscape', start: 2, end: 4 }]);
    expect(decodeString('"\\ud83d\\ud83d\\ude42"').flaws).to.deep.equal([
      { kind: 'loneSurrogate', start: 1, end: 7 },
    ]);
    expect(decodeString('"\\ud83dx"').flaws).to.deep.equal([{ kind: 'loneSurrogate', start: 1, end: 7 }]);
    expect(decodeString('"\\ude42"').flaws).to.deep.equal([{ kind: 'loneSurrogate', start: 1, end: 7 }]);
  });

  it('measure durations and spell them', () => {
    expect(['5ms', '5s', '5m', '5h', '5d', '5w'].map(durationOf)).to.deep.equal([
      5,
      5e3,
      3e5,
      1.8e7,
      4.32e8,
      Number.NaN,
    ]);
    expect([0, 1500, 90_000, 7_200_000, 172_800_000].map(spellDuration)).to.deep.equal([
      '0ms',
      '1500ms',
      '90s',
      '2h',
      '2d',
    ]);
  });
});
