import { expect } from 'chai';
import { BATCH_LINES } from '../../../src/server/entities/import-lines.ts';
import { onEveryDatabase } from '../../support/databases.ts';
import { entityRecords, startEntityServer } from '../../support/entity-server.ts';
import { eventually } from '../../support/eventually.ts';
import { importText, sendLines } from '../../support/send-lines.ts';
import { jsonLines } from '../../support/small-bundle.ts';
import { question, stopTestServers, type TestServer } from '../../support/test-server.ts';

const counter = (id: number, note = `n${id}`): object => ({ type: 'counter', id, attributes: { note } });
const counters = (from: number, to: number): object[] =>
  Array.from({ length: to - from + 1 }, (_, index) => counter(from + index));

onEveryDatabase('POST /entities/bulk', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startEntityServer(database);
  });
  after(stopTestServers);
  beforeEach(() => database().query('write', { text: 'delete from velro_state.entities' }));

  const stored = async (): Promise<number> => {
    const { rows } = await database().query('write', {
      text: 'select count(*)::int as n from velro_state.entities',
    });
    return rows[0]!['n'] as number;
  };

  it('writes and deletes, and says how far it is after each batch', async () => {
    const first = await importText(server, jsonLines(counters(1, 2_500)));
    expect(first.status, JSON.stringify(first.lines)).to.equal(200);
    expect(first.lines.map(({ state, lines, created }) => [state, lines, created])).to.deep.equal([
      ['progress', 1_000, 1_000],
      ['progress', 2_000, 2_000],
      ['progress', 2_500, 2_500],
      ['done', 2_500, 2_500],
    ]);
    const second = await importText(
      server,
      jsonLines([
        counter(1, 'x'),
        { type: 'counter', id: '0002', delete: true },
        { type: 'counter', id: 99_999, delete: true },
        counter(3_000),
      ]),
    );
    const { token, ...done } = second.lines.at(-1)!;
    expect(done).to.deep.equal({ state: 'done', lines: 4, created: 1, replaced: 1, deleted: 1 });
    // That of the last batch, which is seen by whoever sees it, as are those before.
    const tokens = [...first.lines, second.lines.at(-1)!].map((line) => Number(line.token));
    expect(tokens[3]).to.equal(tokens[2]);
    expect(tokens.toSorted((one, other) => one - other)).to.deep.equal(tokens);
    const seeing = await server.call('/decide', {
      body: { ...question('alice', 'read', 'd1'), consistency: `at_least:${token}` },
    });
    expect(seeing.status).to.equal(200);
    expect((await server.call('/entities/counter/1')).body.attributes).to.deep.equal({ note: 'x' });
    expect((await server.call('/entities/counter/2')).status).to.equal(404);
    expect(await stored()).to.equal(2_500);
  });

  it('takes the form of a file of facts, empty lines and a last line without an end', async () => {
    const text = `\n${jsonLines([
      { type: 'user', id: 'u', attributes: { status: 'active', roles: ['member'] } },
    ])}\r\n${JSON.stringify({ type: 'document', id: 'd', attributes: { owner: 'u' } })}`;
    const { lines } = await importText(server, text);
    expect(lines.at(-1)).to.include({ state: 'done', lines: 4, created: 2 });
    expect((await importText(server, '')).lines).to.deep.equal([
      { state: 'done', lines: 0, created: 0, replaced: 0, deleted: 0 },
    ]);
  });

  it('stores nothing of a batch that has a bad line, and says which lines are bad', async () => {
    const all = counters(1, 500);
    all[249] = { type: 'counter', id: 250, attributes: { note: 5 } };
    all[300] = { type: 'counter', id: 'x', attributes: {} };
    const { status, lines } = await importText(server, jsonLines(all));
    expect(status).to.equal(422);
    expect(lines[0]).to.include({ code: 'invalid_lines', detail: 'nothing is stored; see `errors`' });
    expect(lines[0].errors).to.deep.equal([
      { line: 250, pointer: '/attributes/note', message: 'must be a string' },
      {
        line: 301,
        pointer: '/id',
        message: 'is no id of counter: its key is int, of at most 1024 characters and 2048 bytes',
      },
    ]);
    expect(await stored()).to.equal(0);
  });

  it('stores all batches before the first that it cannot store, and none after it', async () => {
    const all = counters(1, 3_500);
    all[BATCH_LINES + 499] = { type: 'counter', id: 1, attributes: { nonsense: 1 } };
    const { status, lines } = await importText(server, jsonLines(all));
    expect(status).to.equal(200);
    expect(lines.map(({ state }) => state)).to.deep.equal(['progress', 'failed']);
    expect(lines[1]).to.include({ lines: 1_000, created: 1_000 });
    expect(lines[1].problem).to.include({
      code: 'invalid_lines',
      detail: 'what stands up to line 1000 is stored, and nothing of what follows; see `errors`',
    });
    expect(lines[1].problem.errors[0]).to.include({ line: 1_500, pointer: '/attributes/nonsense' });
    expect(await stored()).to.equal(1_000);
  });

  it('lets the last of several lines about one entity count', async () => {
    const { lines } = await importText(
      server,
      jsonLines([
        counter(1, 'a'),
        { type: 'counter', id: 1, delete: true },
        counter(1, 'b'),
        counter(2),
        { type: 'counter', id: '02', delete: true },
      ]),
    );
    expect(lines.at(-1)).to.include({ state: 'done', created: 1, replaced: 0, deleted: 0 });
    expect((await server.call('/entities/counter/1')).body.attributes).to.deep.equal({ note: 'b' });
  });

  it('stores only whole batches when the client is gone, and goes on answering', async () => {
    const sender = sendLines(server);
    await sender.send(jsonLines(counters(1, 1_400)));
    const { lines } = await sender.answer;
    expect((await lines.next()).value).to.include({ state: 'progress', lines: 1_000 });
    sender.request.destroy();
    await lines.return(undefined).catch(() => {});
    // Whatever of the second batch had arrived is not stored, also once the server knows that nobody is there.
    const again = await importText(server, jsonLines(counters(5_001, 5_010)));
    expect(again.lines.at(-1)).to.include({ state: 'done', created: 10 });
    await eventually('the other import is over', async () => (await stored()) === 1_010);
  });

  it('takes no more than it can store: what is sent waits', async () => {
    const sender = sendLines(server);
    const { answer } = sender;
    const long = 'x'.repeat(900_000);
    for (let index = 1; index <= 40; index += 1) await sender.send(jsonLines([counter(index, long)]));
    sender.end();
    const all: { state: string; lines: number }[] = [];
    for await (const line of (await answer).lines) all.push(line as { state: string; lines: number });
    // Batches end early where lines are long.
    expect(all.length).to.be.at.least(5);
    expect(all.at(-1)).to.include({ state: 'done', lines: 40 });
  });

  it('refuses lines that are too long, no JSON, no UTF-8 or something else', async () => {
    const bad: readonly (readonly [string, string])[] = [
      [`{"type":"counter","id":1,"attributes":{"note":"${'x'.repeat(1_048_576)}"}}\n`, 'characters'],
      ['{"type":"counter"\n', 'not JSON'],
      ['[]\n', 'must be an object'],
      ['{"type":"counter","id":1}\n', 'must be an object'],
      ['{"type":"counter","id":1,"id":2,"attributes":{}}\n', 'same key twice'],
      ['{"type":"counter","id":1,"attributes":{},"delete":true}\n', 'nothing else'],
      ['{"type":"counter","id":1,"delete":false}\n', 'nothing else'],
      ['{"type":"counter","id":1.5,"attributes":{}}\n', 'whole number'],
      ['{"type":5,"id":1,"attributes":{}}\n', 'name of an entity'],
      ['{"type":"plain","id":1,"attributes":{}}\n', 'read from a table'],
      ['{"type":"service","id":1,"delete":true}\n', 'supplied by requests'],
      ['{"type":"counter","id":"\\ud800","attributes":{}}\n', 'no id'],
      [`{"type":"counter","id":1,"attributes":${'['.repeat(100)}${']'.repeat(100)}}\n`, 'nest'],
    ];
    for (const [line, message] of bad) {
      const { status, lines } = await importText(server, jsonLines([counter(7)]) + line);
      expect([status, lines[0].code], line.slice(0, 100)).to.deep.equal([422, 'invalid_lines']);
      expect(lines[0].errors[0].line).to.equal(2);
      expect(lines[0].errors[0].message).to.include(message);
    }
    const sender = sendLines(server);
    sender.request.end(Buffer.from([0x7b, 0xff, 0x0a]));
    expect((await sender.answer).status).to.equal(422);
    expect(await stored()).to.equal(0);
  });

  it('names at most 20 errors', async () => {
    const { lines } = await importText(
      server,
      jsonLines(Array.from({ length: 500 }, () => ({ type: 'counter', id: 'x', attributes: {} }))),
    );
    expect(lines[0].errors).to.have.length(20);
  });

  it('takes JSON Lines only, as they are', async () => {
    const wrong = await importText(server, '', { 'content-type': 'application/json' });
    expect(wrong.lines[0]).to.include({ code: 'unsupported_content_type' });
    const zipped = await importText(server, '', { 'content-encoding': 'gzip' });
    expect(zipped.lines[0]).to.include({ code: 'unsupported_content_encoding' });
  });

  it('records each entity that it wrote, and no value', async () => {
    const before = (await entityRecords(server)).length;
    await importText(
      server,
      jsonLines([counter(1, 'secret-note'), counter(2), { type: 'counter', id: 3, delete: true }]),
    );
    await importText(server, jsonLines([{ type: 'counter', id: 2, delete: true }]));
    const records = (await entityRecords(server)).slice(before);
    expect(records.map(({ change, id, attributes }) => [change, id, attributes])).to.deep.equal([
      ['create_entity', '1', ['note']],
      ['create_entity', '2', ['note']],
      ['delete_entity', '2', undefined],
    ]);
    expect(JSON.stringify(records)).not.to.include('secret-note');
  });

  it('stores nothing that cannot be recorded', async () => {
    let written = 0;
    const mute = await startEntityServer(database, (ports) => ({
      ...ports,
      audit: {
        ...ports.audit,
        write: (entry) => {
          written += 1;
          return written > 1_500 ? Promise.reject(new Error('disk full')) : ports.audit.write(entry);
        },
      },
    }));
    const { lines } = await importText(mute, jsonLines(counters(1, 2_500)));
    expect(lines.map(({ state }) => state)).to.deep.equal(['progress', 'failed']);
    expect(lines[1].problem).to.include({ code: 'audit_unavailable' });
    expect(await stored()).to.equal(1_000);
  });

  it('lets imports and single writes of the same entities through side by side', async () => {
    const forth = counters(1, 300);
    const results = await Promise.all([
      ...[forth, forth.toReversed(), forth].map((lines) => importText(server, jsonLines(lines))),
      ...Array.from({ length: 20 }, (_, index) =>
        server.call(`/entities/counter/${index + 1}`, { method: 'PUT', body: { attributes: {} } }),
      ),
    ]);
    for (const { status } of results) expect(status).to.be.oneOf([200, 201]);
    expect(await stored()).to.equal(300);
  });
});
