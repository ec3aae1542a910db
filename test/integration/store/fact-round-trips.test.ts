import { expect } from 'chai';
import type { AccessRequest } from '../../../src/engine/decide/types.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { FactQuestion, FactStore } from '../../../src/server/ports.ts';
import type { Database } from '../../../src/server/store/database.ts';
import { askedFacts } from '../../support/asked-facts.ts';
import { openPostgres } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresDatabase } from '../../support/postgres-database.ts';
import { countRoundTrips, type RoundTrips } from '../../support/round-trips.ts';

const BUNDLE = `
entity user from table users { is_open: bool }
entity thing from table things { owner: user from owner_id }
entity place from table places { is_open: bool }
context { other: thing? }
action read, update on thing by user
action read on place by user
require access
layer 1 main version 1 grants access
permit owner: read, update on thing when resource.owner == subject
permit other: read on thing when has context.other and context.other.owner == subject
permit open: read on place when resource.is_open and subject.is_open
`;
const TABLES = `
create table users (id text primary key, is_open boolean not null);
create table things (id text primary key, owner_id text);
create table places (id text primary key, is_open boolean not null);
insert into users values ('ann', true), ('ben', false);
insert into things values ('a', 'ann'), ('b', 'ben');
insert into places values ('p', true);
`;

describe('facts of many questions', function () {
  this.timeout(180_000);
  const server = postgresDatabase();
  let trips: RoundTrips;
  let database: Database;
  let store: FactStore;
  let bundle: ReturnType<typeof askedFacts>['bundle'];
  before(async () => {
    await server.run(`drop table if exists users cascade; ${TABLES}`);
    trips = await countRoundTrips(server.url);
    // One connection: that of the second look is the one of the first.
    database = await openPostgres(trips.url, {
      VELRO_POOL_READ: 'min=1 max=1',
      VELRO_POOL_AUTH: 'min=1 max=1',
    });
    ({ store, bundle } = askedFacts(database, BUNDLE));
  });
  after(async () => {
    await database.close();
    await trips.close();
  });

  const questionsOf = (asked: readonly (readonly string[])[]): FactQuestion[] => {
    const engine = createEngine(bundle);
    return asked.map(([user = '', action = '', type = '', id = '', other]) => {
      const request: AccessRequest = {
        subject: { type: 'user', id: user },
        action: { name: action },
        resource: { type, id },
        ...(other === undefined ? {} : { context: { other } }),
      };
      const prepared = engine.prepare(request);
      return { request: prepared, triple: prepared.triple! };
    });
  };
  const MANY = [
    ['ann', 'read', 'thing', 'a'],
    ['ann', 'read', 'thing', 'none'],
    ['ben', 'read', 'thing', 'a', 'b'],
    ['ben', 'update', 'thing', 'b'],
    ['ann', 'read', 'place', 'p'],
    ['ben', 'read', 'place', 'p'],
    ['ann', 'read', 'thing', 'a'],
  ] as const;
  /** What was sent while something was done, by the times that an answer was waited for. */
  const tripsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    trips.sent.length = 0;
    await work();
    return [...trips.sent];
  };

  it('take one round trip, however many kinds of questions there are', async () => {
    const questions = questionsOf(MANY);
    await store.loadAll(questions, bundle);
    const sent = await tripsOf(async () => store.loadAll(questions, bundle));
    expect(sent).to.have.length(1);
    expect(sent[0]).to.include('begin isolation level repeatable read').and.include('commit');
    const fromPrimary = { consistency: { kind: 'fresh' } } as const;
    await store.loadAll(questions, bundle, fromPrimary);
    expect(await tripsOf(async () => store.loadAll(questions, bundle, fromPrimary))).to.have.length(1);
    // What waits in between is told apart.
    const apart = async (): Promise<void> => {
      await database.transaction('read', async (session) => {
        await session.query({ text: 'select 2' });
      });
    };
    expect(await tripsOf(apart)).to.have.length(3);
  });

  it('take one also where statements are prepared for the first time', async () => {
    const questions = questionsOf(MANY);
    const { store: another, bundle: same } = askedFacts(
      database,
      BUNDLE.replace('is_open and', 'is_open == true and'),
    );
    await another.loadAll(questions.slice(0, 1), same);
    const first = questionsOf([
      ['ann', 'update', 'thing', 'a'],
      ['ben', 'read', 'place', 'p'],
    ]);
    expect(await tripsOf(async () => another.loadAll(first, same))).to.have.length(1);
  });

  it('are those of each question asked alone', async () => {
    const questions = questionsOf(MANY);
    const together = await store.loadAll(questions, bundle);
    const records = ['user:ann', 'user:ben', 'thing:a', 'thing:b', 'thing:none', 'place:p'];
    for (const [index, { request, triple }] of questions.entries()) {
      const alone = await store.load(request, triple, bundle);
      for (const record of records) {
        const [type = '', id = ''] = record.split(':');
        const expected = alone.record(type, id);
        if (expected === undefined) continue;
        const found = together[index]!.record(type, id);
        expect(found && found.attributes, `${index} ${record}`).to.deep.equal(
          expected && expected.attributes,
        );
      }
    }
  });

  it('that cannot be loaded leave the connection as it was', async () => {
    const questions = questionsOf(MANY);
    await server.run('alter table places rename to rooms');
    const failure = await Promise.resolve(store.loadAll(questions, bundle)).catch((error: unknown) => error);
    expect(failure).to.include({ code: '42P01' });
    const things = questions.filter(({ request }) => request.resource.type === 'thing');
    expect(await store.loadAll(things, bundle)).to.have.length(things.length);
    await server.run('alter table rooms rename to places');
    // It was looked at the tables when there was no such one.
    await Promise.resolve(store.loadAll(questions, bundle)).catch(() => {});
    expect((await store.loadAll(questions, bundle)).at(4)!.record('place', 'p')).to.be.an('object');
    // On a busy machine a pool may count as slow for a while.
    await eventually('it is healthy', () => database.status().pools['read']?.state === 'healthy');
  });
});
