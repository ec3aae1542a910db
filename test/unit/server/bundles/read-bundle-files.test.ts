import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SourceText } from '../../../../src/dsl/source/source-text.ts';
import { bundleDigest } from '../../../../src/server/bundles/bundle-digest.ts';
import { readBundleFiles } from '../../../../src/server/bundles/read-bundle-files.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('readBundleFiles', () => {
  const folder = temporaryFolder();
  const write = (path: string, content: string | Buffer = path): void => {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    writeFileSync(join(folder.path, path), content);
  };
  const names = async (): Promise<string[]> =>
    (await readBundleFiles(folder.path)).map((file) => file.path.slice(folder.path.length + 1));
  const refusal = async (path = folder.path): Promise<string> => {
    try {
      await readBundleFiles(path);
    } catch (error) {
      expect(error).to.be.instanceOf(StartError);
      return (error as Error).message;
    }
    return expect.fail('accepted');
  };

  it('finds policy files at any depth, sorted, and leaves out the rest', async () => {
    for (const path of [
      'b.velro',
      'a/z.velro',
      'a/b/c.velro',
      'B.velro',
      'notes.md',
      '.hidden.velro',
      '.git/x.velro',
      'a.velro.bak',
    ])
      write(path);
    expect(await names()).to.deep.equal(['B.velro', 'a/b/c.velro', 'a/z.velro', 'b.velro']);
    expect((await readBundleFiles(folder.path))[1]?.text).to.equal('a/b/c.velro');
  });

  it('follows links, and visits every folder once', async () => {
    write('a/x.velro');
    symlinkSync(folder.path, join(folder.path, 'a', 'loop'));
    symlinkSync('..', join(folder.path, 'a', 'up'));
    symlinkSync(join(folder.path, 'a', 'x.velro'), join(folder.path, 'link.velro'));
    expect(await names()).to.deep.equal(['a/x.velro', 'link.velro']);
  });

  it('refuses a link to nothing, where a layer may be missing', async () => {
    symlinkSync('nowhere', join(folder.path, 'x.velro'));
    expect(await refusal()).to.include('link to nothing');
  });

  it('refuses what is not UTF-8, too large or not there', async () => {
    expect(await refusal(join(folder.path, 'none'))).to.include('there is no');
    write('x.velro', Buffer.from([0xff]));
    expect(await refusal()).to.include('is not UTF-8');
    write('x.velro', Buffer.alloc(8 * 1024 * 1024 + 1, 0x20));
    expect(await refusal()).to.include('has more than');
  });
});

describe('bundleDigest', () => {
  const folder = temporaryFolder();
  const digest = (files: Readonly<Record<string, string>>, root = 'policies'): string =>
    bundleDigest(
      Object.entries(files).map(([path, text]) => new SourceText(`policies/${path}`, text)),
      root,
    );
  const base = { 'a.velro': 'one', 'b.velro': 'two' };

  it('is the same for the same content, in whatever order and place', () => {
    expect(digest(base)).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(digest({ 'b.velro': 'two', 'a.velro': 'one' })).to.equal(digest(base));
    expect(digest(base, './policies/')).to.equal(digest(base));
    const elsewhere = Object.entries(base).map(([path, text]) => new SourceText(`/srv/x/${path}`, text));
    expect(bundleDigest(elsewhere, '/srv/x')).to.equal(digest(base));
    expect(digest({ 'a.velro': 'one\r\n', 'b.velro': 'two' })).to.equal(
      digest({ 'a.velro': 'one\n', 'b.velro': 'two' }),
    );
  });

  it('counts paths from the folder, however that is spelt', async () => {
    const home = folder.path;
    mkdirSync(join(home, 'bundle', 'sub'), { recursive: true });
    for (const [path, text] of Object.entries(base)) writeFileSync(join(home, 'bundle', path), text);
    writeFileSync(join(home, 'bundle', 'sub', 'c.velro'), 'three');
    const expected = digest({ ...base, 'sub/c.velro': 'three' });
    for (const spelt of ['bundle', 'bundle/', 'bundle/.', './bundle//', 'bundle/sub/..']) {
      const given = `${home}/${spelt}`;
      expect(bundleDigest(await readBundleFiles(given), given), spelt).to.equal(expected);
    }
    const one = new SourceText('./bundle/a.velro', 'one');
    expect(bundleDigest([one], './bundle')).to.equal(digest({ 'a.velro': 'one' }));
  });

  it('differs whenever anything does', () => {
    const others = [
      { 'a.velro': 'one' },
      { 'a.velro': 'one', 'c.velro': 'two' },
      { 'a.velro': 'onet', 'b.velro': 'wo' },
      { 'a.velro': 'two', 'b.velro': 'one' },
      { 'a.velro': 'one7:b.velro', 'b.velro': 'two' },
      {},
    ];
    expect(new Set([base, ...others].map((files) => digest(files as Record<string, string>))).size).to.equal(
      others.length + 1,
    );
  });
});
