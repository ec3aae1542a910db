import { expect } from 'chai';
import { applyFixes } from '../../../../src/dsl/lint/apply-fixes.ts';
import { exampleSources } from '../../../../src/dsl/lint/example.ts';
import { type LintOptions, lintBundle } from '../../../../src/dsl/lint/lint-bundle.ts';
import { loadBundle } from '../../../../src/dsl/load-bundle.ts';

const RULE = 'permit short: read on document\n  when resource.pages < 30\n';

function findingsIn(example: string, options: LintOptions = {}): string[] {
  const { bundle } = loadBundle(exampleSources(example));
  if (bundle === undefined) throw new Error('no bundle');
  const findings = lintBundle(bundle, { isIgnored: (path) => path === 'schema.velro', ...options });
  return findings.map(({ rule, message }) => (rule === 'suppression' ? message : (rule ?? '')));
}

describe('remarks that suppress findings', () => {
  it('cover the declaration below them', () => {
    expect(findingsIn(RULE)).to.deep.equal(['magic-number']);
    expect(findingsIn(`// velro-ignore magic-number: agreed with the archive\n${RULE}`)).to.deep.equal([]);
    expect(findingsIn(`//velro-ignore   magic-number :agreed\n\n/// Short.\n${RULE}`)).to.deep.equal([]);
    expect(
      findingsIn(
        `// velro-ignore magic-number: agreed\n${RULE}\n${RULE.replace('short', 'other').replace('30', '31')}`,
      ),
    ).to.deep.equal(['magic-number']);
  });

  it('cover their line when something stands before them', () => {
    expect(findingsIn(RULE.replace('30', '30 // velro-ignore magic-number: agreed'))).to.deep.equal([]);
    expect(
      findingsIn(RULE.replace('document\n', 'document // velro-ignore magic-number: agreed\n')),
    ).to.deep.equal(['magic-number', '`magic-number` finds nothing here that this remark could suppress']);
  });

  it('cover the next line within a declaration, and one attribute or member of it', () => {
    expect(
      findingsIn(RULE.replace('  when', '  // velro-ignore magic-number: agreed\n  when')),
    ).to.deep.equal([]);
    const entity = (remark: string) =>
      `entity book stored {\n  owner: user\n${remark}  one: string\n  two: string\n}\naction read on book by user\npermit p: read on book when resource.owner == subject`;
    expect(findingsIn(entity(''))).to.deep.equal(['unused-attribute', 'unused-attribute']);
    expect(findingsIn(entity('  // velro-ignore unused-attribute: shown to people\n'))).to.deep.equal([
      'unused-attribute',
    ]);
  });

  it('name several rules, and suppress those alone', () => {
    const two = 'permit short: delete on document\n  when 30 > 7\n';
    expect(findingsIn(two)).to.include('magic-number');
    expect(
      findingsIn(
        '// velro-ignore magic-number, double-negation: agreed\npermit short: read on document\n  when not resource.pages == 30\n',
      ),
    ).to.deep.equal([]);
    expect(
      findingsIn(
        '// velro-ignore double-negation: agreed\npermit short: read on document\n  when not resource.pages == 30\n',
      ),
    ).to.deep.equal(['magic-number']);
  });

  it('suppress nothing without a reason, and say so', () => {
    const problem = 'a suppression without a reason suppresses nothing';
    for (const remark of [
      'velro-ignore magic-number',
      'velro-ignore magic-number:',
      'velro-ignore magic-number:  ',
    ])
      expect(findingsIn(`// ${remark}\n${RULE}`), remark).to.deep.equal(['magic-number', problem]);
    expect(findingsIn(`// velro-ignore: agreed\n${RULE}`)).to.deep.equal([
      'magic-number',
      'this remark names no rule',
    ]);
  });

  it('are findings when they name no rule that there is, or suppress nothing', () => {
    expect(findingsIn(`// velro-ignore magic-numbre: agreed\n${RULE}`)).to.deep.equal([
      'magic-number',
      '`magic-numbre` is no lint rule',
    ]);
    const idle = '`unused-let` finds nothing here that this remark could suppress';
    expect(findingsIn(`// velro-ignore unused-let: agreed\n${RULE}`)).to.deep.equal(['magic-number', idle]);
  });

  it('are not called idle by a run that did not look', () => {
    const text = `// velro-ignore magic-number: agreed\n${RULE.replace('30', '1')}`;
    expect(findingsIn(text)).to.have.length(1);
    expect(findingsIn(text, { only: new Set(['unused-let', 'suppression']) })).to.deep.equal([]);
    expect(findingsIn(text, { settings: new Map([['magic-number', { level: 'off' }]]) })).to.deep.equal([]);
    expect(findingsIn(`// velro-ignore unmatched-rule: agreed\n${RULE.replace('30', '1')}`)).to.deep.equal(
      [],
    );
  });

  it('cannot suppress themselves', () => {
    expect(
      findingsIn(
        `// velro-ignore suppression: agreed\n// velro-ignore nonsense: x\n${RULE.replace('30', '1')}`,
      ),
    ).to.include('`nonsense` is no lint rule');
  });

  it('are no documentation and no other remark', () => {
    expect(findingsIn(`/// velro-ignore magic-number: agreed\n${RULE}`)).to.deep.equal(['magic-number']);
    expect(findingsIn(`// see velro-ignore magic-number: agreed\n${RULE}`)).to.deep.equal(['magic-number']);
    expect(findingsIn(`// velro-ignored magic-number: agreed\n${RULE}`)).to.deep.equal(['magic-number']);
  });

  it('stay when one of several rules is idle, for the sake of the others', () => {
    const sources = exampleSources(`// velro-ignore magic-number, unused-let: agreed\n${RULE}`);
    const { bundle } = loadBundle(sources);
    const findings = bundle === undefined ? [] : lintBundle(bundle);
    expect(findings.filter(({ rule }) => rule === 'suppression')).to.have.length(1);
    expect(applyFixes(sources, findings).sources[0]).to.equal(sources[0]);
  });

  it('go with the fix when they suppress nothing, and nothing else goes', () => {
    const text = `// kept\n// velro-ignore unused-let: agreed\npermit p: read on document\n  when resource.pages < 1 // velro-ignore magic-number: agreed\n`;
    const sources = exampleSources(text);
    const { bundle } = loadBundle(sources);
    const { sources: fixed } = applyFixes(sources, bundle === undefined ? [] : lintBundle(bundle));
    expect(fixed[0]?.text).to.match(
      /\n\n\/\/ kept\npermit p: read on document\n {2}when resource.pages < 1\n$/,
    );
  });
});
