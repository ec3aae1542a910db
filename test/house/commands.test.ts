import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { COMMANDS } from '../../src/cli/commands/index.ts';

describe('the list of commands', () => {
  it('is sorted and holds every file of its folder', () => {
    const files = readdirSync(new URL('../../src/cli/commands/', import.meta.url))
      .filter((name) => name !== 'index.ts')
      .map((name) => name.replace(/\.ts$/, ''))
      .toSorted();
    expect(files.length).to.be.greaterThan(5);
    expect(COMMANDS.map((command) => command.name)).to.deep.equal(files);
  });
});
