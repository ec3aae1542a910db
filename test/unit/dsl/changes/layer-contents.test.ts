import { expect } from 'chai';
import { layerContents } from '../../../../src/dsl/changes/layer-contents.ts';
import { treeText } from '../../../../src/dsl/changes/tree-text.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { Expression, SourceFile } from '../../../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';

const RULES = `layer 3 ownership version 4 grants access
permit owner: read, update on document when owns because "the subject owns it"
permit reader: read on document when 15m > 900s and (resource.open or resource.free)
role editor extends viewer { writing on document }
limit api: any on any for each subject to 10 per 1m
`;
const SHARED = `let owns = known and resource.owner == subject
let known = has subject.name
let unused = resource.open
actions writing { update, create }
layer 2 roles version 1 grants permission
role viewer extends guest { read on document }
role guest { list on document }
role other { read on document }
`;

function parse(text: string, path: string): SourceFile {
  const { file, diagnostics } = parseSource(new SourceText(path, text));
  expect(diagnostics, text).to.deep.equal([]);
  return file;
}

function contentOf(layer: string, rules = RULES, shared = SHARED, names = ['b', 'a']): string | undefined {
  const files = [parse(rules, `${names[0]}.velro`), parse(shared, `${names[1]}.velro`)];
  return layerContents(files).get(layer)?.content;
}

describe('the content of a layer', () => {
  const ownership = contentOf('ownership');

  it('is there, with number and version', () => {
    const layers = layerContents([parse(RULES, 'x.velro'), parse(SHARED, 'y.velro')]);
    expect(
      [...layers.values()].map(({ number, name, version }) => ({ number, name, version })),
    ).to.deep.equal([
      { number: 3, name: 'ownership', version: 4 },
      { number: 2, name: 'roles', version: 1 },
    ]);
  });

  const same: Readonly<Record<string, [rules: string, shared: string]>> = {
    'its version': [RULES.replace('version 4', 'version 9'), SHARED],
    'remarks and documentation': [
      RULES.replace('permit owner', '// remark\n/// who owns\npermit owner').replace(
        'role editor extends viewer { writing',
        'role editor extends viewer {\n  /// to write\n  writing',
      ),
      SHARED,
    ],
    'layout and needless parentheses': [
      RULES.replace('when owns', '\n\n  when   (owns)').replaceAll('\n', '\r\n'),
      SHARED.replace('known and resource.owner == subject', '(known) and (resource.owner == subject)'),
    ],
    'tests, fixtures and asserts': [
      `${RULES}assert sane: never permit read on document when resource.secret\nfixture office { now "2026-01-05T10:00:00Z" }
test "x" { subject user u {} resource document d {} expect permit read }\n`,
      SHARED,
    ],
    'what it does not use': [
      RULES,
      SHARED.replace('unused = resource.open', 'unused = resource.free').replace(
        'role other { read',
        'role other { list',
      ),
    ],
    'the version of another layer': [RULES, SHARED.replace('version 1', 'version 2')],
    'where lets stand': [
      `${RULES}let known = has subject.name\n`,
      SHARED.replace('let known = has subject.name\n', ''),
    ],
  };
  for (const [what, [rules, shared]] of Object.entries(same)) {
    it(`does not change with ${what}`, () =>
      expect(contentOf('ownership', rules, shared)).to.equal(ownership));
  }

  it('does not change with the names of files or their order', () => {
    expect(contentOf('ownership', RULES, SHARED, ['a', 'b'])).to.equal(ownership);
    const turned = layerContents([parse(SHARED, 'a.velro'), parse(RULES, 'b.velro')]);
    expect(turned.get('ownership')?.content).to.equal(ownership);
  });

  const other: Readonly<Record<string, [rules: string, shared: string]>> = {
    'a condition': [RULES.replace('15m >', '16m >'), SHARED],
    'where parentheses stand': [
      RULES.replace(
        '15m > 900s and (resource.open or resource.free)',
        '15m > 900s and resource.open or resource.free',
      ),
      SHARED,
    ],
    'a scope': [RULES.replace('read, update', 'read'), SHARED],
    'an effect': [RULES.replace('permit reader', 'forbid reader'), SHARED],
    'the name of a rule': [RULES.replace('permit owner', 'permit holder'), SHARED],
    'a reason': [RULES.replace('owns it', 'has it'), SHARED],
    'when and unless': [RULES.replace('document when owns', 'document unless owns'), SHARED],
    'a rate': [RULES.replace('10 per', '11 per'), SHARED],
    'the order of rules': [RULES.replace(/(permit owner.*\n)(permit reader.*\n)/, '$2$1'), SHARED],
    'a rule more': [`${RULES}forbid everything: any on any when true\n`, SHARED],
    'its claim': [RULES.replace('grants access', 'grants permission'), SHARED],
    'its number': [RULES.replace('layer 3', 'layer 4'), SHARED],
    'a let that it uses': [RULES, SHARED.replace('resource.owner == subject', 'resource.holder == subject')],
    'a let that such a let uses': [RULES, SHARED.replace('has subject.name', 'has subject.email')],
    'a role that its role extends': [RULES, SHARED.replace('guest { read', 'guest { update')],
    'a role that such a role extends': [RULES, SHARED.replace('guest { list', 'guest { update')],
    'a set of actions that it uses': [RULES, SHARED.replace('{ update, create }', '{ update, delete }')],
  };
  for (const [what, [rules, shared]] of Object.entries(other)) {
    it(`changes with ${what}`, () => {
      expect([rules, shared], 'the case itself').not.to.deep.equal([RULES, SHARED]);
      expect(contentOf('ownership', rules, shared)).not.to.equal(ownership);
    });
  }

  it('is as deep as the tree may be', () => {
    const [layer] = parse(RULES, 'x.velro').declarations;
    const span = layer!.span;
    let operand: Expression = { kind: 'booleanLiteral', value: true, span };
    for (let depth = 0; depth < 50_000; depth += 1)
      operand = { kind: 'unaryExpression', operator: 'not', operand, span };
    expect(treeText(operand)).to.match(/^\{kind:"unaryExpression",operand:\{/);
  });
});
