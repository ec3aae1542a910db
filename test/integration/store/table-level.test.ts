import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeEntry } from '../../../src/server/cache/shared/entry-codec.ts';
import type { SharedEntry, SharedLevel } from '../../../src/server/cache/shared/shared-level.ts';
import { createTableLevel } from '../../../src/server/cache/shared/table-level.ts';
import {
  dropChangedStatement,
  dropExpiredStatement,
  dropKeysStatement,
  getStatement,
} from '../../../src/server/cache/shared/table-statements.ts';
import type { Database } from '../../../src/server/store/database.ts';
import { onEveryDatabase, openPostgres } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { expectIndexed } from '../../support/expect-indexed.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { contentOf, entryOf, expectedOf } from '../../support/shared-entries.ts';

const TABLE = 'velro_state.authorization_cache';
const keyOf = (name: string): string => createHash('sha256').update(name).digest('base64url');
const entry = (name: string, change: Partial<SharedEntry> = {}): SharedEntry => ({
  key: keyOf(name),
  bytes: Buffer.from(name),
  expiresIn: 60_000,
  tags: [`user:${name}`],
  snapshot: '10:12:11',
  ...change,
});
const change = (transaction: number, type?: string, id?: string) => ({
  type,
  id,
  transaction: BigInt(transaction),
});

onEveryDatabase('the cache in a table', (current) => {
  let level: SharedLevel;
  beforeEach(async () => {
    await current().query('write', { text: `delete from ${TABLE}` });
    level = createTableLevel({ database: current() });
  });
  afterEach(() => level.close());

  const written = (count: number): Promise<void> =>
    eventually(
      'all is written',
      () => level.status().written === count,
      () => JSON.stringify(level.status()),
    );
  const namesIn = async (names: readonly string[]): Promise<readonly string[]> => {
    const found = await level.get(names.map(keyOf));
    expect(found).to.have.length(names.length);
    return found.flatMap((bytes) => bytes?.toString() ?? []);
  };
  const dropped = async (before: number, drop: Parameters<SharedLevel['drop']>[0]): Promise<void> => {
    level.drop(drop);
    await eventually('it is deleted', () => level.status().deleted === before);
  };

  it('gives what was put, in the order that was asked for, until its time is over', async () => {
    level.put([entry('ann'), entry('ben'), entry('cat', { expiresIn: 1 })]);
    await written(3);
    expect(await namesIn(['ben', 'dan', 'ann'])).to.deep.equal(['ben', 'ann']);
    await eventually('its time is over', async () => (await namesIn(['cat'])).length === 0);
  });

  it('never puts what was loaded earlier in place of what was loaded later, while that counts', async () => {
    const later: readonly string[] = ['10:12:', '10:13:11', '11:12:11'];
    level.put([entry('ann')]);
    await written(1);
    for (const [index, snapshot] of later.entries()) {
      const key = keyOf('ann');
      await current().query('write', { text: `delete from ${TABLE}` });
      level.put([entry(`later ${index}`, { key, snapshot })]);
      await written(2 + 2 * index);
      level.put([entry('earlier', { key })]);
      await written(3 + 2 * index);
      expect(await namesIn(['ann'])).to.deep.equal([`later ${index}`]);
    }
    await current().query('write', { text: `update ${TABLE} set expires_at = now()` });
    level.put([entry('earlier', { key: keyOf('ann') })]);
    await written(8);
    expect(await namesIn(['ann'])).to.deep.equal(['earlier']);
    level.put([entry('other', { key: keyOf('ann') }), entry('the same again', { key: keyOf('ann') })]);
    await written(10);
    expect(await namesIn(['ann'])).to.deep.equal(['the same again']);
  });

  it('deletes what did not see a change, and nothing else', async () => {
    const names = ['ann', 'ben', 'cat', 'dan'];
    level.put([
      entry('ann', { snapshot: '20:20:' }),
      entry('ben'),
      entry('cat', { tags: ['user:ann', 'team:red'] }),
      entry('dan', { tags: ['team:blue'] }),
    ]);
    await written(4);
    await dropped(1, { keys: [], changes: [change(11, 'user', 'ann')] });
    expect(await namesIn(names)).to.deep.equal(['ann', 'ben', 'dan']);
    // Transaction 9 is seen by all, 15 by one.
    await dropped(2, { keys: [], changes: [change(9, 'team'), change(15, 'team')] });
    expect(await namesIn(names)).to.deep.equal(['ann', 'ben']);
    await dropped(3, { keys: [], changes: [change(15)] });
    expect(await namesIn(names)).to.deep.equal(['ann']);
    await dropped(4, { keys: [keyOf('ann'), keyOf('ben')], changes: [] });
    expect(await namesIn(names)).to.deep.equal([]);
  });

  it('takes ids as long as they may be, and with any character', async () => {
    const tags = [`user:${'語'.repeat(1_024)}`, 'user:\0 "{},\\', 'user: '];
    level.put(tags.map((tag, index) => entry(`odd ${index}`, { tags: [tag] })));
    await written(3);
    const changes = tags.slice(0, 2).map((tag) => change(15, 'user', tag.slice('user:'.length)));
    await dropped(2, { keys: [], changes });
    expect(await namesIn(['odd 0', 'odd 1', 'odd 2'])).to.deep.equal(['odd 2']);
  });

  it('may hold anything: what no instance wrote there is told from the rest, and deleted by its key', async () => {
    const content = contentOf();
    const expected = expectedOf();
    const good = entryOf(content);
    level.put([entry('good', { key: expected.key, bytes: good })]);
    await written(1);
    const read = async () => {
      const [bytes] = await level.get([expected.key]);
      return bytes && decodeEntry(bytes, expected);
    };
    expect(await read()).to.include({ sliceKey: content.sliceKey });
    const moved = entryOf(contentOf({ sliceKey: 'abc|user|ben' }));
    const version = Buffer.from(good);
    version[0] = 99;
    const poison = [
      good.subarray(0, good.length - 1),
      Buffer.alloc(0),
      Buffer.from('any bytes'),
      moved,
      version,
    ];
    for (const [index, bytes] of poison.entries()) {
      await current().query('write', {
        text: `insert into ${TABLE} values ($1, $2, '{}', '10:12:11', now() + interval '1 hour')
          on conflict (key) do update set entry = excluded.entry`,
        values: [Buffer.from(expected.key, 'base64url'), bytes],
      });
      expect(await read(), `poison ${index}`).to.equal(undefined);
      await dropped(index + 1, { keys: [expected.key], changes: [] });
      expect(await level.get([expected.key])).to.deep.equal([undefined]);
    }
  });

  it('deletes in small bites what has expired', async () => {
    await level.close();
    await current().query('write', {
      text: `insert into ${TABLE}
        select sha256(n::text::bytea), '', '{}', '1:1:', now() + (case when n <= 2500 then '-1' else '1' end || ' hour')::interval
        from generate_series(1, 2600) n`,
    });
    level = createTableLevel({ database: current(), cleaning: 20 });
    await eventually('only what counts is left', async () => {
      const { rows } = await current().query('write', { text: `select count(*)::int as n from ${TABLE}` });
      return rows[0]?.['n'] === 100;
    });
  });

  it('writes within bounds, and never throws', async () => {
    level.put(Array.from({ length: 1_500 }, (_, n) => entry(`many ${n}`)));
    await eventually('all is written or given up', () => {
      const { written: done, unwritten, waiting } = level.status();
      return done === 1_000 && unwritten === 500 && waiting === 0;
    });
    level.put([entry('bad', { snapshot: 'none' })]);
    await eventually('it is given up', () => level.status().unwritten === 501);
  });
});

