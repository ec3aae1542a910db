import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtinReference } from '../../src/dsl/builtins/reference.ts';
import { lintBundle } from '../../src/dsl/lint/lint-bundle.ts';
import { SURPRISES } from '../../src/dsl/lint/lint-rule.ts';
import { loadBundle } from '../../src/dsl/load-bundle.ts';
import { SourceText } from '../../src/dsl/source/source-text.ts';
import { parseSource } from '../../src/dsl/syntax/parse.ts';
import { runTests } from '../../src/engine/testing/run-tests.ts';
import { ROOT } from '../support/project-files.ts';

const START = '<!-- builtins:start -->\n';
const END = '<!-- builtins:end -->';
const PAGE = 'docs/language.md';
const text = readFileSync(join(ROOT, PAGE), 'utf8').replaceAll('\r\n', '\n');
const [before = '', rest = ''] = text.split(START);
const [reference = '', after = ''] = rest.split(END);

interface Example {
  readonly tag: string;
  readonly sources: readonly SourceText[];
}

/** The examples; `more` is a further file of the bundle before it, and so is a fragment that follows the first bundle. */
const examples: Example[] = [];
for (const [, tag = '', code = ''] of `${before}${after}`.matchAll(/^```velro *(.*)\n([\s\S]*?)^```$/gm)) {
  const source = new SourceText(`example-${examples.length + 1}.velro`, code);
  const previous = examples.at(-1);
  if (tag === 'more' && previous !== undefined) {
    examples[examples.length - 1] = { ...previous, sources: [...previous.sources, source] };
  } else examples.push({ tag, sources: [source] });
}

const findingsOf = (found: readonly { code: string; message: string }[]): string[] =>
  found.map(({ code, message }) => `${code} ${message}`);

describe('docs/language.md', () => {
  it('has examples of each kind', () => {
    const tags = examples.map(({ tag }) => tag.split(' ')[0]);
    for (const tag of ['ok', 'fragment', 'error']) expect(tags).to.include(tag);
    expect(new Set(tags).size).to.equal(3);
  });

  for (const [index, { tag, sources }] of examples.entries()) {
    const [kind, code] = tag.split(' ');
    const title = `example ${index + 1} (${sources[0]?.text.split('\n')[0]})`;
    if (kind === 'ok') {
      it(`${title} is a bundle without a finding, and its tests pass`, () => {
        const { bundle, diagnostics } = loadBundle(sources);
        expect(findingsOf(diagnostics)).to.deep.equal([]);
        if (bundle === undefined) throw new Error('no bundle');
        expect(findingsOf(lintBundle(bundle, { categories: SURPRISES }))).to.deep.equal([]);
        const failures = runTests(bundle).tests.flatMap(({ title: test, expectations }) =>
          expectations.flatMap(({ failure }) => failure ?? []).map((one) => `${test}: ${one}`),
        );
        expect(failures).to.deep.equal([]);
      });
    } else if (kind === 'error') {
      it(`${title} has the error ${code}`, () => {
        const errors = loadBundle(sources).diagnostics.filter(({ severity }) => severity === 'error');
        expect(errors.map((one) => one.code)).to.deep.equal([code]);
      });
    } else {
      it(`${title} parses`, () => {
        expect(sources.flatMap((one) => findingsOf(parseSource(one).diagnostics))).to.deep.equal([]);
      });
    }
  }

  it('holds the reference of all builtins (put it between its marks when one changes)', () => {
    expect(reference.trim()).to.equal(builtinReference().trim());
  });
});
