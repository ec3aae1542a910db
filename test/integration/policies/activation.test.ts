import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { expect } from 'chai';
import { pino } from 'pino';
import { bundleDigest, digestOf } from '../../../src/server/bundles/bundle-digest.ts';
import { fitDatabase } from '../../../src/server/bundles/fit-database.ts';
import { createPolicyRuntime } from '../../../src/server/bundles/policy-runtime.ts';
import { readBundleFiles } from '../../../src/server/bundles/read-bundle-files.ts';
import { StartError } from '../../../src/server/config/start-error.ts';
import { createMemoryFactStore } from '../../../src/server/facts/memory-fact-store.ts';
import { firstPolicies } from '../../../src/server/policies/first-policies.ts';
import { followPolicies } from '../../../src/server/policies/policy-follower.ts';
import { PolicyRefusal } from '../../../src/server/policies/policy-refusal.ts';
import { createPolicyStore } from '../../../src/server/policies/policy-store.ts';
import { NO_TRUST } from '../../../src/server/policies/policy-trust.ts';
import type { Database } from '../../../src/server/store/database.ts';
import { DatabaseUnavailable } from '../../../src/server/store/database-unavailable.ts';
import { migrate } from '../../../src/server/store/migrate.ts';
import { SYSTEM_CLOCK } from '../../../src/server/system-clock.ts';
import { worldSources } from '../../../src/server/world/world-sources.ts';
import { openPostgres } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { extraLayer, smallBundleWith, startPolicyServer } from '../../support/policy-servers.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { SMALL_BUNDLE } from '../../support/small-bundle.ts';
import { poolsAreBack, stopTestServers, type TestServer } from '../../support/test-server.ts';

const emptied = `truncate velro_state.policy_activations, velro_state.policy_signatures, velro_state.policy_versions,
  velro_state.policy_bundles restart identity`;

