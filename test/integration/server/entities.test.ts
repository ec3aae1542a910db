import { expect } from 'chai';
import { pageStatement } from '../../../src/server/entities/entity-store.ts';
import type { Database } from '../../../src/server/store/database.ts';
import { DatabaseUnavailable } from '../../../src/server/store/database-unavailable.ts';
import { onEveryDatabase } from '../../support/databases.ts';
import { entityRecords, startEntityServer } from '../../support/entity-server.ts';
import { expectIndexed } from '../../support/expect-indexed.ts';
import { importText } from '../../support/send-lines.ts';
import { type Answer, DECIDE_KEY, stopTestServers, type TestServer } from '../../support/test-server.ts';

const THING = '49e1c7d0-b36a-4f28-9d75-8a02e6f3b51c';
const USER = { status: 'active', roles: ['member'] };

onEveryDatabase('stored entities', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startEntityServer(database);
  });
  after(stopTestServers);
  beforeEach(() => database().query('write', { text: 'delete from velro_state.entities' }));

  const put = (
    path: string,
    attributes: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => server.call(`/entities/${path}`, { method: 'PUT', body: { attributes }, headers });
  const get = (path: string): Promise<Answer> => server.call(`/entities/${path}`);
  const remove = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    server.call(`/entities/${path}`, { method: 'DELETE', headers });
  const tagOf = ({ headers }: Answer): string => headers.get('etag') ?? '';

  it('are created, replaced, read and deleted, each with a revision of its own', async () => {
    const created = await put('user/ann', { ...USER, plan: 'pro' });
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    expect(created.body).to.deep.include({
      type: 'user',
      id: 'ann',
      attributes: { status: 'active', roles: ['member'], plan: 'pro' },
    });
    expect(tagOf(created)).to.equal(`"${created.body.revision}"`);
    const read = await get('user/ann');
    expect([read.status, read.body, tagOf(read)]).to.deep.equal([200, created.body, tagOf(created)]);
    const replaced = await put('user/ann', USER);
    expect(replaced.status).to.equal(200);
    expect(replaced.body.attributes, 'as a whole, and defaults are not stored').to.deep.equal(USER);
    expect(replaced.body.revision).to.be.above(created.body.revision);
    expect(replaced.body.createdAt).to.equal(created.body.createdAt);
    const deleted = await remove('user/ann');
    expect([deleted.status, deleted.body]).to.deep.equal([200, replaced.body]);
    expect((await get('user/ann')).body).to.include({ status: 404, code: 'entity_not_found' });
    expect((await remove('user/ann')).body).to.include({ status: 404, code: 'entity_not_found' });
    const again = await put('user/ann', USER);
    expect(again.status).to.equal(201);
    expect(again.body.revision, 'never twice').to.be.above(replaced.body.revision);
  });

  it('have ids that an index of the database can hold, and others are refused', async () => {
    // Nothing that repeats: what compresses well fits however long it is.
    const ids = (length: number, first: number): string =>
      Array.from({ length }, (_, at) => String.fromCodePoint(first + ((at * 7_919) % 20_000))).join('');
    const [longest, tooLong] = [ids(682, 0x4e00), ids(683, 0x4e00)];
    expect((await put(`document/${encodeURIComponent(longest)}`, { owner: 'ann' })).status).to.equal(201);
    expect((await get(`document/${encodeURIComponent(longest)}`)).body.id).to.equal(longest);
    const refused = await put(`document/${encodeURIComponent(tooLong)}`, { owner: 'ann' });
    expect(refused.body).to.include({ status: 422, code: 'invalid_entity' });
    expect(refused.body.errors[0]).to.include({ pointer: '/id' });
    expect((await get(`document/${encodeURIComponent(tooLong)}`)).body).to.include({ status: 404 });
    const line = JSON.stringify({ type: 'document', id: ids(1_024, 0x4e00), attributes: { owner: 'ann' } });
    const { status, lines } = await importText(server, `${line}\n`);
    expect([status, lines[0].code]).to.deep.equal([422, 'invalid_lines']);
  });

  it('give with each write the token of its transaction, and later writes later ones', async () => {
    const path = '/entities/counter/77';
    const before = await database().query('write', { text: 'select pg_current_xact_id()::text as token' });
    const tokens = [String(before.rows[0]?.['token'])];
    for (const note of ['a', 'b'])
      tokens.push(
        (await server.call(path, { method: 'PUT', body: { attributes: { note } } })).headers.get(
          'velro-consistency',
        )!,
      );
    tokens.push((await server.call(path, { method: 'DELETE' })).headers.get('velro-consistency')!);
    expect(tokens.map(BigInt)).to.deep.equal(tokens.map(BigInt).toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(tokens).size).to.equal(4);
    for (const token of tokens) {
      const { rows } = await database().query('write', {
        text: 'select pg_xact_status($1::xid8) as status',
        values: [token],
      });
      expect(rows).to.deep.equal([{ status: 'committed' }]);
    }
    expect((await server.call(path)).headers.get('velro-consistency')).to.equal(null);
  });

  it('are written only as they were read where that is asked', async () => {
    const first = await put('user/ann', USER, { 'if-none-match': '*' });
    expect(first.status).to.equal(201);
    const second = await put('user/ann', USER, { 'if-none-match': '*' });
    expect(second.body).to.include({ status: 412, code: 'precondition_failed' });
    const changed = await put('user/ann', { ...USER, plan: 'pro' }, { 'if-match': tagOf(first) });
    expect(changed.status).to.equal(200);
    const stale = [tagOf(first), '"0"', '"x"', `W/${tagOf(changed)}`, '"99999999999999999999"'];
    for (const tag of stale) {
      expect((await put('user/ann', USER, { 'if-match': tag })).body.code, tag).to.equal(
        'precondition_failed',
      );
      expect((await remove('user/ann', { 'if-match': tag })).body.code, tag).to.equal('precondition_failed');
    }
    expect((await get('user/ann')).body).to.deep.equal(changed.body);
    const several = `${tagOf(first)}, ${tagOf(changed)}`;
    expect((await put('user/ann', USER, { 'if-match': several })).status).to.equal(200);
    expect((await put('user/ann', USER, { 'if-match': '*' })).status).to.equal(200);
    expect((await put('user/bea', USER, { 'if-match': '*' })).body.code).to.equal('precondition_failed');
    expect((await remove('user/bea', { 'if-match': '*' })).body.code).to.equal('precondition_failed');
    expect((await get('user/bea')).status).to.equal(404);
    const last = await get('user/ann');
    expect((await remove('user/ann', { 'if-match': tagOf(last) })).status).to.equal(200);
  });

  it('that were deleted and made again are not taken for what they were', async () => {
    const before = await put('user/ann', USER);
    await remove('user/ann');
    await put('user/ann', USER);
    expect((await put('user/ann', USER, { 'if-match': tagOf(before) })).status).to.equal(412);
  });

  it('take no condition that cannot be meant', async () => {
    for (const headers of [
      { 'if-match': 'abc' },
      { 'if-match': '"1" "2"' },
      { 'if-none-match': '"1"' },
      { 'if-match': '*', 'if-none-match': '*' },
    ] as Readonly<Record<string, string>>[]) {
      const answer = await put('user/ann', USER, headers);
      expect(answer.body, JSON.stringify(headers)).to.include({ status: 400, code: 'invalid_request' });
    }
    expect((await remove('user/ann', { 'if-none-match': '*' })).body.code).to.equal('invalid_request');
    expect((await get('user/ann')).status).to.equal(404);
  });

  it('of two writers that read the same, exactly one wins, every time', async () => {
    let current = await put('user/ann', USER);
    for (let round = 0; round < 25; round += 1) {
      const tag = tagOf(current);
      const answers = await Promise.all(
        ['pro', 'free'].map((plan) => put('user/ann', { ...USER, plan }, { 'if-match': tag })),
      );
      expect(answers.map(({ status }) => status)).to.have.members([200, 412]);
      const won = answers.find(({ status }) => status === 200)!;
      current = await get('user/ann');
      expect(current.body).to.deep.equal(won.body);
    }
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        [1, 2, 3].map(() => put(`user/new-${round}`, USER, { 'if-none-match': '*' })),
      );
      expect(answers.map(({ status }) => status)).to.have.members([201, 412, 412]);
    }
  });

  it('keep every value as it was meant, in its canonical spelling', async () => {
    const attributes = {
      flag: true,
      size: 1.0,
      ratio: -0,
      'the label': 'ünï\u2028',
      key: '49E1C7D0-B36A-4F28-9D75-8A02E6F3B51C',
      address: '::ffff:203.0.113.7',
      network: '10.0.0.0/8',
      at: '2026-01-05T10:00+01:00',
      lasts: 'PT15M',
      mood: 'very high',
      owner: { id: 'alice' },
      about: { type: 'counter', id: 7 },
      tags: ['a', 'a', '__proto__'],
      steps: [1e21, 5e-324, 0.1],
      moods: { low: 1, 'very high': 2, high: null },
      friends: { 'user:alice': '2026-01-05T10:00:00Z', 'counter:007': '2026-01-05T10:00:00Z' },
      place: { street: '', number: null, gates: [{ open: false }] },
      nick: 'al',
    };
    const { status, body } = await put(`thing/${THING.toUpperCase()}`, attributes);
    expect(status, JSON.stringify(body)).to.equal(201);
    expect(body.id).to.equal(THING);
    expect(body.attributes).to.deep.include({
      size: 1,
      ratio: 0,
      key: THING,
      address: '203.0.113.7',
      network: '10.0.0.0/8',
      at: '2026-01-05T09:00:00Z',
      owner: 'alice',
      about: { type: 'counter', id: '7' },
      tags: ['a', '__proto__'],
      moods: { low: 1, 'very high': 2 },
      steps: [1e21, 5e-324, 0.1],
    });
    expect(body.attributes.friends).to.have.all.keys('user:alice', 'counter:7');
    const read = (await get(`thing/${THING}`)).body;
    expect(read).to.deep.equal(body);
    const again = await put(`thing/${THING}`, read.attributes);
    expect(again.body.attributes).to.deep.equal(read.attributes);
    expect((await put('counter/0042', {})).body.id).to.equal('42');
    expect((await get('counter/42')).status).to.equal(200);
  });

  it('of mapped types are only what is kept in the store', async () => {
    const good = await put(`page/${THING}`, { note: 'n', viewers: { alice: '2026-01-05T10:00:00Z' } });
    expect(good.status).to.equal(201);
    const bad = await put(`page/${THING}`, { title: 't', viewers: {} });
    expect(bad.body).to.include({ status: 422, code: 'invalid_entity' });
    expect(bad.body.errors).to.deep.equal([
      { pointer: '/attributes/note', message: 'is required: a string' },
      { pointer: '/attributes/title', message: 'is read from the table of page' },
    ]);
  });

  it('of types that are not stored or not declared are refused, and say why', async () => {
    for (const call of [
      (path: string) => put(path, {}),
      get,
      remove,
      (path: string) => get(path.replace(/\/.*/, '')),
    ]) {
      const supplied = await call('service/x');
      expect(supplied.body).to.include({ status: 409, code: 'entity_not_stored' });
      expect(supplied.body.detail).to.include('supplied by requests');
      const mapped = await call('plain/x');
      expect(mapped.body).to.include({ status: 409, code: 'entity_not_stored' });
      expect(mapped.body.detail).to.include('read from a table');
      const unknown = await call('usr/x');
      expect(unknown.body).to.include({ status: 404, code: 'unknown_entity_type' });
      expect(unknown.body.detail).to.include('did you mean user?');
    }
  });

  it('that do not fit are refused with every attribute that is wrong and what it must be', async () => {
    const { status, body } = await put('thing/none', {
      flag: 'yes',
      size: 1.5,
      'the label': null,
      label: undefined,
      address: '203.000.113.007',
      mood: 'glum',
      owner: 5.5,
      about: 'alice',
      tags: ['a', 7],
      steps: Array.from({ length: 10_001 }, () => 1),
      moods: { low: 'x' },
      place: { number: 1 },
      ancestors: [],
      device: 'd',
      last_seen: null,
      colour: 'red',
    });
    expect([status, body.code]).to.deep.equal([422, 'invalid_entity']);
    const messages = Object.fromEntries(
      (body.errors as { pointer: string; message: string }[]).map(({ pointer, message }) => [
        pointer,
        message,
      ]),
    );
    expect(messages).to.deep.equal({
      '/id': 'is no id of thing: its key is uuid, of at most 1024 characters and 2048 bytes',
      '/attributes/flag': 'must be true or false',
      '/attributes/size': 'must be a whole number within ±(2^53−1)',
      '/attributes/the label': 'is required: a string',
      '/attributes/address': 'must be an IP address',
      '/attributes/mood': 'must be a member of mood: low, high, very high',
      '/attributes/owner': 'must be the id of a user',
      '/attributes/about': 'must be {type, id} with one of the types counter, document, user',
      '/attributes/tags': 'must be an array of at most 10000, each a string (see attributes.tags[1])',
      '/attributes/steps': 'must be an array of at most 10000, each a number',
      '/attributes/moods':
        'must be an object of at most 10000 keys, as `map<mood, int>` (see attributes.moods["low"])',
      '/attributes/place':
        'must be an object `{ street: string, number: int?, gates: list<{ open: bool }>? }`',
      '/attributes/ancestors': 'follows from other attributes',
      '/attributes/device': 'is supplied by requests',
      '/attributes/last_seen': 'is kept by the engine itself',
      '/attributes/colour': 'thing has no such attribute',
    });
    expect((await get(`thing/${THING}`)).status).to.equal(404);
  });

  it('are refused where something in them would be lost', async () => {
    const good = { flag: true, label: 'l' };
    expect((await put(`thing/${THING}`, good)).status).to.equal(201);
    for (const [attributes, pointer] of [
      [{ ...good, 'the label': 'm' }, '/attributes/label'],
      [{ ...good, label: 'a\u0000b' }, '/attributes/label'],
      [{ ...good, tags: ['\ud800'] }, '/attributes/tags'],
      [{ ...good, moods: { low: 1, '\u0000': 2 } }, '/attributes/moods'],
      [{ ...good, owner: { id: 'a', properties: { plan: 'pro' } } }, '/attributes/owner'],
      [{ ...good, place: { street: 's', door: 1 } }, '/attributes/place'],
    ] as const) {
      const { status, body } = await put(`thing/${THING}`, attributes);
      expect([status, body.code], JSON.stringify(body)).to.deep.equal([422, 'invalid_entity']);
      expect(body.errors[0].pointer).to.equal(pointer);
    }
  });

  it('are listed by id, page after page, each exactly once', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `u${String(index).padStart(2, '0')}`);
    await Promise.all(ids.map((id) => put(`user/${id}`, USER)));
    await put('document/d', { owner: 'alice' });
    const found: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await get(`user?limit=10${query}`);
      expect(status, JSON.stringify(body)).to.equal(200);
      found.push(...body.entities.map((one: { id: string }) => one.id));
      cursor = body.next as string | undefined;
      pages += 1;
      // What is deleted and written meanwhile moves nothing.
      if (pages === 1) {
        await remove('user/u03');
        await put('user/u00b', USER);
      }
    } while (cursor !== undefined);
    expect(found).to.deep.equal(ids);
    expect(pages).to.equal(3);
    expect((await get('user')).body.entities).to.have.length(25);
    expect((await get('document')).body).to.not.have.property('next');
    expect((await get('counter')).body).to.deep.equal({ entities: [] });
  });

  it('are listed within bounds, and by no cursor that was not given', async () => {
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      'limit=-1',
      'cursor=x',
      'cursor=',
      'limit=1&limit=2',
    ]) {
      expect((await get(`user?${query}`)).body, query).to.include({ status: 400, code: 'invalid_request' });
    }
    await put('user/a', USER);
    await put('user/b', USER);
    const { next } = (await get('user?limit=1')).body;
    expect((await get(`document?cursor=${next}`)).body).to.include({ code: 'invalid_request' });
    const large = { owner: 'alice', title: 'x'.repeat(1_000_000) };
    for (let index = 0; index < 12; index += 1) await put(`document/large-${index}`, large);
    const page = (await get('document')).body;
    expect(page.entities.length).to.be.within(8, 11);
    const rest = (await get(`document?cursor=${page.next}`)).body;
    expect(page.entities.length + rest.entities.length).to.equal(12);
  });

  it('are found without reading the whole table', async () => {
    const many = `insert into velro_state.entities (type, id, attributes) select 'user', 'u' || n, '{}' from generate_series(1, 5000) n`;
    await database().query('write', { text: many });
    await database().query('admin', { text: 'analyze velro_state.entities' });
    await expectIndexed(database(), pageStatement('user', 'u100', 10));
  });

  it('may be called bulk', async () => {
    expect((await put('bulk/x', {})).status).to.equal(201);
    expect((await get('bulk')).body.entities).to.have.length(1);
    const wrong = await server.call('/entities/bulk', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, POST']);
  });

  it('are nobody’s whose key is good for decisions only', async () => {
    const key = DECIDE_KEY;
    const calls = [
      ['PUT', 'user/ann'],
      ['GET', 'user/ann'],
      ['DELETE', 'user/ann'],
      ['GET', 'user'],
      ['POST', 'bulk'],
    ] as const;
    for (const [method, path] of calls) {
      const options = { method, ...(method === 'GET' ? {} : { body: {} }) };
      expect((await server.call(`/entities/${path}`, { ...options, key })).status, path).to.equal(403);
      expect((await server.call(`/entities/${path}`, { ...options, key: null })).status, path).to.equal(401);
    }
  });

  it('are recorded with every write that was made, and no value', async () => {
    const before = (await entityRecords(server)).length;
    const secret = 'do-not-write-this-down';
    const created = await put('user/ann', { ...USER, email: secret });
    await put('user/ann', USER, { 'if-none-match': '*' });
    await put('user/ann', { status: secret });
    const replaced = await put('user/ann', { ...USER, email: secret });
    await remove('user/ann');
    await remove('user/ann');
    const records = (await entityRecords(server)).slice(before);
    expect(records.map(({ change, revision }) => [change, revision])).to.deep.equal([
      ['create_entity', created.body.revision],
      ['replace_entity', replaced.body.revision],
      ['delete_entity', replaced.body.revision],
    ]);
    expect(records[0]).to.deep.include({ type: 'user', id: 'ann', attributes: ['status', 'roles', 'email'] });
    expect(records[0]!['caller']).to.match(/^key:/);
    expect(JSON.stringify(records)).not.to.include(secret);
  });

  it('are not written when that cannot be recorded', async () => {
    const mute = await startEntityServer(database, (ports) => ({
      ...ports,
      audit: { ...ports.audit, write: () => Promise.reject(new Error('disk full')) },
    }));
    await put('user/ann', USER);
    const answers = [
      await mute.call('/entities/user/ann', {
        method: 'PUT',
        body: { attributes: { ...USER, plan: 'pro' } },
      }),
      await mute.call('/entities/user/bea', { method: 'PUT', body: { attributes: USER } }),
      await mute.call('/entities/user/ann', { method: 'DELETE' }),
    ];
    for (const { body } of answers) expect(body).to.include({ status: 503, code: 'audit_unavailable' });
    expect((await get('user/ann')).body.attributes).to.deep.equal(USER);
    expect((await get('user/bea')).status).to.equal(404);
  });

  it('that were recorded and then not committed are recorded as failed', async () => {
    const broken: Partial<Database> = {
      transaction: (purpose, work) =>
        database().transaction(purpose, async (session) => {
          await work(session);
          throw new DatabaseUnavailable('unreachable', 'gone at the commit', { cause: new Error('gone') });
        }),
    };
    const unlucky = await startEntityServer(database, (ports) => ({
      ...ports,
      database: { ...ports.database, ...broken },
    }));
    const path = '/entities/user/ann';
    const { body } = await unlucky.call(path, { method: 'PUT', body: { attributes: USER } });
    expect(body).to.include({ status: 503, code: 'database_unavailable' });
    const records = await entityRecords(unlucky);
    expect(records.map(({ change, failed }) => [change, failed])).to.deep.equal([
      ['create_entity', undefined],
      ['create_entity', true],
    ]);
    expect((await get('user/ann')).status).to.equal(404);
  });
});
