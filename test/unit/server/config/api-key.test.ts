import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { apiKeyAuthenticator, readOrCreateKey } from '../../../../src/server/config/api-key.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('readOrCreateKey', () => {
  const folder = temporaryFolder();

  it('creates 32 random bytes that only the owner can read', async () => {
    const path = join(folder.path, 'key');
    const key = await readOrCreateKey(path);
    expect(Buffer.from(key, 'base64url')).to.have.length(32);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readFileSync(path, 'utf8')).to.equal(`${key}\n`);
  });

  it('keeps the key that is there', async () => {
    const path = join(folder.path, 'key');
    const first = await readOrCreateKey(path);
    expect(await readOrCreateKey(path)).to.equal(first);
  });

  it('gives all who start at once the same key', async () => {
    const path = join(folder.path, 'key');
    const keys = await Promise.all(Array.from({ length: 16 }, () => readOrCreateKey(path)));
    expect(new Set(keys).size).to.equal(1);
  });

  it('refuses a key file that somebody shortened', async () => {
    const path = join(folder.path, 'key');
    writeFileSync(path, 'short\n');
    await readOrCreateKey(path).then(
      () => expect.fail('accepted'),
      (error: unknown) => expect(error).to.be.instanceOf(StartError),
    );
  });
});

describe('apiKeyAuthenticator', () => {
  const key = 'a-key-that-is-long-enough-to-be-one';
  const decideKey = 'another-key-that-is-good-for-decisions';
  const authenticator = apiKeyAuthenticator([
    { key, scopes: ['decide', 'admin'] },
    { key: decideKey, scopes: ['decide'] },
  ]);
  const authenticate = (header: string | undefined): unknown => authenticator.authenticate(header);

  it('knows the key as a bearer token, whatever the case of the scheme', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(authenticate(`${scheme} ${key}`)).to.have.property('id');
  });

  it('knows nobody else', () => {
    const wrong = [
      undefined,
      '',
      key,
      'Bearer',
      'Bearer ',
      `Basic ${key}`,
      `Bearer ${key}x`,
      `Bearer ${key.slice(1)}`,
      `Bearer ${key} x`,
    ];
    for (const header of wrong) expect(authenticate(header), String(header)).to.equal(undefined);
  });

  it('names the caller by something that is not the key', async () => {
    const caller = await authenticator.authenticate(`Bearer ${key}`);
    expect(caller?.id).to.match(/^key:[0-9a-f]{8}$/);
    const other = await authenticator.authenticate(`Bearer ${decideKey}`);
    expect(other?.id)
      .to.match(/^key:[0-9a-f]{8}$/)
      .and.not.equal(caller?.id);
  });

  it('says what each key is good for', async () => {
    const scopesOf = async (one: string): Promise<readonly string[]> => [
      ...((await authenticator.authenticate(`Bearer ${one}`))?.scopes ?? []),
    ];
    expect(await scopesOf(key)).to.deep.equal(['decide', 'admin']);
    expect(await scopesOf(decideKey)).to.deep.equal(['decide']);
  });
});
