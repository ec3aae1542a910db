import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { generatedPages } from '../../scripts/support/lint-reference.ts';
import { LINT_DIAGNOSTICS } from '../../src/dsl/diagnostics/lint.ts';
import { LINT_RULES } from '../../src/dsl/lint/rules/index.ts';
import { ROOT } from '../support/project-files.ts';

const filesIn = (folder: string) => readdirSync(join(ROOT, folder)).toSorted();
const names = LINT_RULES.map(({ name }) => name).toSorted();

describe('the lint rules', () => {
  it('are sorted by code and are the catalogue', () => {
    expect(LINT_RULES.map(({ code }) => code)).to.deep.equal(
      Object.values(LINT_DIAGNOSTICS).map(({ code }) => code),
    );
    expect(LINT_RULES.map(({ finding }) => finding)).to.deep.equal(Object.keys(LINT_DIAGNOSTICS));
    const codes = LINT_RULES.map(({ code }) => code);
    expect(codes).to.deep.equal([...new Set(codes)].toSorted());
  });

  it('are the files of their folder', () => {
    const files = filesIn('src/dsl/lint/rules').filter((name) => name !== 'index.ts');
    expect(files).to.deep.equal(names.map((name) => `${name}.ts`));
    expect(files.length).to.be.at.least(20);
  });

  it('have a page each, and no other page is there', () => {
    expect(filesIn('docs/lint')).to.deep.equal(['README.md', ...names.map((name) => `${name}.md`)]);
  });

  it('say what they look for in one sentence, and why', () => {
    for (const { name, summary, rationale } of LINT_RULES) {
      expect(summary, name).to.match(/^[A-Z][^\n]*\.$/);
      expect(rationale, name).to.match(/\.$/);
      expect(rationale.length, name).to.be.at.least(100);
    }
  });

  const docs = join(ROOT, 'docs');
  const pages = generatedPages(readFileSync(join(docs, 'diagnostics.md'), 'utf8'));

  for (const [path, text] of pages) {
    it(`docs/${path} is what \`npm run docs\` makes of them`, () => {
      expect(readFileSync(join(docs, path), 'utf8')).to.equal(text);
    });
  }
});
