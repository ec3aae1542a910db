import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { projectFiles, ROOT } from '../support/project-files.ts';

const documents = projectFiles().filter((path) => path.endsWith('.md'));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** A document without what stands in its fenced blocks: links and headings there are only shown. */
function proseOf(text: string): string {
  return text.replaceAll(/^(`{3,})[^]*?^\1$/gm, '');
}

/** Where the links of a document point to. */
function linksIn(text: string): string[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors that a page has for its headings, as they are shown on the web. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(text).matchAll(/^#+ (.+)$/gm)) {
    const plain = heading.replaceAll(/\]\([^)]*\)/g, '').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    let again = anchor;
    for (let times = 1; anchors.has(again); times += 1) again = `${anchor}-${times}`;
    anchors.add(again);
  }
  return anchors;
}

/** What is wrong with a link of the document at `path`; undefined if nothing, or if it leaves the project. */
function complaintAbout(path: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : posix.join(posix.dirname(path), file);
  if (target.startsWith('..') || !existsSync(join(ROOT, target))) return `${path}: no file ${link}`;
  if (anchor === undefined) return undefined;
  if (statSync(join(ROOT, target)).isDirectory()) return `${path}: a folder has no ${link}`;
  return anchorsIn(readFileSync(join(ROOT, target), 'utf8')).has(anchor)
    ? undefined
    : `${path}: no anchor ${link}`;
}

/** What commands write, and no checkout holds. */
const IS_WRITTEN = /^(?:artillery\/report|bench\/results)\//;

describe('documents', () => {
  it('have been looked at', () => {
    expect(documents).to.include.members(['README.md', 'docs/architecture.md']);
    expect(
      documents.flatMap((path) => linksIn(readFileSync(join(ROOT, path), 'utf8'))).length,
    ).to.be.at.least(50);
  });

  it('have links that lead somewhere', () => {
    const complaints = documents.flatMap((path) =>
      linksIn(readFileSync(join(ROOT, path), 'utf8')).map((link) => complaintAbout(path, link) ?? []),
    );
    expect(complaints.flat()).to.deep.equal([]);
  });

  it('can be reached from README.md', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      for (const link of linksIn(readFileSync(join(ROOT, path), 'utf8'))) {
        const target = posix.join(posix.dirname(path), link.split('#')[0] ?? '');
        if (documents.includes(target)) reached.add(target);
      }
    }
    expect(documents.filter((path) => !reached.has(path))).to.deep.equal([]);
  });

  it('name only scripts that package.json has', () => {
    const named = documents.flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/npm run (?:-s |--silent )?([a-z][a-z:]*)/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(named).not.to.be.empty;
    expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
  });

  it('name only files that there are', () => {
    const complaints = documents.flatMap((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      const named = [
        ...text.matchAll(/`((?:src|test|bench|artillery|scripts|docs|demo|policies)\/[\w./-]*)`/g),
      ];
      return named
        .map(([, name = '']) => name)
        .filter((name) => !IS_WRITTEN.test(name) && !existsSync(join(ROOT, name)))
        .map((name) => `${path}: no ${name}`);
    });
    expect(complaints).to.deep.equal([]);
  });
});

describe('the look at documents', () => {
  it('finds links and anchors, and none in blocks of code', () => {
    expect(linksIn('[a](b.md#c) ![d](e.png)\n```\n[f](g.md)\n```\n')).to.deep.equal(['b.md#c', 'e.png']);
    const page = '# One `two`: three\n## [Four](x.md)\n## Four\n```sh\n# no heading\n```\n';
    expect([...anchorsIn(page)]).to.deep.equal(['one-two-three', 'four', 'four-1']);
  });

  it('complains', () => {
    expect(complaintAbout('README.md', 'https://example.org/nothing')).to.equal(undefined);
    expect(complaintAbout('docs/server.md', '../README.md#the-layers')).to.equal(undefined);
    expect(complaintAbout('docs/server.md', 'nothing.md')).to.include('no file');
    expect(complaintAbout('docs/server.md', '../../elsewhere.md')).to.include('no file');
    expect(complaintAbout('README.md', '#nothing')).to.include('no anchor');
    expect(complaintAbout('README.md', 'docs#nothing')).to.include('folder');
  });
});
