import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { StartError } from '../../../../src/server/config/start-error.ts';
import { configuredSources } from '../../../../src/server/media/configured-sources.ts';
import { followMediaKeys } from '../../../../src/server/media/follow-media-keys.ts';
import { openMediaKeys } from '../../../../src/server/media/media-keys.ts';
import { mintMediaToken } from '../../../../src/server/media/media-token.ts';

const NOW = Date.UTC(2026, 0, 5, 10);
const GRANT = { method: 'GET', path: '/files/1.png', subject: 'alice', expires: NOW + 60_000, now: NOW };

describe('followed media keys', () => {
  let folder: string;
  let path: string;
  let time: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'velro-media-'));
    path = join(folder, 'media-keys.json');
    time = 0;
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('are those of the file, a second after a rotation at the latest', async () => {
    const ring = await openMediaKeys(path, NOW);
    const before = ring.active().id;
    const current = followMediaKeys(path, () => time);
    expect(current()?.active().id).to.equal(before);
    const fresh = await ring.rotate(NOW);
    time += 999;
    expect(current()?.active().id).to.equal(before);
    time += 1;
    expect(current()?.active().id).to.equal(fresh);
    expect(current()?.find(before, NOW)?.id).to.equal(before);
  });

  it('are not there while the file is not, or is damaged', async () => {
    const current = followMediaKeys(path, () => time);
    expect(current()).to.equal(undefined);
    await openMediaKeys(path, NOW);
    time += 1000;
    expect(current()).not.to.equal(undefined);
    await writeFile(path, '{"version": 1, "keys": []}');
    time += 1000;
    expect(current()).to.equal(undefined);
    await writeFile(path, 'no JSON');
    time += 1000;
    expect(current()).to.equal(undefined);
    await rm(path);
    await openMediaKeys(path, NOW);
    time += 1000;
    expect(current()).not.to.equal(undefined);
  });

  it('make `media.token_valid` a source where their file is there', async () => {
    const token = mintMediaToken(await openMediaKeys(path, NOW), GRANT);
    const source = configuredSources(path)['media.token_valid'];
    const about = {
      now: NOW,
      subject: { type: 'user', id: 'alice' },
      resource: { type: 'media', id: '1' },
      action: 'download',
    };
    expect(source?.([token, 'GET', '/files/1.png', 'alice'], about)).to.equal(true);
    expect(source?.([token, 'GET', '/files/2.png', 'alice'], about)).to.equal(false);
  });

  it('leave the source out where there is no file, and stop the start where it holds no keys', async () => {
    expect(configuredSources(path)).to.deep.equal({});
    await writeFile(path, '{}');
    expect(() => configuredSources(path)).to.throw(StartError, 'holds no media keys');
  });
});
