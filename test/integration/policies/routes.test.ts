import { expect } from 'chai';
import { ROUTES } from '../../../src/server/http/routes/index.ts';
import { ProblemSchema } from '../../../src/server/http/schemas/operations-schema.ts';
import { createValidator } from '../../../src/server/http/validator.ts';
import { extraLayer, smallBundleWith, startPolicyServer } from '../../support/policy-servers.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { SMALL_BUNDLE } from '../../support/small-bundle.ts';
import { DECIDE_KEY, startTestServer, stopTestServers, type TestServer } from '../../support/test-server.ts';

const WITH_TEST = (verdict: string): string => `
fixture now_and_then { now "2026-01-05T10:00:00Z" }
test "an owner reads" using now_and_then {
  subject user alice { status: active, roles: {member} }
  resource document d1 { owner: alice }
  expect ${verdict} read
}
`;

describe('the routes of policies', function onRoutes() {
  this.timeout(180_000);
  const database = postgresDatabase();
  let server: TestServer;
  before(async () => {
    server = await startPolicyServer(database.url, { VELRO_DECIDE_KEY: DECIDE_KEY });
  });
  after(stopTestServers);
  const publish = (files: Readonly<Record<string, string>>): ReturnType<TestServer['call']> =>
    server.call('/policies/versions', { body: { files } });

  it('publish a content once', async () => {
    const first = await publish(smallBundleWith(1));
    expect(first.status).to.equal(201);
    expect(first.body).to.deep.include({ isNew: true, active: false, signatures: [] });
    expect(first.body.layers.at(-1)).to.deep.equal({ number: 11, name: 'extra', version: 1 });
    const again = await publish(smallBundleWith(1));
    expect(again.status).to.equal(200);
    expect(again.body).to.deep.equal({ ...first.body, isNew: false });
    const windows = Object.fromEntries(
      Object.entries(smallBundleWith(1)).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]),
    );
    expect((await publish(windows)).body.version).to.equal(first.body.version);
    const shown = await server.call(`/policies/versions/${first.body.version}`);
    expect(shown.body.files).to.deep.equal(smallBundleWith(1));
    expect((await server.call('/policies/versions/active')).body).to.deep.include({
      version: 1,
      active: true,
      files: SMALL_BUNDLE,
      publishedBy: 'velro serve',
    });
  });

  it('publish many at once, each content once', async () => {
    const answers = await Promise.all([
      publish(smallBundleWith(1)),
      publish(smallBundleWith(1)),
      publish(smallBundleWith(1)),
    ]);
    expect(new Set(answers.map(({ body }) => body.version)).size).to.equal(1);
  });

  it('refuse what changed under the version that it had', async () => {
    await publish(smallBundleWith(1));
    const changed = { ...SMALL_BUNDLE, 'extra.velro': extraLayer(1, 'other') };
    const { body } = await publish(changed);
    expect(body).to.include({ status: 409, code: 'layer_version_unchanged' });
    expect(body.detail).to.include('extra (version 1)');
    // Remarks are no change, and another version is another layer.
    const remarked = { ...SMALL_BUNDLE, 'extra.velro': `// why\n${extraLayer(1)}` };
    expect((await publish(remarked)).status).to.equal(201);
    expect((await publish({ ...SMALL_BUNDLE, 'extra.velro': extraLayer(2, 'other') })).status).to.equal(201);
    // It counts what was published last, not what answers.
    expect(
      (await publish({ ...SMALL_BUNDLE, 'extra.velro': extraLayer(2, 'yet_another') })).body.code,
    ).to.equal('layer_version_unchanged');
  });

  it('refuse a bundle with errors, and say where', async () => {
    const { body } = await publish({
      ...SMALL_BUNDLE,
      'x/extra.velro': extraLayer(20).replace('document', 'documnt'),
    });
    expect(body).to.include({ status: 422, code: 'policy_findings' });
    expect(body.findings[0]).to.deep.include({
      code: 'VEL2004',
      severity: 'error',
      path: 'x/extra.velro',
      line: 2,
      help: 'did you mean `document`?',
    });
  });

  it('refuse a bundle whose tests fail, and say which', async () => {
    expect((await publish({ ...smallBundleWith(30), 'tests.velro': WITH_TEST('permit') })).status).to.equal(
      201,
    );
    const { body } = await publish({ ...smallBundleWith(31), 'tests.velro': WITH_TEST('deny') });
    expect(body).to.include({ status: 422, code: 'policy_tests_failed' });
    expect(body.findings[0]).to.include({ code: 'test_failed', path: 'tests.velro', line: 6 });
    expect(body.findings[0].message).to.include('an owner reads').and.include('permitted');
  });

  const files = SMALL_BUNDLE;
  const signature = { keyId: 'ed25519:0123456789abcdef', value: `${'A'.repeat(86)}==` };
  const refusals: readonly [string, string, object | undefined, number, string][] = [
    ['POST', '/policies/versions', {}, 400, 'invalid_request'],
    ['POST', '/policies/versions', { files: {} }, 400, 'invalid_request'],
    ['POST', '/policies/versions', { files: { 'a.velro': 1 } }, 400, 'invalid_request'],
    [
      'POST',
      '/policies/versions',
      { files, signature: { ...signature, keyId: 'mine' } },
      400,
      'invalid_request',
    ],
    [
      'POST',
      '/policies/versions',
      { files, signature: { ...signature, value: 'AAAA' } },
      400,
      'invalid_request',
    ],
    ['POST', '/policies/versions', { files: { '../a.velro': '' } }, 422, 'invalid_bundle'],
    ['POST', '/policies/versions', { files: { 'a.txt': '' } }, 422, 'invalid_bundle'],
    ['POST', '/policies/versions', { files: { 'a.velro': 'x'.repeat(17 * 2 ** 20) } }, 422, 'invalid_bundle'],
    ['POST', '/policies/versions', { files: { 'a.velro': 'x'.repeat(25 * 2 ** 20) } }, 413, 'body_too_large'],
    ['GET', '/policies/versions/0', undefined, 404, 'unknown_version'],
    ['GET', '/policies/versions/999', undefined, 404, 'unknown_version'],
    ['GET', '/policies/versions/x', undefined, 404, 'unknown_version'],
    ['POST', '/policies/versions/999/activate', undefined, 404, 'unknown_version'],
    ['POST', '/policies/versions/active/activate', undefined, 404, 'unknown_version'],
    ['POST', '/policies/rollback', undefined, 409, 'no_earlier_version'],
    ['POST', '/policies/rollback?from=7', undefined, 409, 'policy_changed'],
    ['POST', '/policies/rollback?from=x', undefined, 400, 'invalid_request'],
    ['GET', '/policies/versions?limit=0', undefined, 400, 'invalid_request'],
    ['GET', '/policies/versions?limit=101', undefined, 400, 'invalid_request'],
    ['GET', '/policies/activations?cursor=-1', undefined, 400, 'invalid_request'],
  ];
  const refuses = (...[method, path, body, status, code]: (typeof refusals)[number]): void => {
    const shown = JSON.stringify(body ?? '').slice(0, 60);
    it(`answer ${method} ${path} ${shown} with ${status} ${code}`, async () => {
      const answer = await server.call(path, { method, body });
      expect(answer.body).to.include({ status, code });
    });
  };
  for (const one of refusals) refuses(...one);

  it('are for administrators', async () => {
    const routes = [
      ['GET', '/policies/versions'],
      ['POST', '/policies/versions'],
      ['GET', '/policies/versions/1'],
      ['POST', '/policies/versions/1/activate'],
      ['POST', '/policies/rollback'],
      ['GET', '/policies/activations'],
    ] as const;
    for (const [method, path] of routes) {
      expect((await server.call(path, { method, key: DECIDE_KEY })).body.code, path).to.equal(
        'scope_missing',
      );
      expect((await server.call(path, { method, key: null })).body.code, path).to.equal('unauthenticated');
    }
  });

  it('publish different contents at once, one after the other', async () => {
    const answers = await Promise.all([60, 61, 62, 63].map((number) => publish(smallBundleWith(number))));
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201]);
    const versions = new Set(answers.map(({ body }) => body.version as number));
    expect(Math.max(...versions) - Math.min(...versions)).to.equal(3);
  });

  it('give pages, the newest first', async () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await server.call(`/policies/versions?limit=2${query}`);
      expect(body.versions.length).to.be.within(1, 2);
      seen.push(...(body.versions as { version: number }[]).map(({ version }) => version));
      cursor = body.next as string | undefined;
    } while (cursor !== undefined);
    expect(seen.length).to.be.above(3);
    expect(seen).to.deep.equal(Array.from({ length: seen.length }, (_, at) => seen.length - at));
    expect((await server.call('/policies/activations?limit=1')).body).not.to.have.property('next');
  });

  it('answer in the form that they describe', async () => {
    const { body: published } = await publish(smallBundleWith(40));
    const asked: readonly [string, string, string][] = [
      ['publishPolicies', 'POST', '/policies/versions'],
      ['activatePolicies', 'POST', `/policies/versions/${published.version}/activate`],
      ['rollBackPolicies', 'POST', '/policies/rollback'],
      ['policyVersion', 'GET', `/policies/versions/${published.version}`],
      ['policyVersions', 'GET', '/policies/versions'],
      ['policyActivations', 'GET', '/policies/activations'],
      ['readiness', 'GET', '/readyz?verbose'],
    ];
    for (const [name, method, path] of asked) {
      const body = name === 'publishPolicies' ? { files: smallBundleWith(40) } : undefined;
      const answer = await server.call(path, { method, body });
      const route = ROUTES.find((one) => one.name === name);
      const schema = route?.answers[answer.status]?.schema;
      expect(schema, `${name} ${answer.status}`).not.to.equal(undefined);
      expect(createValidator(schema!)(answer.body), name).to.equal(undefined);
    }
    const { body: refused } = await publish({ ...SMALL_BUNDLE, 'x.velro': 'nonsense' });
    expect(createValidator(ProblemSchema)(refused)).to.equal(undefined);
    expect(refused.findings).not.to.equal(undefined);
  });

  it('have nothing to say where a folder answers', async () => {
    const other = await startTestServer();
    for (const path of ['/policies/versions', '/policies/versions/1', '/policies/activations']) {
      const { body } = await other.call(path);
      expect(body).to.include({ status: 409, code: 'policies_from_folder' });
      expect(body.detail).to.include(other.policies);
    }
  });
});
