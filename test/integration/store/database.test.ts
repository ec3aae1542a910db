import { expect } from 'chai';
import { decodeAttributes } from '../../../src/dsl/types/decode-attributes.ts';
import { emptyReport } from '../../../src/dsl/types/decode-report.ts';
import { formatTime } from '../../../src/dsl/types/parse-time.ts';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import type { Row } from '../../../src/server/store/database.ts';
import { onEveryDatabase } from '../../support/databases.ts';
import { checkText } from '../../support/load.ts';

onEveryDatabase('a database', (current) => {
  const rows = async (
    text: string,
    values: readonly never[] | readonly unknown[] = [],
  ): Promise<readonly Row[]> => (await current().query('write', { text, values: values as never })).rows;

  it('binds parameters of every kind', async () => {
    const at = new Date('2026-01-05T10:00:00.123Z');
    const values = ["it's", 7, 9007199254740993n, true, null, at, [1, null], ['a"b\\', ''], { a: [1] }];
    const [row] = await rows(
      `select $1::text as text, $2::int4 as int, $3::int8::text as big, $4::bool as bool, $5::text as nothing,
              $6::timestamptz as at, $7::int8[] as numbers, $8::text[] as texts, $9::jsonb as json`,
      values,
    );
    expect(row).to.deep.equal({
      text: "it's",
      int: 7,
      big: '9007199254740993',
      bool: true,
      nothing: null,
      at: '2026-01-05T10:00:00.123Z',
      numbers: [1, null],
      texts: ['a"b\\', ''],
      json: { a: [1] },
    });
    expect(await rows('select $1::bytea as bytes', [new Uint8Array([0, 255])])).to.deep.equal([
      { bytes: Buffer.from([0, 255]) },
    ]);
  });

  it('reads values as JSON says them, and never rounds one into another', async () => {
    const [row] = await rows(`select
      9007199254740991::int8 as safe, 9007199254740993::int8 as unsafe, 10.50::numeric as price,
      3::numeric as whole, 3.00::numeric as round, 1.00000000000000000001::numeric as nearly,
      'NaN'::numeric as nan, 0.1::float8 as tenth,
      '2026-01-05 10:00:00.123999+02'::timestamptz as at, 'infinity'::timestamptz as never,
      '10.0.0.1'::inet as ip, '10.0.0.0/8'::cidr as network, '::ffff:10.0.0.1'::inet as mapped,
      '0F9A37C2-6D5E-4B81-9E04-C83B2D75A16F'::uuid as id, interval '15 minutes' as span,
      array['10.0.0.1'::inet] as ips, array['2026-01-05T10:00:00Z'::timestamptz] as times,
      array[0.5::numeric] as numerics, '{}'::uuid[] as ids, '{"a": 1}'::json as json`);
    expect(row).to.deep.equal({
      safe: 9007199254740991,
      unsafe: '9007199254740993',
      price: 10.5,
      whole: 3,
      round: 3,
      nearly: '1.00000000000000000001',
      nan: 'NaN',
      tenth: 0.1,
      at: '2026-01-05T08:00:00.123Z',
      never: 'infinity',
      ip: '10.0.0.1',
      network: '10.0.0.0/8',
      mapped: '::ffff:10.0.0.1',
      id: '0f9a37c2-6d5e-4b81-9e04-c83b2d75a16f',
      span: 'PT15M',
      ips: ['10.0.0.1'],
      times: ['2026-01-05T10:00:00.000Z'],
      numerics: [0.5],
      ids: [],
      json: { a: 1 },
    });
  });

  it('gives rows whose values the declared types read', async () => {
    const schema = checkText(`
      enum colour { red, blue }
      entity thing from table things {
        id: uuid
        count: int
        size: float
        at: time
        from_ip: ip
        net: cidr
        colours: set<colour>
        span: duration
        missing: string?
        too_big: int
      }
      entity user supplied { name: string }
      action read on thing by user
      require access
      layer 1 one version 1 grants access
      permit everybody: read on thing when true
    `);
    const [row = {}] = await rows(`select gen_random_uuid() as id, 5::int8 as count, 2.5::numeric as size,
      '2026-01-05 10:00:00+00'::timestamptz as at, '10.0.0.1'::inet as from_ip, '10.0.0.0/8'::cidr as net,
      array['red', 'blue'] as colours, interval '1 hour' as span, null::text as missing, 1e17::numeric as too_big`);
    const report = emptyReport();
    const attributes = schema.entities.get('thing')!.attributes;
    const record = decodeAttributes(row, attributes, schema, 'row', report);
    expect(record['count']).to.equal(5);
    expect(record['size']).to.equal(2.5);
    expect(formatTime(record['at'] as number)).to.equal('2026-01-05T10:00:00Z');
    expect(record['span']).to.equal(3_600_000);
    expect(record).to.have.nested.property('from_ip.text', '10.0.0.1');
    expect(record).to.have.nested.property('net.text', '10.0.0.0/8');
    expect(record).not.to.have.property('missing');
    expect(record['too_big']).to.equal(UNKNOWN);
    expect(report.illTyped).to.deep.equal(['row.too_big']);
  });

  it('prepares a named statement once and runs it again', async () => {
    for (const n of [1, 2, 3]) {
      const result = await current().query('read', {
        name: 'twice',
        text: 'select $1::int * 2 as n',
        values: [n],
      });
      expect(result.rows).to.deep.equal([{ n: n * 2 }]);
    }
  });

  it('counts the rows that a statement wrote', async () => {
    await rows('create table counted (n int)');
    const result = await current().query('write', { text: 'insert into counted values (1), (2)' });
    expect(result).to.deep.equal({ rows: [], count: 2 });
  });

  it('keeps a transaction whole', async () => {
    await rows('create table whole (n int unique)');
    await current().transaction('write', async (session) => {
      await session.query({ text: 'insert into whole values (1)' });
      await session.query({ text: 'insert into whole values (2)' });
    });
    const undone = current().transaction('write', async (session) => {
      await session.query({ text: 'insert into whole values (3)' });
      await session.query({ text: 'insert into whole values (1)' });
    });
    expect(await codeOf(undone)).to.equal('23505');
    const thrown = current().transaction('write', async (session) => {
      await session.query({ text: 'insert into whole values (4)' });
      throw new Error('changed my mind');
    });
    expect(await thrown.catch((error: Error) => error.message)).to.equal('changed my mind');
    expect(await rows('select n from whole order by n')).to.deep.equal([{ n: 1 }, { n: 2 }]);
  });

  it('tells snapshots and transaction ids when asked, so that who saw what can be compared', async () => {
    await rows('create table seen (n int)');
    const { before, id } = await current().transaction(
      'write',
      async (session) => {
        await session.query({ text: 'insert into seen values (1)' });
        const { rows: both } = await session.query<{ before: string; id: string }>({
          text: 'select pg_current_snapshot()::text as before, pg_current_xact_id()::text as id',
        });
        return both[0]!;
      },
      { isolation: 'repeatable read' },
    );
    const [verdict] = await rows(
      'select pg_visible_in_snapshot($2::xid8, $1::pg_snapshot) as before, pg_visible_in_snapshot($2::xid8, pg_current_snapshot()) as now',
      [before, id],
    );
    expect(verdict).to.deep.equal({ before: false, now: true });
  });

  it('leaves the mistakes of a caller to the caller, and goes on', async () => {
    for (let n = 0; n < 10; n += 1) expect(await codeOf(rows('selct'))).to.equal('42601');
    expect(await codeOf(rows('select 1 / $1::int', [0]))).to.equal('22012');
    expect(await rows('select 1 as one')).to.deep.equal([{ one: 1 }]);
    for (const pool of Object.values(current().status().pools)) expect(pool.state).not.to.equal('open');
  });

  it('tells of notifications, those of a rolled back transaction excepted', async () => {
    const heard: string[] = [];
    let gaps = 0;
    const channel = 'A "channel"';
    const unlisten = await current().listen(
      channel,
      (payload) => heard.push(payload),
      () => {
        gaps += 1;
      },
    );
    expect(gaps).to.be.greaterThan(0);
    await current()
      .transaction('write', async (session) => {
        await session.query({ text: 'select pg_notify($1, $2)', values: [channel, 'undone'] });
        throw new Error('undo');
      })
      .catch(() => {});
    await rows('select pg_notify($1, $2)', [channel, 'one']);
    while (!heard.includes('one')) await new Promise((resolve) => setTimeout(resolve, 5));
    await unlisten();
    await rows('select pg_notify($1, $2)', [channel, 'two']);
    await rows('select 1');
    expect(heard).to.deep.equal(['one']);
  });
});

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'fine',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );
}
