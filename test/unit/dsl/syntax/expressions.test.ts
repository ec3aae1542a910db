import { expect } from 'chai';
import { formatExpression } from '../../../../src/dsl/format/format-expression.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { Expression } from '../../../../src/dsl/syntax/ast.ts';
import { MAXIMUM_HEIGHT, MAXIMUM_NESTING } from '../../../../src/dsl/syntax/limits.ts';
import { parseExpression } from '../../../../src/dsl/syntax/parse.ts';

function parse(text: string): { expression: Expression | undefined; codes: string[] } {
  const { expression, diagnostics } = parseExpression(new SourceText('expression', text));
  return { expression, codes: diagnostics.map((one) => one.code) };
}

/** An expression with all of its parentheses. */
function grouped(node: Expression): string {
  switch (node.kind) {
    case 'binaryExpression':
      return `(${grouped(node.left)} ${node.operator} ${grouped(node.right)})`;
    case 'unaryExpression':
      return `(${node.operator} ${grouped(node.operand)})`;
    case 'matchesExpression':
      return `(${grouped(node.operand)} matches)`;
    case 'isExpression':
      return `(${grouped(node.operand)} is ${node.type.text})`;
    case 'hasExpression':
      return `(has ${grouped(node.operand)})`;
    case 'existsExpression':
      return `(exists ${grouped(node.operand)})`;
    case 'quantifierExpression':
      return `(${node.quantifier} ${node.variable.text} in ${grouped(node.collection)}: ${grouped(node.body)})`;
    default:
      return formatExpression(node);
  }
}

describe('expressions', () => {
  const groupings: readonly (readonly [string, string])[] = [
    ['a implies b or c and not d == e + f * -g', '(a implies (b or (c and (not (d == (e + (f * (- g))))))))'],
    ['a * b + c == d and e or f implies g', '((((((a * b) + c) == d) and e) or f) implies g)'],
    ['a and b and c', '((a and b) and c)'],
    ['a or b or c', '((a or b) or c)'],
    ['a - b - c + d', '(((a - b) - c) + d)'],
    ['a implies b implies c', '(a implies (b implies c))'],
    ['not a and b', '((not a) and b)'],
    ['not not a', '(not (not a))'],
    ['not a in b', '(not (a in b))'],
    ['- - a.b', '(- (- a.b))'],
    ['-a * b', '((- a) * b)'],
    ['a - -b', '(a - (- b))'],
    ['has a.b and exists c[d]', '((has a.b) and (exists c[d]))'],
    ['has a == true', '((has a) == true)'],
    ['a contains b + c', '(a contains (b + c))'],
    ['a contains any b', '(a contains any b)'],
    ['a contains all {b, c} and d', '((a contains all {b, c}) and d)'],
    ['a contains (any x in b: (x))', '(a contains (any x in b: x))'],
    ['any x in a.b: (x == c) and d', '((any x in a.b: (x == c)) and d)'],
    ['every x in [a]: (x) implies d', '((every x in [a]: x) implies d)'],
    ['a matches "b" and c is d', '((a matches) and (c is d))'],
    ['a + b is c', '((a + b) is c)'],
    ['(a or b) and c', '((a or b) and c)'],
    ['(a == b) == c', '((a == b) == c)'],
    ['a == (not b)', '(a == (not b))'],
    ['5m < now - x', '(5m < (now - x))'],
  ];
  for (const [text, expected] of groupings) {
    it(`reads ${text}`, () => {
      const { expression, codes } = parse(text);
      expect(codes).to.deep.equal([]);
      expect(grouped(expression!)).to.equal(expected);
    });
  }

  const spellings: readonly (readonly [string, string])[] = [
    ['((a))', 'a'],
    ['(a and b) and c', 'a and b and c'],
    ['a and (b and c)', 'a and (b and c)'],
    ['(a implies b) implies c', '(a implies b) implies c'],
    ['(a.b).c', 'a.b.c'],
    ['(has a).b', '(has a).b'],
    ['{ a : 1 , "b":2,}', '{ a: 1, "b": 2 }'],
    ['{ }', '{}'],
    ['[ 1,2 , ]', '[1, 2]'],
    ['f( a,b, )', 'f(a, b)'],
    ['a.in.when[b].any', 'a.in.when[b].any'],
    ['{in: a, 7: b}', '{ in: a, 7: b }'],
    ['{a\n, b}', '{a, b}'],
    ['permit == mode and context.ip in limit', 'permit == mode and context.ip in limit'],
    ['"\\u0041\\/"', '"A/"'],
  ];
  for (const [text, expected] of spellings) {
    it(`spells ${JSON.stringify(text)}`, () => {
      const { expression, codes } = parse(text);
      expect(codes).to.deep.equal([]);
      expect(formatExpression(expression!)).to.equal(expected);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['', 'VEL1003'],
    ['a b', 'VEL1003'],
    ['a ==', 'VEL1003'],
    ['a and and b', 'VEL1003'],
    ['any x in a: x', 'VEL1003'],
    ['any x in a and b: (x)', 'VEL1003'],
    ['a.b[c](d)', 'VEL1003'],
    ['x not in y', 'VEL1003'],
    ['{ a: 1, b }', 'VEL1003'],
    ['has', 'VEL1003'],
    ['when', 'VEL1003'],
    ['a < b <= c', 'VEL1016'],
    ['a == b != c', 'VEL1016'],
    ['a in b contains c', 'VEL1016'],
    ['a is b is c', 'VEL1016'],
    ['a = b', 'VEL1015'],
    ['a && b', 'VEL1014'],
    ['a || b', 'VEL1014'],
    ['!a', 'VEL1014'],
    ['a matches b', 'VEL1024'],
    ['a == not b', 'VEL1025'],
    ['-not b', 'VEL1025'],
    ['a is any', 'VEL1023'],
  ];
  for (const [text, code] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parse(text).codes).to.deep.equal([code]));
  }

  it('goes on after a slip whose meaning is clear', () => {
    expect(grouped(parse('a = b && !c || d < e < f').expression!)).to.equal(
      '(((a == b) and (not c)) or ((d < e) < f))',
    );
  });

  const nests: readonly (readonly [string, string])[] = [
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
    ['{ a: ', '}'],
    ['not ', ''],
    ['-', ''],
    ['f(', ')'],
    ['a[', ']'],
    ['a implies ', ''],
    ['has (', ')'],
    ['any x in a: (', ')'],
    ['any x in [', ']: (a)'],
  ];
  for (const [open, close] of nests) {
    it(`bounds how deep ${JSON.stringify(open)} nests`, () => {
      const nested = (depth: number): string => `${open.repeat(depth)}a${close.repeat(depth)}`;
      expect(parse(nested(MAXIMUM_NESTING / 2 - 1)).codes).to.deep.equal([]);
      for (const depth of [MAXIMUM_NESTING + 1, 10_000])
        expect(parse(nested(depth)).codes).to.deep.equal(['VEL1017']);
    });
  }

  for (const link of [' and a', ' or a', ' + a', ' * a', '.a', '[a]']) {
    it(`bounds how tall a chain of ${JSON.stringify(link)} is`, () => {
      const tall = parse(`a${link.repeat(MAXIMUM_HEIGHT - 1)}`);
      expect(tall.codes).to.deep.equal([]);
      expect(formatExpression(tall.expression!)).to.have.length.greaterThan(MAXIMUM_HEIGHT);
      for (const links of [MAXIMUM_HEIGHT + 1, 100_000]) {
        expect(parse(`a${link.repeat(links)}`).codes).to.deep.equal(['VEL1018']);
      }
    });
  }
});
