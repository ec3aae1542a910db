import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { GOLDEN_ROOT, goldenFolder } from '../support/golden.ts';
import { projectFiles, ROOT } from '../support/project-files.ts';

describe('golden files', () => {
  it('stand in folders that some test goes through', () => {
    if (!existsSync(GOLDEN_ROOT)) return;
    const tests = projectFiles().filter((file) => file.startsWith('test/') && file.endsWith('.ts'));
    const text = tests.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const folders = readdirSync(GOLDEN_ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const orphans = folders.map(({ name }) => name).filter((name) => !text.includes(`goldenFolder('${name}`));
    expect(orphans).to.deep.equal([]);
  });
});

describe('golden helper', () => {
  const { UPDATE_GOLDEN: update, CI: ci } = process.env;
  let root = '';
  const path = (): string => join(root, 'sample', 'one.txt');

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'velro-golden-'));
    mkdirSync(join(root, 'sample'));
    writeFileSync(path(), 'For the reader.\n=== input\na\n\n=== expected\nA\n');
    delete process.env['UPDATE_GOLDEN'];
    delete process.env['CI'];
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
    restore('UPDATE_GOLDEN', update);
    restore('CI', ci);
  });

  function restore(name: string, value: string | undefined): void {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }

  it('reads sections and compares', () => {
    const [file] = goldenFolder('sample', root).files;
    expect(file?.section('input')).to.equal('a\n\n');
    file?.check('expected', 'A');
    expect(() => file?.check('expected', 'B')).to.throw('UPDATE_GOLDEN=1');
    expect(() => file?.check('other', '')).to.throw('other');
    expect(() => file?.section('other')).to.throw('no section `other`');
  });

  it('rewrites and adds only the sections that were checked', () => {
    process.env['UPDATE_GOLDEN'] = '1';
    const [file] = goldenFolder('sample', root).files;
    file?.check('expected', 'B');
    file?.check('added', 'C');
    const text = 'For the reader.\n=== input\na\n\n=== expected\nB\n=== added\nC\n';
    expect(readFileSync(path(), 'utf8')).to.equal(text);
  });

  it('refuses to write what it would read back differently', () => {
    process.env['UPDATE_GOLDEN'] = '1';
    const [file] = goldenFolder('sample', root).files;
    expect(() => file?.check('expected', 'x\n=== y\n')).to.throw('`=== ` line');
  });

  it('refuses to rewrite in CI', () => {
    process.env['UPDATE_GOLDEN'] = '1';
    process.env['CI'] = 'true';
    const [file] = goldenFolder('sample', root).files;
    expect(() => file?.check('expected', 'B')).to.throw('refused in CI');
  });

  it('finds sections and files that no test read', () => {
    const golden = goldenFolder('sample', root);
    golden.files[0]?.section('input');
    expect(() => golden.assertAllRead()).to.throw('no test read');
    golden.files[0]?.check('expected', 'A');
    golden.assertAllRead();
  });

  it('does not pass on an empty folder', () => {
    rmSync(path());
    expect(() => goldenFolder('sample', root)).to.throw('no golden files');
  });
});
