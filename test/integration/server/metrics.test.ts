import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import type { LossRegistry } from '../../../src/server/ports.ts';
import { PURPOSES } from '../../../src/server/store/database.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { ROOT } from '../../support/project-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  question,
  serverFor,
  startTestServer,
  stopTestServers,
  type TestServer,
} from '../../support/test-server.ts';

/** The samples of a page in the text format of Prometheus. */
async function samplesOf(server: TestServer): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${server.running.url}/metrics`);
  expect(response.status).to.equal(200);
  expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
  const samples = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^(.+) (\S+)$/.exec(line)!;
    expect(Number(value), line).to.not.be.NaN;
    samples.set(name!, Number(value));
  }
  return samples;
}

describe('/metrics', () => {
  let losses: LossRegistry | undefined;
  const server = serverFor('all', () => ({
    adapt: (ports) => {
      ({ losses } = ports);
      return ports;
    },
  }));

  it('counts decisions by verdict and code, and how long they took', async () => {
    const before = await samplesOf(server);
    const permits = 'velro_decisions_total{decision="permit",code="permitted"}';
    const denials = 'velro_decisions_total{decision="deny",code="unknown_action"}';
    for (let count = 0; count < 3; count += 1)
      await server.call('/decide', { body: question('alice', 'read', 'd1') });
    await server.call('/decide', { body: question('alice', 'fly', 'd1') });
    const after = await samplesOf(server);
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown(permits)).to.equal(3);
    expect(grown(denials)).to.equal(1);
    expect(grown('velro_decision_duration_seconds_count')).to.equal(4);
    expect(grown('velro_decision_duration_seconds_sum')).to.be.above(0);
  });

  it('are the ones that the guide names', async () => {
    const guide = readFileSync(join(ROOT, 'docs/server.md'), 'utf8');
    const named = new Set([...guide.matchAll(/`(velro_[a-z_]+)[{`]/g)].map(([, name]) => name!));
    await server.call('/decide', { body: {} });
    const names = [...(await samplesOf(server)).keys()].map((name) => /^[a-z_]+/.exec(name)![0]);
    const shown = names.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    for (const name of shown.filter((one) => one.startsWith('velro_'))) expect(named).to.include(name);
  });

  it('counts problems by code', async () => {
    const name = 'velro_problems_total{code="invalid_request"}';
    const before = (await samplesOf(server)).get(name) ?? 0;
    await server.call('/decide', { body: {} });
    expect((await samplesOf(server)).get(name)).to.equal(before + 1);
  });

  it('names the bundle that answers, the facts, the audit log and the process', async () => {
    const samples = await samplesOf(server);
    const { version, digest } = server.running.policy;
    expect(samples.get(`velro_policy_info{version="${version}",digest="${digest}"}`)).to.equal(1);
    expect(samples.get('velro_facts_records')).to.equal(6);
    for (const name of ['velro_audit_written_total', 'velro_audit_lost_total', 'process_cpu_seconds_total'])
      expect(samples.get(name), name).to.be.a('number');
    expect(samples.get('process_resident_memory_bytes')).to.be.above(1_000_000);
  });

  it('says what is lost, and stops saying so once it is back', async () => {
    const name = 'velro_dependency_lost{dependency="geo"}';
    expect((await samplesOf(server)).has(name)).to.equal(false);
    losses?.set('geo', true);
    expect((await samplesOf(server)).get(name)).to.equal(1);
    losses?.set('geo', false);
    expect((await samplesOf(server)).has(name)).to.equal(false);
  });
});

describe('/metrics with a PostgreSQL', function () {
  this.timeout(180_000);
  const database = postgresDatabase();
  const folder = temporaryFolder();
  afterEach(stopTestServers);

  it('shows every pool', async () => {
    const configuration = readConfiguration(
      { VELRO_DATABASE_URL: database.url },
      { port: 0, data: join(folder.path, 'data') },
    );
    const server = await startTestServer({ configuration });
    let samples = await samplesOf(server);
    const isIn = (state: string, pool: string): boolean =>
      samples.get(`velro_pool_state{pool="${pool}",state="${state}"}`) === 1;
    // On a busy machine a pool may count as slow for a while.
    await eventually('all are healthy', async () => {
      samples = await samplesOf(server);
      return PURPOSES.every((pool) => isIn('healthy', pool));
    });
    for (const pool of PURPOSES) {
      expect(samples.get(`velro_pool_state{pool="${pool}",state="open"}`), pool).to.equal(0);
      expect(samples.get(`velro_pool_waiting{pool="${pool}"}`), pool).to.equal(0);
      expect(samples.get(`velro_pool_connections_max{pool="${pool}"}`), pool).to.be.above(0);
      for (const use of ['idle', 'busy'])
        expect(samples.get(`velro_pool_connections{pool="${pool}",use="${use}"}`), pool).to.be.a('number');
    }
  });
});