describe('the cache in a table of a PostgreSQL', function () {
  this.timeout(180_000);
  const server = postgresDatabase();
  let database: Database;
  let level: SharedLevel;
  before(async () => {
    database = await openPostgres(server.url);
    level = createTableLevel({ database });
  });
  after(async () => {
    await level.close();
    await database.close();
  });

  it('is found by indexes', async () => {
    await server.run(`
      insert into ${TABLE}
      select sha256(n::text::bytea), '', array[left(md5(n::text), 16), 'type'], '1:1:', now() + n * interval '1 second'
      from generate_series(1, 20000) n;
      analyze ${TABLE}`);
    await expectIndexed(database, getStatement([keyOf('a'), keyOf('b')]));
    await expectIndexed(database, dropKeysStatement([keyOf('a'), keyOf('b')]));
    const changes = Array.from({ length: 500 }, (_, n) => change(15, 'user', `${n}`));
    await expectIndexed(database, dropChangedStatement(changes.slice(0, 2)));
    await expectIndexed(database, dropChangedStatement(changes));
    await expectIndexed(database, dropExpiredStatement(1_000));
  });

  it('keeps few connections busy while it is locked, and does without what does not come', async () => {
    const asked = await database.transaction('admin', async (session) => {
      await session.run(`lock table ${TABLE} in access exclusive mode`);
      const waiting = Array.from({ length: 30 }, () => level.get([keyOf('a')]));
      expect((await database.query('auth', { text: 'select 1 as one' })).rows).to.deep.equal([{ one: 1 }]);
      expect(database.status().pools['auth']?.connections).to.be.at.most(6);
      // What finds no room to wait is not waited for.
      const more = Array.from({ length: 300 }, () => level.get([keyOf('b')]));
      expect((await Promise.all(more.slice(200))).flat()).to.deep.equal(Array.from({ length: 100 }));
      waiting.push(...more.slice(0, 200));
      return waiting;
    });
    expect((await Promise.all(asked)).flat()).to.deep.equal(Array.from({ length: 230 }));
  });

  it('is done without when it is not there', async () => {
    await server.run(`drop table ${TABLE}`);
    const failure = await level.get([keyOf('a')]).catch((error: unknown) => error);
    expect(failure).to.include({ code: '42P01' });
    const { unwritten } = level.status();
    level.put([entry('ann')]);
    level.drop({ keys: [keyOf('ann')], changes: [change(15, 'user', 'ann'), change(15)] });
    await eventually('it is given up', () => level.status().unwritten === unwritten + 1);
    // On a busy machine a pool may count as slow for a while.
    await eventually('it is healthy', () => database.status().pools['auth']?.state === 'healthy');
  });
});
