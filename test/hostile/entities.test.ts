import { expect } from 'chai';
import { PROBLEMS } from '../../src/server/http/problem-catalogue.ts';
import type { Database } from '../../src/server/store/database.ts';
import { openPostgres, PATIENT } from '../support/databases.ts';
import { startEntityServer } from '../support/entity-server.ts';
import { postgresDatabase } from '../support/postgres-database.ts';
import { importText } from '../support/send-lines.ts';
import { type Answer, stopTestServers, type TestServer } from '../support/test-server.ts';

const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

/** What is wrong, the attributes as text, and the code of the problem. */
const ATTRIBUTES: readonly (readonly [string, () => string, string])[] = [
  ['an attribute twice', () => '{"note":"a","note":"b"}', 'malformed_json'],
  ['an attribute twice, once in escapes', () => '{"note":"a","n\\u006fte":"b"}', 'malformed_json'],
  ['__proto__', () => '{"__proto__":{"note":"x"}}', 'invalid_entity'],
  ['constructor', () => '{"constructor":{"prototype":{"note":"x"}}}', 'invalid_entity'],
  ['toString', () => '{"toString":"x"}', 'invalid_entity'],
  ['hasOwnProperty', () => '{"hasOwnProperty":1,"note":"x"}', 'invalid_entity'],
  ['a value with a prototype', () => '{"note":{"__proto__":"x"}}', 'invalid_entity'],
  ['10,000 lists', () => `{"note":${deep('[', ']', 10_000)}}`, 'nesting_too_deep'],
  ['10,000 objects', () => `{"note":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`, 'nesting_too_deep'],
  ['a list for an object', () => '[]', 'invalid_request'],
  ['nothing for an object', () => 'null', 'invalid_request'],
  ['20,000 attributes that nobody declared', () => `{${many(20_000)}}`, 'invalid_entity'],
  ['an attribute with a long name', () => `{"${'n'.repeat(100_000)}":1}`, 'invalid_entity'],
  ['NUL', () => '{"note":"a\\u0000"}', 'invalid_entity'],
  ['half of a character', () => '{"note":"\\udfff"}', 'invalid_entity'],
  ['an infinite number', () => '{"note":1e999}', 'invalid_entity'],
  ['more than a megabyte', () => `{"note":"${'x'.repeat(1_100_000)}"}`, 'body_too_large'],
];

function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',');
}

const IDS = [
  'x',
  '1e3',
  '9007199254740993',
  '٧',
  '%00',
  '1%00',
  '%F0%9F%92%A9',
  '9'.repeat(5_000),
  "1'%20or%201=1",
  '__proto__',
  '%ff',
];

describe('hostile entities', function () {
  this.timeout(60_000);
  const postgres = postgresDatabase();
  let database: Database;
  let server: TestServer;
  before(async () => {
    database = await openPostgres(postgres.url, PATIENT);
    server = await startEntityServer(() => database);
  });
  after(async () => {
    await stopTestServers();
    await database.close();
  });

  const expectProblem = ({ status, body, headers }: Answer, code?: string): void => {
    expect(headers.get('content-type')).to.equal('application/problem+json');
    if (code !== undefined) expect(body.code, JSON.stringify(body)).to.equal(code);
    expect(status).to.equal(PROBLEMS[body.code as keyof typeof PROBLEMS].status);
    expect(status).to.be.within(400, 499);
    expect(JSON.stringify(body).length).to.be.below(10_000);
  };
  const expectNothingStored = async (): Promise<void> => {
    const { body } = await server.call('/entities/counter');
    expect(body).to.deep.equal({ entities: [] });
    expect(({} as Record<string, unknown>)['note']).to.equal(undefined);
  };

  const areRefused = (what: string, text: () => string, code: string): void => {
    it(`with ${what} are refused`, async () => {
      const put = await server.call('/entities/counter/1', {
        method: 'PUT',
        body: `{"attributes":${text()}}`,
      });
      expectProblem(put, code);
      const line = `{"type":"counter","id":1,"attributes":${text()}}\n`;
      const { status, lines } = await importText(server, line);
      expect([status, lines[0].code]).to.deep.equal([422, 'invalid_lines']);
      expect(JSON.stringify(lines).length).to.be.below(10_000);
      await expectNothingStored();
    });
  };
  for (const row of ATTRIBUTES) areRefused(...row);

  it('with ids that are none are refused, wherever they stand', async () => {
    for (const id of IDS) {
      for (const method of ['PUT', 'GET', 'DELETE']) {
        const body = method === 'PUT' ? { body: { attributes: {} } } : {};
        expectProblem(await server.call(`/entities/counter/${id}`, { method, ...body }));
      }
    }
    for (const id of [
      '"x"',
      '1.5',
      '1e400',
      '9007199254740993',
      'null',
      '{"toString":"1"}',
      '[1]',
      '"\\u0000"',
    ]) {
      const { status } = await importText(server, `{"type":"counter","id":${id},"attributes":{}}\n`);
      expect(status, id).to.equal(422);
      const gone = await importText(server, `{"type":"counter","id":${id},"delete":true}\n`);
      expect(gone.status, id).to.equal(422);
    }
    await expectNothingStored();
  });

  it('with ids of a thousand characters are taken, and longer ones are not', async () => {
    for (const [length, status] of [
      [1_024, 201],
      [1_025, 422],
    ] as const) {
      const put = await server.call(`/entities/bulk/${'i'.repeat(length)}`, {
        method: 'PUT',
        body: { attributes: {} },
      });
      expect(put.status).to.equal(status);
    }
    const page = await server.call('/entities/bulk?limit=1');
    expect(page.body.entities).to.have.length(1);
  });

  it('of types that are none are refused', async () => {
    for (const type of [
      '__proto__',
      'constructor',
      'toString',
      '%00',
      'a'.repeat(4_000),
      'counter%20',
      'COUNTER',
    ]) {
      for (const method of ['PUT', 'GET', 'DELETE']) {
        const body = method === 'PUT' ? { body: { attributes: {} } } : {};
        expectProblem(await server.call(`/entities/${type}/1`, { method, ...body }), 'unknown_entity_type');
      }
      expectProblem(await server.call(`/entities/${type}`), 'unknown_entity_type');
    }
    await expectNothingStored();
  });

  it('with conditions and cursors that mean mischief are refused', async () => {
    for (const tag of [
      '"',
      '"1',
      `"${'1'.repeat(8_000)}"`,
      Array.from({ length: 2_000 }, () => '"1"').join(','),
      '{1}',
    ]) {
      const put = await server.call('/entities/counter/1', {
        method: 'PUT',
        body: { attributes: {} },
        headers: { 'if-match': tag },
      });
      expectProblem(put);
    }
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of [
      encoded(['user', '1']),
      encoded(['counter']),
      encoded(['counter', 1]),
      encoded(['counter', ['1']]),
      encoded({ 0: 'counter', 1: '1', length: 2 }),
      `${encoded(['counter', '1'])}=`,
      'x'.repeat(10_000),
    ]) {
      expectProblem(await server.call(`/entities/counter?cursor=${cursor}`), 'invalid_request');
    }
    const nul = await server.call(`/entities/counter?cursor=${encoded(['counter', '\u0000'])}`);
    expectProblem(nul, 'invalid_request');
    await expectNothingStored();
  });
});
