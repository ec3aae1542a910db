import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestOf } from '../../../src/server/bundles/bundle-digest.ts';
import { StartError } from '../../../src/server/config/start-error.ts';
import { acceptFiles } from '../../../src/server/policies/accept-files.ts';
import { createKeyPair, readPrivateKey } from '../../../src/server/policies/policy-key-files.ts';
import { signDigest } from '../../../src/server/policies/policy-signature.ts';
import { eventually } from '../../support/eventually.ts';
import { smallBundleWith, startPolicyServer } from '../../support/policy-servers.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { type Answer, stopTestServers, type TestServer } from '../../support/test-server.ts';

type Files = Readonly<Record<string, string>>;

describe('signed policies', function signed() {
  this.timeout(180_000);
  const database = postgresDatabase();
  let folder: string;
  let ours: string;
  let theirs: string;
  let server: TestServer;
  const trusting = (): Readonly<Record<string, string>> => ({ VELRO_POLICY_KEYS: `${ours}.pub` });

  const bodyOf = async (files: Files, key?: string, digest?: string): Promise<object> => {
    if (key === undefined) return { files };
    const signature = signDigest(await readPrivateKey(key), digest ?? digestOf(acceptFiles(files)));
    return {
      files,
      signature: { keyId: signature.keyId, value: Buffer.from(signature.signature).toString('base64') },
    };
  };
  const publish = async (files: Files, key?: string, digest?: string): Promise<Answer> =>
    server.call('/policies/versions', { body: await bodyOf(files, key, digest) });
  const activate = (version: number): Promise<Answer> =>
    server.call(`/policies/versions/${version}/activate`, { method: 'POST' });
  const policy = async (): Promise<{ published: number; refused?: { version: number; code: string } }> =>
    (await server.call('/readyz?verbose')).body.policy;
  const refused = (code: string): Promise<void> =>
    eventually(`the server refuses with ${code}`, async () => (await policy()).refused?.code === code);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'velro-keys-'));
    ours = join(folder, 'ours');
    theirs = join(folder, 'theirs');
    await createKeyPair(ours);
    await createKeyPair(theirs);
    // The tables have to be there before anything can be put into them.
    await startPolicyServer(database.url);
    await stopTestServers();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    // Only what is signed may be the first: a server without keys cannot publish it.
    await database.run(
      'truncate velro_state.policy_activations, velro_state.policy_signatures, velro_state.policy_versions, velro_state.policy_bundles restart identity',
    );
    server = await startPolicyServer(database.url);
    expect((await publish(smallBundleWith(1), ours)).status).to.equal(201);
    expect((await activate(2)).status).to.equal(200);
    await stopTestServers();
    server = await startPolicyServer(database.url, trusting());
    expect(await policy()).to.include({ published: 2 });
  });
  afterEach(stopTestServers);

  it('are refused at publishing unless a trusted key signed this content', async () => {
    const files = smallBundleWith(2);
    const other = digestOf(acceptFiles(smallBundleWith(3)));
    expect((await publish(files)).body).to.include({ status: 422, code: 'signature_missing' });
    expect((await publish(files, theirs)).body).to.include({ status: 422, code: 'signature_untrusted' });
    expect((await publish(files, ours, other)).body).to.include({ status: 422, code: 'signature_invalid' });
    const { versions } = (await server.call('/policies/versions')).body as { versions: unknown[] };
    expect(versions).to.have.length(2);
    const accepted = await publish(files, ours);
    expect(accepted.body).to.deep.include({ version: 3, isNew: true });
    expect(accepted.body.signatures[0]).to.include({ good: true });
    const records = (await server.auditRecords()).filter(({ change }) => change === 'publish');
    expect(records.map(({ failed }) => failed)).to.deep.equal([
      'signature_missing',
      'signature_untrusted',
      'signature_invalid',
      undefined,
    ]);
  });

  it('are refused at activation when the signature is gone, and good again with one', async () => {
    expect((await activate(1)).body).to.include({ code: 'signature_missing' });
    const { status, body } = await publish(
      (await server.call('/policies/versions/1')).body.files as Files,
      ours,
    );
    expect(status).to.equal(200);
    expect(body).to.deep.include({ version: 1, isNew: false });
    expect((await activate(1)).status).to.equal(200);
    await database.run('delete from velro_state.policy_signatures where signed_by is not null');
    expect((await activate(2)).body).to.include({ code: 'signature_missing' });
    expect((await server.call('/policies/rollback', { method: 'POST' })).body).to.include({
      code: 'signature_missing',
    });
    expect(await policy()).to.include({ published: 1 });
  });

  /** What somebody who can write the database might do, to the version that is active from then on. */
  const slipIn: Readonly<Record<string, { sql: string; code: string }>> = {
    'other files under a signed digest': {
      sql: `update velro_state.policy_bundles set files = files || '{"extra.velro": "layer 11 extra version 2"}'
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'policy_tampered',
    },
    'a file less': {
      sql: `update velro_state.policy_bundles set files = files - 'access.velro'
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'policy_tampered',
    },
    'a file that is no text': {
      sql: `update velro_state.policy_bundles set files = jsonb_set(files, '{access.velro}', 'null')
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'policy_tampered',
    },
    'the signature of another content': {
      sql: `update velro_state.policy_signatures set signature = (select signature from velro_state.policy_signatures
              where digest = (select digest from velro_state.policy_versions where version = 2))
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'signature_invalid',
    },
    'a made-up signature': {
      sql: `update velro_state.policy_signatures set signature = decode(repeat('00', 64), 'hex')
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'signature_invalid',
    },
    'no signature': {
      sql: `delete from velro_state.policy_signatures
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'signature_missing',
    },
    'a signature by another key': {
      sql: `update velro_state.policy_signatures set key_id = 'ed25519:0123456789abcdef'
            where digest = (select digest from velro_state.policy_versions where version = 3)`,
      code: 'signature_untrusted',
    },
  };
  const refusesToUse = (what: string, sql: string, code: string): void => {
    it(`are not used when somebody writes ${what} into the database`, async () => {
      expect((await publish(smallBundleWith(2), ours)).body).to.include({ version: 3 });
      await database.run(sql);
      expect((await activate(3)).body).to.include({ code });
      // Nor when they write the activation too.
      const { digest } = (await server.decide('alice', 'read', 'd1')).body.context.policy as {
        digest: string;
      };
      await database.run(
        `insert into velro_state.policy_activations (kind, version, previous, activated_by, changes)
         values ('activate', 3, 2, 'nobody', '{"list": "none"}')`,
      );
      await refused(code);
      expect(await policy()).to.include({ published: 2 });
      expect((await policy()).refused).to.include({ version: 3 });
      expect((await server.decide('alice', 'read', 'd1')).body.context.policy.digest).to.equal(digest);
      expect(server.reports.at(-1)).to.include('version 3 of the policies is not used');
      const refusals = async (): Promise<unknown[]> =>
        (await server.auditRecords())
          .filter(({ change }) => change === 'refuse')
          .map(({ version, code: told }) => `${String(version)} ${String(told)}`);
      await eventually('the audit log says so', async () => (await refusals()).length > 0);
      expect(await refusals()).to.deep.equal([`3 ${code}`]);
      // Who starts now does not start by it.
      const start = await startPolicyServer(database.url, trusting()).catch((error: unknown) => error);
      expect(start).to.be.instanceOf(StartError);
      expect((start as Error).message).to.include(
        'version 3 of the policies in the database is active and cannot be used',
      );
      // Publishing the same content again mends what was spoiled, and all follow.
      expect((await publish(smallBundleWith(2), ours)).body).to.include({ version: 3, isNew: false });
      await eventually('it is used', async () => (await policy()).published === 3);
      expect((await policy()).refused).to.equal(undefined);
    });
  };
  for (const [what, { sql, code }] of Object.entries(slipIn)) refusesToUse(what, sql, code);

  it('are kept in a bounded number where no key is known, and those of trusted keys always', async () => {
    const files = smallBundleWith(4);
    await stopTestServers();
    server = await startPolicyServer(database.url);
    const body = (await bodyOf(files, theirs)) as { signature: object };
    const publishBy = (keyId: string): Promise<Answer> =>
      server.call('/policies/versions', { body: { files, signature: { ...body.signature, keyId } } });
    const keys = Array.from({ length: 17 }, (_, n) => `ed25519:${n.toString(16).padStart(16, '0')}`);
    const answers = [];
    for (const key of keys) answers.push((await publishBy(key)).status);
    expect(answers).to.deep.equal([201, ...keys.slice(2).map(() => 200), 422]);
    expect((await publishBy(keys[16] as string)).body).to.include({ code: 'too_many_signatures' });
    // One that is kept is told again without harm.
    expect((await publishBy(keys[0] as string)).status).to.equal(200);
    await stopTestServers();
    server = await startPolicyServer(database.url, trusting());
    expect((await publish(files, ours)).status).to.equal(200);
  });

  it('are asked for at the first start too', async () => {
    await stopTestServers();
    await database.run(
      'truncate velro_state.policy_activations, velro_state.policy_signatures, velro_state.policy_versions, velro_state.policy_bundles restart identity',
    );
    const start = await startPolicyServer(database.url, trusting()).catch((error: unknown) => error);
    expect(start).to.be.instanceOf(StartError);
    expect((start as Error).message)
      .to.include('is not signed')
      .and.include('velro publish --sign KEY --activate');
  });
});
