import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import { FindingsError } from '../../../src/server/config/start-error.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { SMALL_BUNDLE, writeSmallBundle } from '../../support/small-bundle.ts';
import { startTestServer, stopTestServers, type TestServer } from '../../support/test-server.ts';

/** The small bundle with users in a table. */
function schemaWith(attributes: string): string {
  return SMALL_BUNDLE['schema.velro']!.replace(
    'entity user stored {',
    `entity user from table accounts {\n  ${attributes}`,
  ).replace('plan: plan = free', 'stored plan: plan = free');
}

describe('a server whose facts are in tables', function () {
  this.timeout(180_000);
  const database = postgresDatabase();
  let folder: string;
  before(() =>
    database.run(
      'create table accounts (id text primary key, status text not null, roles text[], email text)',
    ),
  );
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-tables-'));
    writeSmallBundle(folder);
  });
  afterEach(async () => {
    await stopTestServers();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (text: string): void => writeFileSync(join(folder, 'policies', 'schema.velro'), text);
  const start = (options: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> =>
    startTestServer(
      {
        configuration: readConfiguration(
          { VELRO_DATABASE_URL: database.url },
          { port: 0, data: join(folder, 'data') },
        ),
        facts: undefined,
        ...options,
      },
      folder,
    );

  it('does not start where they are not as its bundle says', async () => {
    write(schemaWith('nick: string from nickname'));
    const error = await start().catch((one: unknown) => one);
    expect(error).to.be.instanceOf(FindingsError);
    expect((error as Error).message)
      .to.include('error[VEL5002]: `accounts` has no column `nickname`')
      .and.match(/schema\.velro:\d+:\d+/)
      .and.include('1 error');
  });

  it('starts where they are, and says what is surprising', async () => {
    write(schemaWith(''));
    const server = await start();
    expect(server.reports.join('\n'))
      .to.include('warning[VEL5007]: `roles` of `accounts` may be NULL')
      .and.not.include('error');
  });

  it('does not look at them when its facts are in a file', async () => {
    write(schemaWith('nick: string? from nickname'));
    const server = await start({ facts: join(folder, 'facts.jsonl') });
    expect(server.reports.join('\n')).not.to.include('VEL5');
  });

  it('reports an edit that does not fit, and goes on with what ran before', async () => {
    write(schemaWith(''));
    const server = await start({ watch: true });
    const digest = server.running.policy.digest;
    const digestNow = async (): Promise<string> => (await server.call('/readyz?verbose')).body.policy.digest;
    server.reports.length = 0;
    write(schemaWith('nick: string? from nickname'));
    await eventually('the report', () => server.reports.join('\n').includes('not used'));
    expect(server.reports.join('\n')).to.include('error[VEL5002]');
    expect(await digestNow()).to.equal(digest);
    await database.run('alter table accounts add nickname text');
    write(`${schemaWith('nick: string? from nickname')}\n// again\n`);
    await eventually('the edit', async () => (await digestNow()) !== digest);
  });
});
