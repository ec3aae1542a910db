import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfiguration } from '../../../src/server/config/configuration.ts';
import { StartError } from '../../../src/server/config/start-error.ts';
import { PURPOSES } from '../../../src/server/store/database.ts';
import { answerInTime } from '../../support/answer-in-time.ts';
import { OPENING_TIMEOUT } from '../../support/patient-start.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { writeSmallBundle } from '../../support/small-bundle.ts';
import { question, startTestServer, stopTestServers } from '../../support/test-server.ts';

describe('a start', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-start-'));
    writeSmallBundle(folder);
  });
  afterEach(async () => {
    await stopTestServers();
    rmSync(folder, { recursive: true, force: true });
  });

  const refusal = async (options: Parameters<typeof startTestServer>[0] = {}): Promise<string> => {
    try {
      await startTestServer(options, folder);
    } catch (error) {
      expect(error).to.be.instanceOf(StartError);
      return (error as Error).message;
    }
    return expect.fail('it started');
  };

  it('makes a key once, that only its owner can read', async () => {
    const server = await startTestServer({}, folder);
    const path = server.running.keyFile!;
    expect(path).to.equal(join(folder, 'data', 'key'));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const again = await server.restart();
    expect(again.key).to.equal(server.key);
    expect((await again.decide('alice', 'read', 'd1')).body.decision).to.equal(true);
  });

  it('takes the key of the environment and makes none', async () => {
    const key = 'k'.repeat(40);
    const configuration = readConfiguration({ VELRO_API_KEY: key }, { port: 0, data: join(folder, 'data') });
    const server = await startTestServer({ configuration }, folder);
    expect(server.running.keyFile).to.equal(undefined);
    expect(
      (await server.call('/decide', { body: question('alice', 'read', 'd1'), key })).body.decision,
    ).to.equal(true);
    expect(() => readFileSync(join(folder, 'data', 'key'))).to.throw(/ENOENT/);
  });

  it('is refused with the diagnostics of a broken bundle, and makes no key', async () => {
    writeFileSync(
      join(folder, 'policies', 'broken.velro'),
      'layer 4 broken version 1\nforbid x: any on nothing when true\n',
    );
    expect(await refusal())
      .to.match(/error\[VEL\d{4}\]/)
      .and.include('broken.velro:2');
    expect(() => statSync(join(folder, 'data', 'key'))).to.throw(/ENOENT/);
  });

  it('is refused without policies', async () => {
    rmSync(join(folder, 'policies'), { recursive: true });
    expect(await refusal()).to.include('there is no');
  });

  it('is refused with facts that do not fit', async () => {
    writeFileSync(join(folder, 'facts.jsonl'), '{"type":"user","id":"x"}\n');
    expect(await refusal()).to.include('facts.jsonl:1: error: user lacks the required attribute `status`');
  });

  it('has facts from the database when no file has them', async function database() {
    this.timeout(OPENING_TIMEOUT);
    const server = await startTestServer({ facts: undefined }, folder);
    const { context } = await answerInTime(async () => (await server.decide('alice', 'read', 'd1')).body);
    expect(context.code).to.equal('unknown_subject');
    const { body } = await server.call('/readyz?verbose');
    expect(body.facts).to.deep.equal({});
    expect(body.losses).to.deep.equal([]);
  });

  it('is refused with a bundle that has errors or failing tests, also while its database is made', async function first() {
    this.timeout(3 * OPENING_TIMEOUT);
    const extra = join(folder, 'policies', 'extra.velro');
    const facts = undefined;
    writeFileSync(extra, 'test "no" {\n  nonsense\n}\n');
    // In the words of the terminal: with the line as it stands in the folder.
    expect(await refusal({ facts })).to.match(/policies\/extra\.velro:2[^]*nonsense/);
    writeFileSync(extra, 'test "no" { subject user u {} resource document d {} expect permit read }\r\n');
    expect(await refusal({ facts })).to.match(/^extra\.velro:1: the test "no" expected permit/);
    rmSync(extra);
    const { running } = await startTestServer({ facts }, folder);
    expect(running.policy.published).to.equal(1);
  });

  it('is refused when the port is taken, and says how to choose another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const message = await refusal({
      configuration: readConfiguration({}, { port, data: join(folder, 'data') }),
    });
    expect(message).to.include(`port ${port}`).and.include('PORT');
    other.close();
  });

  it('is refused when the data folder is a file', async () => {
    writeFileSync(join(folder, 'data'), '');
    expect(await refusal()).to.include('is no folder');
  });

  it('says at /readyz?verbose what is configured', async () => {
    const server = await startTestServer({}, folder);
    const { body } = await server.call('/readyz?verbose');
    expect(body).to.deep.include({ status: 'ready', losses: [], facts: { records: 6 } });
    expect(body.sources).to.include({ 'geo.country': 'absent', 'media.token_valid': 'configured' });
    expect(body.policy).to.include({ version: '1.3.1.1.1.1', layers: 6 });
    expect(body.database).to.deep.equal({
      kind: 'embedded',
      pools: { embedded: { state: 'healthy', most: 1, connections: 0, idle: 0, waiting: 0 } },
    });
    expect((await server.call('/readyz')).body).to.deep.equal({ status: 'ready' });
  });

  describe('with a PostgreSQL', function () {
    this.timeout(180_000);
    const database = postgresDatabase();

    it('shows its pools, and says where it is', async () => {
      const configuration = readConfiguration(
        { VELRO_DATABASE_URL: database.url },
        { port: 0, data: join(folder, 'data') },
      );
      const server = await startTestServer({ configuration }, folder);
      expect(server.running.database).to.match(
        /^PostgreSQL \d+\.\d+ at 127\.0\.0\.1:\d+\/suite_\d+; at most 210 conn/,
      );
      const { body } = await server.call('/readyz?verbose');
      expect(body.database).to.include({ kind: 'postgresql' });
      expect(Object.keys(body.database.pools)).to.deep.equal(PURPOSES);
    });

    it('is refused when it does not answer', async () => {
      const configuration = readConfiguration(
        { VELRO_DATABASE_URL: 'postgres://127.0.0.1:1/nothing', VELRO_DATABASE_START_TIMEOUT: '100ms' },
        { port: 0, data: join(folder, 'data') },
      );
      expect(await refusal({ configuration })).to.include('127.0.0.1:1/nothing does not answer');
    });
  });
});
