import { expect } from 'chai';
import type { Database } from '../../../src/server/store/database.ts';
import { openPostgres } from '../../support/databases.ts';
import { entityRecords, startEntityServer } from '../../support/entity-server.ts';
import { eventually } from '../../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { importText, sendLines } from '../../support/send-lines.ts';
import { jsonLines } from '../../support/small-bundle.ts';
import { poolsAreBack, stopTestServers, type TestServer } from '../../support/test-server.ts';

const counters = (from: number, to: number): object[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    type: 'counter',
    id: from + index,
    attributes: {},
  }));

describe('stored entities while the database is gone', function () {
  this.timeout(300_000);
  let postgres: PostgresServer;
  let database: Database;
  let server: TestServer;
  before(async () => {
    postgres = await startPostgres({ durable: true });
    database = await openPostgres(postgres.url());
    server = await startEntityServer(() => database);
  });
  after(async () => {
    await stopTestServers();
    await database.close();
    await postgres.stop();
  });
  const put = async (id: number): Promise<number> =>
    (await server.call(`/entities/counter/${id}`, { method: 'PUT', body: { attributes: {} } })).status;

  it('are refused, an import says how far it came, and what was acknowledged is there afterwards', async () => {
    expect(await put(1)).to.equal(201);
    const sender = sendLines(server);
    await sender.send(jsonLines(counters(1_001, 2_000)));
    const { lines } = await sender.answer;
    expect((await lines.next()).value).to.include({ state: 'progress', lines: 1_000 });
    await postgres.kill();
    await sender.send(jsonLines(counters(2_001, 4_000)));
    sender.end();
    const last = (await lines.next()).value;
    expect(last).to.include({ state: 'failed', lines: 1_000, created: 1_000 });
    expect(last.problem).to.include({ status: 503, code: 'database_unavailable' });
    expect((await lines.next()).done).to.equal(true);
    expect(await put(2)).to.equal(503);
    expect((await server.call('/entities/counter/1')).status).to.equal(503);

    await postgres.restart();
    await eventually('writes are taken again', async () => (await put(3)) < 300);
    await poolsAreBack(server);
    const { rows } = await database.query('write', {
      text: 'select count(*)::int as n from velro_state.entities where id::int > 1000',
    });
    expect(rows[0]).to.deep.equal({ n: 1_000 });
    const rest = await importText(server, jsonLines(counters(1_001, 4_000)));
    expect(rest.lines.at(-1)).to.include({ state: 'done', created: 2_000, replaced: 1_000 });
    const records = await entityRecords(server);
    expect(records.filter(({ failed }) => failed === undefined).length).to.be.at.least(4_002);
  });
});
