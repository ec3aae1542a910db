import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPolicyKeyConfiguration } from '../../../../src/server/config/policy-key-configuration.ts';
import { StartError } from '../../../../src/server/config/start-error.ts';
import {
  createKeyPair,
  readPrivateKey,
  readPublicKeys,
} from '../../../../src/server/policies/policy-key-files.ts';
import { isSignedBy, signDigest } from '../../../../src/server/policies/policy-signature.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('files of policy keys', () => {
  const folder = temporaryFolder();
  const file = (name: string): string => join(folder.path, name);
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(StartError);
    return (error as StartError).message;
  };

  it('hold a pair of which the private half is for its owner only', async () => {
    const pair = await createKeyPair(file('a'));
    expect(statSync(file('a')).mode & 0o777).to.equal(0o600);
    expect(readFileSync(file('a.pub'), 'utf8')).to.equal(pair.publicKey);
    const keys = await readPublicKeys([file('a.pub')]);
    expect([...keys.keys()]).to.deep.equal([pair.keyId]);
    const { signature } = signDigest(await readPrivateKey(file('a')), 'sha256:x');
    expect(isSignedBy(keys.get(pair.keyId)!, 'sha256:x', signature)).to.equal(true);
    expect(isSignedBy(keys.get(pair.keyId)!, 'sha256:y', signature)).to.equal(false);
  });

  it('are never replaced, and no half of a pair is left', async () => {
    await createKeyPair(file('a'));
    const before = readFileSync(file('a'), 'utf8');
    expect(await refusal(createKeyPair(file('a')))).to.include('is there already');
    expect(readFileSync(file('a'), 'utf8')).to.equal(before);
    writeFileSync(file('b.pub'), 'mine');
    expect(await refusal(createKeyPair(file('b')))).to.include('b.pub is there already');
    expect(existsSync(file('b'))).to.equal(false);
  });

  it('may hold several public keys', async () => {
    const ids = [(await createKeyPair(file('a'))).keyId, (await createKeyPair(file('b'))).keyId];
    writeFileSync(file('all'), readFileSync(file('a.pub'), 'utf8') + readFileSync(file('b.pub'), 'utf8'));
    expect([...(await readPublicKeys([file('all')])).keys()]).to.deep.equal(ids);
    expect([...(await readPublicKeys([file('a.pub'), file('b.pub')])).keys()]).to.deep.equal(ids);
  });

  it('that are something else are refused by name', async () => {
    await createKeyPair(file('a'));
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file('rsa'), rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(file('rsa.pub'), rsa.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(file('empty'), '');
    writeFileSync(file('large'), 'x'.repeat(300_000));
    writeFileSync(file('torn'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
    expect(await refusal(readPublicKeys([file('nowhere')]))).to.include('there is no');
    expect(await refusal(readPublicKeys([file('a')]))).to.include('holds a private key');
    expect(await refusal(readPublicKeys([file('rsa.pub')])))
      .to.include('rsa')
      .and.include('ed25519 is needed');
    expect(await refusal(readPublicKeys([file('empty')]))).to.include('holds no public key');
    expect(await refusal(readPublicKeys([file('large')]))).to.include('has more than');
    expect(await refusal(readPublicKeys([file('torn')]))).to.include('cannot be read');
    expect(await refusal(readPublicKeys([folder.path]))).to.include('cannot read');
    expect(await refusal(readPrivateKey(file('rsa')))).to.include('ed25519 is needed');
    expect(await refusal(readPrivateKey(file('a.pub')))).to.include('holds no private key');
  });
});

describe('the configuration of policy keys', () => {
  it('asks for signatures exactly where keys are named, unless it says otherwise', () => {
    const read = readPolicyKeyConfiguration;
    expect(read({})).to.deep.equal({ files: [], isRequired: false });
    expect(read({ VELRO_POLICY_KEYS: '' })).to.deep.equal({ files: [], isRequired: false });
    expect(read({ VELRO_POLICY_KEYS: 'a.pub, /b/c.pub' })).to.deep.equal({
      files: ['a.pub', '/b/c.pub'],
      isRequired: true,
    });
    expect(read({ VELRO_POLICY_KEYS: 'a', VELRO_REQUIRE_SIGNATURE: 'false' }).isRequired).to.equal(false);
    expect(() => read({ VELRO_REQUIRE_SIGNATURE: 'true' })).to.throw(StartError, 'VELRO_POLICY_KEYS');
    expect(() => read({ VELRO_REQUIRE_SIGNATURE: 'yes' })).to.throw(StartError, 'true or false');
  });
});
