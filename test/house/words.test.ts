import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectFiles, ROOT } from '../support/project-files.ts';

// Put together from pieces, so that this file does not find itself.
const HOMES = ['farm', 'home', 'root', 'Users', 'work'];
const REGISTRIES = ['npmjs', 'yarnpkg', 'npmmirror'];
const FORBIDDEN: readonly { what: string; pattern: RegExp }[] = [
  { what: "a path of somebody's machine", pattern: new RegExp(`(?<![\\w.-])/(?:${HOMES.join('|')})/`) },
  { what: 'the host of a registry', pattern: new RegExp(`registry\\.(?:${REGISTRIES.join('|')})`) },
];

/** Text of every file of the project, binary ones left out. */
function* texts(): Generator<{ path: string; text: string }> {
  for (const path of projectFiles()) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    if (!text.includes('\0')) yield { path, text };
  }
}

describe('words', () => {
  it('say nothing about the machine they were written on', () => {
    const found: string[] = [];
    let seen = 0;
    for (const { path, text } of texts()) {
      seen += 1;
      for (const { what, pattern } of FORBIDDEN) {
        if (!pattern.test(text)) continue;
        const line = text.split('\n').findIndex((candidate) => pattern.test(candidate)) + 1;
        found.push(`${path}:${line}: ${what}`);
      }
    }
    expect(found).to.deep.equal([]);
    expect(seen, 'files looked at').to.be.at.least(30);
  });

  it('are recognised', () => {
    const matches = (text: string): boolean => FORBIDDEN.some(({ pattern }) => pattern.test(text));
    for (const home of HOMES) expect(matches(`see ${['', home, 'x'].join('/')}`), home).to.equal(true);
    expect(matches(`https://registry.${REGISTRIES[0]}.org`)).to.equal(true);
    for (const home of HOMES) expect(matches(`docs${['', home, 'x'].join('/')}`), home).to.equal(false);
    expect(matches(['https://example.org', 'home', ''].join('/'))).to.equal(false);
  });
});

describe('lockfiles', () => {
  interface Entry {
    readonly integrity?: string;
    readonly link?: boolean;
    readonly optional?: boolean;
    readonly resolved?: string;
  }
  const lockfiles = projectFiles().filter((path) => path.endsWith('package-lock.json'));

  it('are there', () => expect(lockfiles).to.include('package-lock.json'));

  for (const path of lockfiles) {
    it(`${path} pins content and not where it was downloaded from`, () => {
      const { packages } = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as {
        packages: Record<string, Entry>;
      };
      const entries = Object.entries(packages).filter(([name, entry]) => name !== '' && !entry.link);
      expect(entries).not.to.be.empty;
      expect(
        entries.filter(([, { resolved }]) => resolved).map(([name]) => name),
        'with `resolved`',
      ).to.be.empty;
      // Packages for other platforms may lack the hash: see scripts/complete-lockfile.mjs.
      const unpinned = entries.filter(([, { integrity, optional }]) => integrity === undefined && !optional);
      expect(
        unpinned.map(([name]) => name),
        'without `integrity`',
      ).to.be.empty;
    });
  }
});
