import { expect } from 'chai';
import * as fc from 'fast-check';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { Node } from '../../../../src/dsl/syntax/ast.ts';
import { parseExpression, parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { children, visit } from '../../../../src/dsl/syntax/walk.ts';
import { fileArbitrary } from '../../../support/tree-arbitraries.ts';

describe('walking a tree', () => {
  it('visits parents first, in the order of the text', () => {
    const text = 'permit a: b on c when x.y == f(z) and any u in v: (w) because "r"';
    const { file } = parseSource(new SourceText('walk.velro', text));
    const seen: string[] = [];
    visit(file, {
      rule: (node) => seen.push(node.effect),
      name: (node) => seen.push(node.text),
      nameExpression: (node) => seen.push(`$${node.name}`),
      callExpression: () => seen.push('call'),
      stringLiteral: (node) => seen.push(node.value),
    });
    expect(seen).to.deep.equal([
      'permit',
      'a',
      'b',
      'c',
      '$x',
      'y',
      'call',
      '$f',
      '$z',
      'u',
      '$v',
      '$w',
      'r',
    ]);
  });

  it('visits clauses in the order in which they were written', () => {
    const { file, diagnostics } = parseSource(
      new SourceText('walk.velro', 'permit a: b on c because "r" when d'),
    );
    expect(diagnostics.map((one) => one.code)).to.deep.equal(['VEL1019']);
    const [rule] = file.declarations;
    expect(children(rule as Node).map((one) => one.kind)).to.deep.equal([
      'name',
      'scope',
      'stringLiteral',
      'nameExpression',
    ]);
  });

  it('finds every node that a tree holds', () => {
    const isNode = (value: unknown): value is Node =>
      typeof value === 'object' && value !== null && 'kind' in value;
    const nodesIn = (value: unknown): Node[] => {
      if (Array.isArray(value)) return value.flatMap(nodesIn);
      return isNode(value) ? [value] : [];
    };
    fc.assert(
      fc.property(fileArbitrary, (file) => {
        const waiting: Node[] = [file];
        for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
          const below = children(node);
          expect(new Set(below)).to.deep.equal(new Set(Object.values(node).flatMap(nodesIn)));
          waiting.push(...below);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('goes as deep as a tree may be', () => {
    const { expression } = parseExpression(new SourceText('deep', `a${' and a'.repeat(999)}`));
    let root = expression!;
    for (let level = 0; level < 20_000; level++) {
      root = { kind: 'unaryExpression', span: root.span, operator: 'not', operand: root };
    }
    let names = 0;
    visit(root, { nameExpression: () => (names += 1) });
    expect(names).to.equal(1000);
  });
});