describe('policies in the database', function policies() {
  this.timeout(180_000);
  const database = postgresDatabase();
  afterEach(async () => {
    await stopTestServers();
    await database.run(emptied);
  });

  const start = (
    environment: Readonly<Record<string, string>> = {},
    options: Parameters<typeof startPolicyServer>[2] = {},
  ): Promise<TestServer> => startPolicyServer(database.url, environment, options);
  const publish = async (server: TestServer, number: number): Promise<number> => {
    const { status, body } = await server.call('/policies/versions', {
      body: { files: smallBundleWith(number) },
    });
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 201]);
    return body.version as number;
  };
  const activate = (server: TestServer, version: number): ReturnType<TestServer['call']> =>
    server.call(`/policies/versions/${version}/activate`, { method: 'POST' });
  const answering = async (server: TestServer): Promise<{ published?: number; digest: string }> =>
    (await server.call('/readyz?verbose')).body.policy;
  const answersBy = (server: TestServer, version: number): Promise<void> =>
    eventually(`version ${version} answers`, async () => (await answering(server)).published === version);

  it('are the folder in an empty database, published once by those who start together', async () => {
    const servers = await Promise.all([start(), start(), start()]);
    const [first] = servers;
    const digest = bundleDigest(await readBundleFiles(first.policies), first.policies);
    for (const server of servers) {
      expect(await answering(server)).to.include({
        source: 'database',
        published: 1,
        digest,
        following: true,
      });
      expect((await server.decide('alice', 'read', 'd1')).body.context.policy.digest).to.equal(digest);
      expect(server.reports).to.deep.equal([]);
    }
    const { body } = await first.call('/policies/activations');
    expect(body.activations).to.have.length(1);
    expect(body.activations[0]).to.deep.include({ kind: 'activate', version: 1, digest, by: 'velro serve' });
    expect(body.activations[0].changes.list).to.deep.include({
      change: 'added',
      layer: 'ownership',
      kind: 'permit',
      name: 'owner',
    });
  });

  it('are noticed by the next beat of kept facts when the notification is lost', async () => {
    // From now on time passes for whatever is done at intervals only where it is said so.
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const server = await start();
      const version = await publish(server, 1);
      // Nobody is told of it.
      await database.run(`
        insert into velro_state.policy_activations (kind, version, previous, activated_by, changes)
        values ('activate', ${version}, 1, 'nobody', '{"list":[],"count":0}')`);
      expect((await answering(server)).published).to.equal(1);
      // Less than it takes until the follower looks by itself.
      let passed = 0;
      await eventually('it answers', async () => {
        if (passed < 450) mock.timers.tick(150);
        passed += 150;
        return (await answering(server)).published === version;
      });
    } finally {
      mock.timers.reset();
    }
  });

  it('are those of whoever was faster, also when that was between two looks', async () => {
    const { policies: folder } = await start();
    const opened = await openPostgres(database.url);
    let looks = 0;
    // The first look is as early as the one of a process that started at the same time.
    const early: Database = {
      ...opened,
      query: async (purpose, statement) => {
        const result = await opened.query(purpose, statement);
        looks += 1;
        return looks === 1 ? { rows: [], count: 0 } : (result as never);
      },
    };
    try {
      const { bundle } = await firstPolicies({
        database: early,
        folder,
        trust: NO_TRUST,
        color: false,
        runtime: { refuseUnfit: () => Promise.resolve(''), makeReady: () => Promise.resolve() },
      });
      expect(bundle.published).to.equal(1);
    } finally {
      await opened.close();
    }
  });

  it('are those of the database also where none were expected there', async () => {
    const { policies: folder } = await start();
    const opened = await openPostgres(database.url);
    writeFileSync(join(folder, 'broken.velro'), 'nonsense');
    try {
      const { bundle, notice } = await firstPolicies({
        database: opened,
        folder,
        trust: NO_TRUST,
        color: false,
        runtime: { refuseUnfit: () => Promise.resolve(''), makeReady: () => Promise.resolve() },
        expectsNone: true,
      });
      expect(bundle.published).to.equal(1);
      expect(notice).to.include('differs from it');
    } finally {
      await opened.close();
    }
  });

  it('are not published where examining them is too much, which their operator is told', async () => {
    const opened = await openPostgres(database.url);
    try {
      await opened.session('admin', (session) => migrate(session, { direction: 'up' }));
      const starting = firstPolicies({
        database: opened,
        folder: 'policies',
        trust: NO_TRUST,
        color: false,
        runtime: { refuseUnfit: () => Promise.resolve(''), makeReady: () => Promise.resolve() },
        examine: () => Promise.reject(new PolicyRefusal('policy_too_slow', 'testing took too long')),
      });
      const error: unknown = await starting.catch((one: unknown) => one);
      expect(error).to.be.instanceOf(StartError);
      expect((error as Error).message)
        .to.include('policies cannot')
        .and.to.include('testing took too long');
      expect(await createPolicyStore(opened).newest()).to.equal(undefined);
    } finally {
      await opened.close();
    }
  });

  it('are tried again at once when only the database had no time for them', async () => {
    const server = await start();
    await database.run('create table pages (id text primary key)');
    const opened = await openPostgres(database.url);
    let hasTime = false;
    const busy: Database = {
      ...opened,
      query: (purpose, statement) =>
        hasTime ? opened.query(purpose, statement) : Promise.reject(new DatabaseUnavailable('busy', 'busy')),
    };
    const clock = SYSTEM_CLOCK;
    const refusals: unknown[] = [];
    const runtime = createPolicyRuntime({
      policies: server.policies,
      facts: undefined,
      store: createMemoryFactStore(),
      clock,
      world: worldSources({}),
      color: false,
      fit: (bundle) => fitDatabase(bundle, busy, false),
    });
    const { body } = await server.call('/policies/versions', {
      body: { files: { ...SMALL_BUNDLE, 'pages.velro': 'entity page from table pages { id: string }\n' } },
    });
    expect((await activate(server, body.version)).body).to.include({ loaded: true });
    const follower = await followPolicies(
      {
        database: opened,
        trust: NO_TRUST,
        runtime,
        clock,
        log: pino({ level: 'silent' }),
        onLoaded: () => {},
        onRefused: (refused) => refusals.push(refused),
      },
      1,
    );
    try {
      await follower.refresh();
      expect(follower.status()).to.deep.equal({ refused: undefined, isFollowing: false });
      hasTime = true;
      // Nobody tells of anything: it looks by itself.
      await eventually('it is loaded', () => follower.status().isFollowing);
      expect(runtime.current().published).to.equal(body.version);
      expect(refusals).to.deep.equal([]);
    } finally {
      await follower.close();
      await opened.close();
      await database.run('drop table pages');
    }
  });

  it('answer instead of the folder once there are some, and the start says so', async () => {
    const server = await start();
    const { digest } = await answering(server);
    writeFileSync(join(server.policies, 'extra.velro'), extraLayer(1));
    const again = await startPolicyServer(database.url, {}, { home: server.folder });
    expect(await answering(again)).to.include({ published: 1, digest });
    expect(again.reports).to.have.length(1);
    expect(again.reports[0])
      .to.include('version 1 of the policies in the database answers')
      .and.include('differs');
  });

  it('are taken up by every instance, and the activation says who, when and what changed', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const version = await publish(one, 1);
    expect(version).to.equal(2);
    expect((await answering(two)).published).to.equal(1);
    const { status, body } = await activate(one, version);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ isNew: true, loaded: true });
    expect(body.activation).to.include({ kind: 'activate', version: 2, previous: 1 });
    expect(body.activation.by).to.match(/^key:/);
    expect(body.activation.changes).to.deep.equal({
      added: 2,
      removed: 0,
      changed: 0,
      list: [
        { change: 'added', layer: 'extra', kind: 'layer', name: 'extra' },
        { change: 'added', layer: 'extra', kind: 'forbid', name: 'extra_1' },
      ],
    });
    await answersBy(two, 2);
    expect((await two.decide('alice', 'delete', 'd1')).body.context.policy.digest).to.equal(
      body.activation.digest,
    );
    // Again changes nothing.
    expect((await activate(two, 2)).body).to.deep.include({ isNew: false, loaded: true });
    expect((await two.call('/policies/activations')).body.activations).to.have.length(2);
    // In the log of the one that was asked, durably and before it was done; in both that they answer by it.
    const records = async (server: TestServer): Promise<string[]> =>
      (await server.auditRecords())
        .filter(({ kind }) => kind === 'policy')
        .map(({ change, version: number }) =>
          `${String(change)} ${typeof number === 'number' ? number : ''}`.trim(),
        );
    for (const server of [one, two])
      await eventually('the log says so', async () => (await records(server)).includes('load 2'));
    expect(await records(two)).to.deep.equal(['load 1', 'load 2']);
    expect(await records(one)).to.deep.equal(['load 1', 'publish', 'activate 2', 'load 2']);
    const record = (await one.auditRecords()).find(({ change }) => change === 'activate');
    expect(record).to.deep.include({ level: 'critical', previous: 1, changes: body.activation.changes });
  });

  it('are taken up though the notification is lost', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const version = await publish(one, 1);
    // Nobody listens any more, and whoever tries again is cut off too.
    const cutting = new AbortController();
    const cut = (async () => {
      while (!cutting.signal.aborted)
        await database.run(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'velro listen' and datname = current_database()",
        );
    })();
    try {
      expect((await activate(one, version)).body).to.include({ loaded: true });
      await answersBy(two, version);
    } finally {
      cutting.abort();
      await cut;
    }
    await publish(one, 2);
    await activate(one, 3);
    await answersBy(two, 3);
  });

  it('go back version by version, as far as there are any', async () => {
    const server = await start();
    for (const number of [1, 2, 3]) {
      const version = await publish(server, number);
      expect((await activate(server, version)).status).to.equal(200);
    }
    const rollback = async (query = ''): Promise<unknown> => {
      const { status, body } = await server.call(`/policies/rollback${query}`, { method: 'POST' });
      return status === 200 ? [body.activation.version, body.loaded] : [status, body.code];
    };
    expect(await rollback('?from=3')).to.deep.equal([409, 'policy_changed']);
    expect(await rollback('?from=4')).to.deep.equal([3, true]);
    expect(await rollback()).to.deep.equal([2, true]);
    // What was activated after a rollback goes back to where it came from.
    expect((await activate(server, 4)).body.activation).to.include({ version: 4, previous: 2 });
    expect(await rollback()).to.deep.equal([2, true]);
    expect(await rollback()).to.deep.equal([1, true]);
    expect(await rollback()).to.deep.equal([409, 'no_earlier_version']);
    expect((await answering(server)).published).to.equal(1);
    const { activations } = (await server.call('/policies/activations')).body as {
      activations: { kind: string; version: number }[];
    };
    expect(activations.map(({ kind, version }) => `${kind} ${version}`).toReversed()).to.deep.equal([
      'activate 1',
      'activate 2',
      'activate 3',
      'activate 4',
      'rollback 3',
      'rollback 2',
      'activate 4',
      'rollback 2',
      'rollback 1',
    ]);
  });

  it('that many activate at once end with one that all answer by, and no step is lost', async () => {
    const servers = await Promise.all([start(), start()]);
    const [one, two] = servers;
    const versions = [await publish(one, 1), await publish(one, 2), await publish(one, 3)];
    const answers = await Promise.all(
      versions.flatMap((version) => [activate(one, version), activate(two, version)]),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
    const { activations } = (await one.call('/policies/activations')).body as {
      activations: { version: number; previous?: number }[];
    };
    // Each one says what answered before it.
    for (const [at, { previous }] of activations.entries())
      expect(previous).to.equal(activations[at + 1]?.version);
    for (const server of servers) await answersBy(server, activations[0]!.version);
    // Of those who roll the same version back, one does.
    const rollbacks = await Promise.all(
      servers.map((server) =>
        server.call(`/policies/rollback?from=${activations[0]!.version}`, { method: 'POST' }),
      ),
    );
    expect(rollbacks.map(({ status }) => status)).to.have.members([200, 409]);
    for (const server of servers) await answersBy(server, activations[1]!.version);
  });

  it('go on answering while the database is away, and follow again when it is back', async () => {
    const server = await start();
    // As far as this server can tell it is away: nobody may connect, and whoever was is cut off.
    await database.server.run(`alter database ${database.name} allow_connections false`);
    const cutOff = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}'`;
    await database.server.run(cutOff);
    await eventually('it is noticed', async () => {
      await database.server.run(cutOff);
      return !(await server.call('/readyz?verbose')).body.policy.following;
    });
    expect((await server.call('/readyz')).status).to.equal(200);
    expect((await answering(server)).published).to.equal(1);
    expect((await server.call('/policies/versions')).body.code).to.equal('database_unavailable');
    await database.server.run(`alter database ${database.name} allow_connections true`);
    await eventually(
      'it follows again',
      async () => (await server.call('/readyz?verbose')).body.policy.following,
    );
    await poolsAreBack(server);
    expect((await server.call('/policies/versions')).status).to.equal(200);
    await activate(server, await publish(server, 1));
    await answersBy(server, 2);
  });

  it('stay what they were when what was activated does not check here', async () => {
    const server = await start();
    const files = { 'a.velro': 'nonsense' };
    await database.run(`
      insert into velro_state.policy_bundles (digest, files)
        values ('${digestOf(new Map(Object.entries(files)))}', '${JSON.stringify(files)}');
      insert into velro_state.policy_versions (digest, layers, published_by)
        select digest, '[]', 'nobody' from velro_state.policy_bundles where files ? 'a.velro';
      insert into velro_state.policy_activations (kind, version, previous, activated_by, changes)
        values ('activate', 2, 1, 'nobody', '{}')`);
    const policy = async (): Promise<{ refused?: { code: string; version: number }; published: number }> =>
      (await server.call('/readyz?verbose')).body.policy;
    await eventually('it is refused', async () => (await policy()).refused !== undefined);
    expect(await policy()).to.include({ published: 1 });
    expect((await policy()).refused).to.include({ code: 'policy_findings', version: 2 });
    expect((await activate(server, 2)).body.code).to.equal('policy_findings');
    // Going back is another activation of what runs, and all is well.
    expect((await activate(server, 1)).body).to.deep.include({ isNew: true, loaded: true });
    expect((await policy()).refused).to.equal(undefined);
  });

  it('are needed for a start', async () => {
    const server = await start();
    await publish(server, 1);
    await database.run('delete from velro_state.policy_activations');
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(StartError);
    expect((refusal as Error).message).to.include('up to version 2, and none of them was activated');
  });

  it('leave a folder alone that has errors or failing tests', async () => {
    const server = await start({}, { watch: true });
    expect((await server.call('/readyz?verbose')).body.policy).to.deep.include({ source: 'folder' });
    expect(
      (await database.run('select count(*)::int as count from velro_state.policy_versions'))[0],
    ).to.deep.equal({
      count: 0,
    });
    writeFileSync(
      join(server.policies, 'extra.velro'),
      'test "no" { subject user u {} resource document d {} expect permit read }\n',
    );
    const message = await startPolicyServer(database.url, {}, { home: server.folder }).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(message).to.match(/extra\.velro:1/);
  });
});
