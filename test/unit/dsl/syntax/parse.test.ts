import { expect } from 'chai';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { Declaration, Node, RuleDeclaration } from '../../../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';

function parse(text: string): { declarations: readonly Declaration[]; codes: string[]; comments: string[] } {
  const { file, diagnostics } = parseSource(new SourceText('parse.velro', text));
  return {
    declarations: file.declarations,
    codes: diagnostics.map((one) => one.code),
    comments: file.comments.map((one) => one.text),
  };
}

function textOf({ span }: Pick<Node, 'span'>): string {
  return span.source.text.slice(span.start, span.end);
}

describe('parsing a file', () => {
  it('gives every node the place where it stands', () => {
    const text =
      'layer 1 a version 1\n/// Documented.\npermit p: any on b, c when (x or y) and z // remark\n  because "r"\n';
    const rule = parse(text).declarations[1] as RuleDeclaration;
    expect(textOf(rule)).to.equal('permit p: any on b, c when (x or y) and z // remark\n  because "r"');
    expect(textOf(rule.scope)).to.equal('any on b, c');
    expect((rule.scope.resources as readonly Node[]).map(textOf)).to.deep.equal(['b', 'c']);
    const condition = rule.when!;
    expect(textOf(condition)).to.equal('(x or y) and z');
    expect(condition.kind === 'binaryExpression' && textOf(condition.left)).to.equal('x or y');
    expect(textOf(rule.because!)).to.equal('"r"');
    expect(rule.documentation).to.equal('Documented.');
  });

  it('splits the `>=` that closes a type', () => {
    const [context] = parse('context { a: set<list<b>>= c, d: list<e>=f }').declarations;
    const attributes = context?.kind === 'context' ? context.attributes : [];
    expect(attributes.map((one) => textOf(one.type))).to.deep.equal(['set<list<b>>', 'list<e>']);
    expect(attributes.map((one) => one.value && textOf(one.value))).to.deep.equal(['c', 'f']);
    expect(attributes.map(textOf)).to.deep.equal(['a: set<list<b>>= c', 'd: list<e>=f']);
  });

  it('is the same with carriage returns', () => {
    const text = '/// One.\n/// Two.\npermit a: b on c // remark\n  when d\n\nenum e {\n  f\n  g\n}\n';
    const strip = (key: string, value: unknown): unknown => (key === 'span' ? undefined : value);
    const of = (one: string): string => JSON.stringify(parse(one), strip);
    expect(of(text.replaceAll('\n', '\r\n'))).to.equal(of(text));
  });

  const documented: readonly (readonly [string, string | undefined])[] = [
    ['/// a\nlet x = y', 'a'],
    ['/// a\n///   b\n///\n///c\nlet x = y', 'a\n  b\n\nc'],
    ['/// a\n// remark\n/// b\nlet x = y', 'a\nb'],
    ['/// a\n\nlet x = y', undefined],
    ['/// a\n\n/// b\nlet x = y', 'b'],
    ['//// a\nlet x = y', undefined],
    ['/// a\n//// b\nlet x = y', 'a'],
    ['let w = v /// a\nlet x = y', undefined],
    ['let w = v /// a\n/// b\nlet x = y', 'b'],
    ['  /// a\n  let x = y', 'a'],
  ];
  for (const [text, documentation] of documented) {
    it(`takes ${JSON.stringify(text)} to be ${documentation === undefined ? 'undocumented' : 'documented'}`, () => {
      const { declarations, codes, comments } = parse(text);
      expect(codes).to.deep.equal([]);
      expect(declarations.at(-1)?.documentation).to.equal(documentation);
      const lines = documentation === undefined ? 0 : documentation.split('\n').length;
      expect(comments.length).to.equal((text.match(/\/\/+/g) ?? []).length - lines);
    });
  }

  it('goes on after a faulty declaration, and with a clean slate', () => {
    for (const faulty of [
      'let a =',
      'let a = (((',
      'entity e stored { a: set<',
      'permit a: b on c when {',
      'enum',
      '}',
      'x y z',
    ]) {
      const { declarations, codes } = parse(`${faulty}\nlet fine = (a or b) and c\npermit p: q on r\n`);
      expect(codes, faulty).to.have.length(1);
      expect(
        declarations.map((one) => 'name' in one && one.name.text),
        faulty,
      ).to.deep.equal(['fine', 'p']);
    }
  });

  it('does not take the rules of a faulty mode for rules of the layer', () => {
    const text = 'mode m {\n  forbid a: any on any oops\n  forbid b: any on any\n}\nlet fine = c\n';
    const { declarations, codes } = parse(text);
    expect(codes).to.deep.equal(['VEL1003']);
    expect(declarations.map((one) => one.kind)).to.deep.equal(['let']);
  });
});
