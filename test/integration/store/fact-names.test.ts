import { expect } from 'chai';
import { about, askedFacts } from '../../support/asked-facts.ts';
import { onEveryDatabase } from '../../support/databases.ts';

const UUID = '3c5d1e0a-92f4-4b76-8e1d-70b9c6a2f853';
const MAIN = 'action read on thing by user\nrequire access\nlayer 1 main version 1 grants access\n';

/** Ids that a careless statement would obey, or that the database would refuse. */
const HOSTILE = [
  "'; drop table things; --",
  "' or '1' = '1",
  '"',
  '\\',
  String.raw`\'; select pg_sleep(9); --`,
  '$1',
  'a\0b',
  '\ud800',
  '💥',
  '{a,b}',
  'NULL',
  '%',
  '-1',
  '99999999999999999999999999',
  '1e3',
  '007',
  '{00000000-0000-0000-0000-000000000000}',
  `${UUID}'`,
  'x'.repeat(20_000),
];

onEveryDatabase('names and ids', (current) => {
  const run = (script: string) => current().session('admin', (session) => session.run(script));

  it('may be anything that a database allows', async () => {
    await run(`create schema "select"; create table "select"."a ""table"" where true" (
        "Key" text primary key, "order" boolean, "a""b" boolean, "ünï cödé" boolean, "x, y" text, "z' or 1=1 --" text);
      create table "select"."or"("from" text, "where" text, "group" boolean not null);
      insert into "select"."a ""table"" where true" values ('one', true, true, true, 'someone', 'u');
      insert into "select"."or" values ('one', 'a', true), ('one', 'b', false)`);
    const { decide } = askedFacts(
      current(),
      `entity user stored {}
      entity thing from table "select.a \\"table\\" where true" key Key {
        a: bool from order, b: bool from "a\\"b", c: bool from "ünï cödé"
        owner: user from "x, y", d: string from "z' or 1=1 --"
        names: set<string> from "select.or"(from, "where") where group
      }
      ${MAIN}permit p: read on thing
        when resource.a and resource.b and resource.c and resource.owner == subject and resource.d == "u"
          and resource.names contains "a" and not (resource.names contains "b") and exists resource.owner`,
    );
    await run(`insert into velro_state.entities (type, id, attributes) values ('user', 'someone', '{}')`);
    expect(await decide(about('one'))).to.include({ permitted: true });
    expect(await decide(about('two'))).to.include({ code: 'unknown_resource' });
  });

  for (const [type, key, real] of [
    ['text', 'string', "it's"],
    ['uuid', 'uuid', UUID],
    ['uuid', 'string', UUID],
    ['bigint', 'int', '12'],
    ['smallint', 'string', '12'],
    ['char(5)', 'string', 'abcde'],
  ] as const) {
    it(`ids of a ${type} column, spelt as ${key}, are never taken for more than ids`, async () => {
      await run(
        `drop table if exists things; create table things (id ${type} primary key, owner text);
         insert into things values ('${real.replaceAll("'", "''")}', 'someone');
         delete from velro_state.entities; insert into velro_state.entities values ('user', 'someone', '{"best": "${real.replaceAll("'", "''")}"}')`,
      );
      const { decide } = askedFacts(
        current(),
        `entity user stored { best: thing? }
        entity thing from table things { id: ${key}, owner: user? }
        ${MAIN}permit p: read on thing when has resource.owner and resource.owner == subject
        forbid q: read on thing unless exists subject.best`,
      );
      expect(await decide(about(real))).to.include({ permitted: true });
      for (const id of HOSTILE) {
        expect((await decide(about(id))).code, JSON.stringify(id)).to.equal('unknown_resource');
        expect((await decide(about(real, 'thing', id))).code, JSON.stringify(id)).to.equal('unknown_subject');
      }
      expect(await run('select count(*)::int as n from things')).to.deep.equal([{ n: 1 }]);
    });
  }

  it('what a database does not have is not loaded, and never a permit', async () => {
    await run('drop table if exists things; create table things (id text primary key)');
    for (const [table, code] of [
      ['nothing', '42P01'],
      ['things', '42703'],
    ] as const) {
      const { facts } = askedFacts(
        current(),
        `entity user supplied {}\nentity thing from table ${table} { open: bool }\n${MAIN}permit p: read on thing when resource.open`,
      );
      const failure = await facts(about('x')).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error).with.property('code', code);
      await run('alter table things add column open boolean not null default true');
      if (table === 'things') await facts(about('x'));
      await run('alter table things drop column open');
    }
  });

  it('a key that several rows have is not loaded', async () => {
    await run(`drop table if exists things; create table things (id text, open boolean);
      insert into things values ('x', true), ('x', false), ('y', true)`);
    const { facts, decide } = askedFacts(
      current(),
      `entity user supplied {}\nentity thing from table things { open: bool }\n${MAIN}permit p: read on thing when resource.open`,
    );
    expect(await facts(about('x')).catch((error: unknown) => error)).to.have.property('code', '21000');
    expect(await decide(about('y'))).to.include({ permitted: true });
  });

  it('a column that changes its type is read anew', async () => {
    await run(`drop table if exists things; create table things (id text primary key, size integer);
      insert into things values ('x', 3)`);
    const { facts } = askedFacts(
      current(),
      `entity user supplied {}\nentity thing from table things { size: int }\n${MAIN}permit p: read on thing when resource.size == 3`,
    );
    const size = async () => (await facts(about('x'))).record('thing', 'x')?.attributes['size'];
    expect(await size()).to.equal(3);
    await run('alter table things alter column size type bigint');
    expect(await size()).to.equal(3);
  });
});
