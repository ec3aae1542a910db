import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const FOLDER = new URL('../property/laws/', import.meta.url);
const LIST = new URL('../property/laws.test.ts', import.meta.url);

describe('the laws', () => {
  it('are all listed', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
    const list = readFileSync(LIST, 'utf8');
    expect(files.length).to.be.above(10);
    expect(files.filter((file) => !list.includes(`from './laws/${file}'`))).to.deep.equal([]);
  });

  it('are all tried', () => {
    const list = readFileSync(LIST, 'utf8');
    const [imports = '', tried = ''] = list.split('describeLaws(');
    const names = [...imports.matchAll(/\{ ([^}]+) \} from '\.\/laws\//g)].flatMap(([, one = '']) =>
      one.split(', '),
    );
    for (const file of readdirSync(FOLDER)) {
      const text = readFileSync(new URL(file, FOLDER), 'utf8');
      for (const [, law] of text.matchAll(/export const (\w+): Law\b/g)) expect(names).to.include(law);
    }
    for (const name of names) expect(tried).to.match(new RegExp(`^  ${name},$`, 'm'));
  });
});
