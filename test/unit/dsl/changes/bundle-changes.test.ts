import { expect } from 'chai';
import { bundleChanges } from '../../../../src/dsl/changes/bundle-changes.ts';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import type { SourceFile } from '../../../../src/dsl/syntax/ast.ts';
import { parseSource } from '../../../../src/dsl/syntax/parse.ts';
import { loadReferenceBundle } from '../../../support/reference-bundle.ts';

const BEFORE = `layer 3 ownership version 4 grants access
permit owner: read on document when resource.owner == subject
permit reader: read on document when resource.open
cache permit: read on document for 3m
`;
const SCHEMA = 'entity document stored { open: bool }\naction read on document by user\n';

function parse(...texts: readonly string[]): readonly SourceFile[] {
  return texts.map((text, at) => parseSource(new SourceText(`${at}.velro`, text)).file);
}

function changes(before: readonly string[], after: readonly string[]): string[] {
  return bundleChanges(parse(...before), parse(...after)).map(
    ({ change, layer, kind, name }) => `${change} ${layer ?? '-'} ${kind} ${name}`,
  );
}

describe('the changes between two bundles', () => {
  it('are none between a bundle and itself, wherever its declarations stand', () => {
    expect(changes([SCHEMA, BEFORE], [BEFORE, SCHEMA])).to.deep.equal([]);
    expect(
      changes([BEFORE], [BEFORE.replace('permit owner', '// why\n/// who\npermit owner')]),
    ).to.deep.equal([]);
  });

  it('name rules with their layers', () => {
    const after = BEFORE.replace('version 4', 'version 5')
      .replace('permit owner', 'forbid owner')
      .replace(/permit reader.*\n/, 'permit holder: read on document when true\n')
      .replace('3m', '4m');
    expect(changes([SCHEMA, BEFORE], [SCHEMA.replace('bool', 'bool = false'), after])).to.deep.equal([
      'changed - entity document',
      'changed ownership layer ownership',
      'changed ownership forbid owner',
      'added ownership permit holder',
      'added ownership cache cache permit: read on document for 4m',
      'removed ownership permit reader',
      'removed ownership cache cache permit: read on document for 3m',
    ]);
  });

  it('keep names short', () => {
    const long = `layer 8 records version 1\naudit deny: ${Array.from({ length: 80 }, (_, at) => `action_${at}`).join(', ')} on any at info\n`;
    const [, audit] = changes([], [long]);
    expect(audit).to.have.length.below(160);
    expect(audit).to.match(/…$/);
  });

  it('tell every declaration of the reference bundle from the others', () => {
    const { files } = loadReferenceBundle().bundle;
    const found = bundleChanges([], files);
    expect(found).to.have.length(files.flatMap(({ declarations }) => declarations).length);
    expect(new Set(found.map(({ layer, kind, name }) => `${layer} ${kind} ${name}`)).size).to.equal(
      found.length,
    );
    expect(bundleChanges(files, files)).to.deep.equal([]);
  });
});
