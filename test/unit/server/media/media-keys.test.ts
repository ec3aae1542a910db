import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { StartError } from '../../../../src/server/config/start-error.ts';
import { MAXIMUM_KEYS, openMediaKeys } from '../../../../src/server/media/media-keys.ts';
import { checkMediaToken, mintMediaToken } from '../../../../src/server/media/media-token.ts';

const NOW = Date.UTC(2026, 0, 5, 10);
const HOUR = 3_600_000;
const SCOPE = { method: 'GET', path: '/m/1.png', subject: 'alice' };

describe('media keys', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'velro-media-'));
    path = join(folder, 'media-keys.json');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('are made at the first use, for their owner only, and kept', async () => {
    const ring = await openMediaKeys(path, NOW);
    const token = mintMediaToken(ring, { ...SCOPE, expires: NOW + 1000, now: NOW });
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).to.equal(0o600);
    const again = await openMediaKeys(path, NOW + 1);
    expect(again.active()).to.deep.equal(ring.active());
    expect(checkMediaToken(again, token, { ...SCOPE, now: NOW })).to.equal(true);
    expect(await readdir(folder)).to.deep.equal(['media-keys.json']);
  });

  it('check the tokens of the key before for an hour after a rotation', async () => {
    const ring = await openMediaKeys(path, NOW);
    const before = ring.active().id;
    const token = mintMediaToken(ring, { ...SCOPE, expires: NOW + HOUR, now: NOW });
    const fresh = await ring.rotate(NOW);
    expect(ring.active().id).to.equal(fresh).and.not.to.equal(before);
    expect(mintMediaToken(ring, { ...SCOPE, expires: NOW + 1000, now: NOW })).to.include(`.${fresh}.`);
    expect(checkMediaToken(ring, token, { ...SCOPE, now: NOW + HOUR - 1 })).to.equal(true);
    expect(ring.find(before, NOW + HOUR - 1)).not.to.equal(undefined);
    expect(ring.find(before, NOW + HOUR)).to.equal(undefined);
    await ring.rotate(NOW + HOUR);
    expect(ring.list().map((one) => one.id)).to.deep.equal([fresh, ring.active().id]);
  });

  it('can be revoked at once', async () => {
    const ring = await openMediaKeys(path, NOW);
    const token = mintMediaToken(ring, { ...SCOPE, expires: NOW + HOUR, now: NOW });
    await ring.rotate(NOW, { revoke: true });
    expect(checkMediaToken(ring, token, { ...SCOPE, now: NOW })).to.equal(false);
    expect(ring.list()).to.have.length(1);
  });

  it('are bounded in number, rotations being made one after the other', async () => {
    const ring = await openMediaKeys(path, NOW);
    const ids = await Promise.all(Array.from({ length: MAXIMUM_KEYS + 3 }, () => ring.rotate(NOW)));
    expect(ring.list().map((one) => one.id)).to.deep.equal(ids.slice(-MAXIMUM_KEYS));
    expect((await openMediaKeys(path, NOW)).list()).to.deep.equal(ring.list());
  });

  it('of another process are taken over by reloading', async () => {
    const ring = await openMediaKeys(path, NOW);
    const other = await openMediaKeys(path, NOW);
    const id = await other.rotate(NOW);
    expect(ring.find(id, NOW)).to.equal(undefined);
    await ring.reload();
    expect(ring.active().id).to.equal(id);
    const third = await ring.rotate(NOW);
    await other.reload();
    expect(other.list().map((one) => one.id)).to.include.members([id, third]);
  });

  it('say nothing of their secrets', async () => {
    const ring = await openMediaKeys(path, NOW);
    expect(ring.list().map((one) => Object.keys(one))).to.deep.equal([['id', 'createdAt', 'retiredAt']]);
  });

  const damaged: readonly (readonly [string, (document: { keys: Record<string, unknown>[] }) => void])[] = [
    ['without keys', (document) => (document.keys = [])],
    ['with a short secret', (document) => (document.keys[0]!['secret'] = 'AAAA')],
    ['without an active key', (document) => (document.keys[0]!['retiredAt'] = 1)],
    ['with an id that no token can name', (document) => (document.keys[0]!['id'] = 'a.b')],
    ['with an id twice', (document) => document.keys.unshift({ ...document.keys[0], retiredAt: 1 })],
  ];
  damaged.forEach(([what, damage]) => {
    it(`stop the start in a file ${what}`, async () => {
      await openMediaKeys(path, NOW);
      const document = JSON.parse(await readFile(path, 'utf8')) as { keys: Record<string, unknown>[] };
      damage(document);
      await writeFile(path, JSON.stringify(document));
      const error: unknown = await openMediaKeys(path, NOW).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(StartError);
    });
  });
});
