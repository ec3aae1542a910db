import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../support/project-files.ts';

const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);

interface Entry {
  readonly dev?: boolean;
  readonly license?: string;
  readonly name?: string;
}

/** Of an SPDX expression: one side of an `OR` is enough, both sides of an `AND` are needed. */
function isAccepted(expression: string): boolean {
  const choices = expression.replace(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((licence) => ACCEPTED.has(licence.trim())));
}

/** Name and licence of all production dependencies of a package, direct or not. */
function productionLicences(folder: string): Map<string, string> {
  const lock = readFileSync(join(ROOT, folder, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, Entry> };
  const licences = new Map<string, string>();
  for (const [path, { dev, license, name }] of Object.entries(packages)) {
    if (path === '' || dev) continue;
    licences.set(name ?? path.slice(path.lastIndexOf('node_modules/') + 13), license ?? 'none stated');
  }
  return licences;
}

/** The rows of the table of docs/licences.md under a heading. */
function exceptions(heading: string): Map<string, { licence: string; reason: string }> {
  const page = readFileSync(join(ROOT, 'docs/licences.md'), 'utf8');
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const rows = section.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]*) \|$/gm);
  return new Map(Array.from(rows, ([, name = '', licence = '', reason = '']) => [name, { licence, reason }]));
}

describe('licences', () => {
  const folders = [
    // What a user of Velro gets installed.
    { folder: '.', heading: 'Licences' },
    { folder: 'artillery', heading: 'Load tests' },
  ];

  for (const { folder, heading } of folders) {
    const installed = productionLicences(folder);
    const documented = exceptions(heading);

    it(`of the production dependencies of ${folder} are accepted or documented with a reason`, () => {
      const refused: string[] = [];
      for (const [name, licence] of installed) {
        const row = documented.get(name);
        if (!isAccepted(licence) && !(row?.licence === licence && row.reason.length > 20)) {
          refused.push(`${name}: ${licence}`);
        }
      }
      expect(refused).to.deep.equal([]);
      expect(installed.size, 'packages looked at').to.be.at.least(20);
    });

    it(`of the production dependencies of ${folder} are documented only if it is needed`, () => {
      const stale = [...documented.keys()].filter((name) => isAccepted(installed.get(name) ?? 'MIT'));
      expect(stale).to.deep.equal([]);
    });
  }

  it('are read as SPDX expressions', () => {
    expect(isAccepted('(MIT OR AGPL-3.0)')).to.equal(true);
    expect(isAccepted('MIT AND Apache-2.0')).to.equal(true);
    expect(isAccepted('MIT AND CC-BY-4.0')).to.equal(false);
    expect(isAccepted('AGPL-3.0')).to.equal(false);
  });
});
