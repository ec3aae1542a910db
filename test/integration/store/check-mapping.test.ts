import { expect } from 'chai';
import type { Diagnostic } from '../../../src/dsl/diagnostics/diagnostic.ts';
import { checkMapping } from '../../../src/server/store/schema/check-mapping.ts';
import { onEveryDatabase } from '../../support/databases.ts';
import { checkText } from '../../support/load.ts';
import { loadReferenceBundle } from '../../support/reference-bundle.ts';
import { bundleOf } from '../../support/tables.ts';

onEveryDatabase('a mapping', (current) => {
  const run = (script: string): Promise<unknown> =>
    current().session('admin', (session) => session.run(script));
  /** What is found in a schema of its own, which is gone afterwards. */
  const find = async (tables: string, entities: string): Promise<readonly Diagnostic[]> => {
    const bundle = checkText(bundleOf(entities));
    await run(`create schema "Own"; set search_path = "Own", public; ${tables}; reset search_path`);
    try {
      return await checkMapping(bundle, current());
    } finally {
      await run('drop schema "Own" cascade');
    }
  };
  /** `CODE what-the-place-says`. */
  const briefly = (found: readonly Diagnostic[]): string[] =>
    found.map(({ code, span }) => `${code} ${span.source.text.slice(span.start, span.end)}`);

  it('of the reference bundle fits the tables of the migrations', async () => {
    expect(await checkMapping(loadReferenceBundle().bundle, current())).to.deep.equal([]);
  });

  it('asks nothing where no entity is mapped', async () => {
    const bundle = checkText(bundleOf(''));
    const silent = { query: () => Promise.reject(new Error('asked')) };
    expect(await checkMapping(bundle, silent)).to.deep.equal([]);
  });

  it('tells of everything at once, at its place and with what was meant', async () => {
    const found = await find(
      `create table users (id uuid primary key, state int not null, nick text not null);
       create table teams (id uuid not null, name text)`,
      `entity user from table "Own.users" {
         id: uuid
         status: string from state
         nickname: string from nik
         tags: set<string> from "Tags"
         teams: set<team> from "Own.membrs"(user_id, team_id)
       }
       entity team from table "Own.team" { id: uuid, name: string }
       entity group from table "Own.teams" key uid { name: string }`,
    );
    expect(briefly(found)).to.deep.equal([
      'VEL5004 state',
      'VEL5002 nik',
      'VEL5002 "Tags"',
      'VEL5001 "Own.membrs"',
      'VEL5001 "Own.team"',
      'VEL5002 uid',
      'VEL5007 name',
    ]);
    const help = Object.fromEntries(found.map((one) => [briefly([one])[0], one.help]));
    expect(help['VEL5002 nik']).to.equal('did you mean `nick`?');
    expect(help['VEL5001 "Own.team"']).to.equal('did you mean `Own.teams`?');
  });

  it('takes names as they are: reserved ones, capitals, quotes, blanks, of 63 bytes', async () => {
    const long = 'x'.repeat(63);
    const found = await find(
      `create table "select" ("primary" uuid primary key, "Group" text not null, "a ""b"" c" text not null,
         "${long}" text not null, "'; drop table users; --" text not null);
       create table "Or der" ("table" uuid, "select" text, "where" bool not null, primary key ("table", "select"))`,
      `entity thing from table "Own.select" key primary {
         id: uuid
         group: string from "Group"
         quoted: string from "a \\"b\\" c"
         long: string from ${long}
         injected: string from "'; drop table users; --"
         words: set<string> from "Own.Or der"(table, select) where where
         others: set<string> from "Own.Or der"(table, select) where not wher
       }
       entity other from table "Own.Select" { name: string }
       entity nothing from table "Own.\\u0000" { name: string }`,
    );
    expect(briefly(found)).to.deep.equal(['VEL5002 wher', 'VEL5001 "Own.Select"', 'VEL5001 "Own.\\u0000"']);
  });

  it('looks through domains and enums, and knows what follows the search path', async () => {
    const found = await find(
      `create domain email as text not null; create domain work_email as email;
       create type mood as enum ('good', 'bad', 'so so');
       create table public.found_first (id uuid primary key, mail work_email, mood mood not null, moods mood[] not null);
       create table found_first (id text);
       create sequence counter; create index named on found_first (id)`,
      `enum mood { good, bad, middling as "so so" }
       enum half { good, bad }
       entity user from table found_first { id: uuid, mail: string, mood: mood, worse: half from mood }
       entity one from table counter { name: string }
       entity two from table "Own.counter" { name: string }
       entity three from table "Own.named" { name: string }
       entity four from table "Own.found_first" { id: int }`,
    );
    expect(briefly(found)).to.deep.equal([
      'VEL5008 mood',
      'VEL5001 counter',
      'VEL5001 "Own.counter"',
      'VEL5001 "Own.named"',
      'VEL5005 "Own.found_first"',
      'VEL5006 "Own.found_first"',
    ]);
    expect(found[0]?.message).to.include('`so so`');
    await run('drop table public.found_first cascade');
  });

  it('asks what `where` tests for what it is compared with', async () => {
    const found = await find(
      `create table things (id uuid primary key);
       create table tags (thing uuid not null, tag text not null, active bool not null, rank int not null,
         note text not null, gone text, primary key (thing, tag))`,
      `entity thing from table "Own.things" {
         id: uuid
         fine: set<string> from "Own.tags"(thing, tag)
           where active and rank > 3 and note in {"a", "b"} and not (has gone) and note == tag
         worse: set<string> from "Own.tags"(thing, tag) where note and rank == "3" and active < -1
         maybe: set<string> from "Own.tags"(thing, tag) where gone == "no"
       }`,
    );
    expect(briefly(found)).to.deep.equal(['VEL5004 note', 'VEL5004 rank', 'VEL5004 active', 'VEL5007 gone']);
  });

  const FITS: readonly (readonly [type: string, fit: readonly string[], unfit: readonly string[]])[] = [
    ['bool', ['bool', 'jsonb'], ['int', 'text']],
    ['int', ['smallint', 'int', 'bigint', 'numeric', 'numeric(10)'], ['float8', 'text', 'money', 'interval']],
    ['float', ['real', 'float8', 'int', 'numeric'], ['text', 'bool']],
    ['string', ['text', 'varchar(9)', 'char(2)', 'uuid', 'inet', 'json'], ['int', 'bool', 'bytea', 'text[]']],
    ['uuid', ['uuid', 'text'], ['bytea', 'int']],
    ['ip', ['inet', 'text'], ['cidr', 'macaddr']],
    ['cidr', ['cidr', 'text'], ['inet']],
    ['time', ['timestamptz', 'text'], ['timestamp', 'date', 'bigint']],
    ['duration', ['interval', 'text'], ['int', 'time']],
    ['level', ['text', 'varchar'], ['int']],
    ['user', ['uuid', 'text', 'jsonb'], ['int', 'char(36)']],
    ['note', ['text', 'varchar', 'int', 'jsonb', 'uuid'], ['char(9)', 'bool']],
    ['counter', ['int', 'bigint', 'text', 'jsonb'], ['numeric', 'uuid']],
    ['user | note', ['jsonb'], ['text', 'uuid']],
    ['set<string>', ['text[]', 'varchar[]', 'uuid[]', 'jsonb'], ['text', 'int[]']],
    ['list<time>', ['timestamptz[]', 'jsonb'], ['timestamp[]']],
    ['set<user>', ['uuid[]', 'text[]', 'jsonb'], ['int[]', 'uuid']],
    ['set<user | note>', ['jsonb', 'jsonb[]'], ['text[]']],
    ['map<string, int>', ['jsonb', 'json'], ['text', 'text[]']],
    ['{ a: int }', ['jsonb'], ['text']],
  ];
  it('says which columns hold which types', async () => {
    const columns = FITS.flatMap(([type, fit, unfit]) =>
      [...fit.map((one) => ['fit', one] as const), ...unfit.map((one) => ['unfit', one] as const)].map(
        ([kind, column]) => ({ type, kind, column }),
      ),
    ).map((one, index) => ({ ...one, name: `${one.kind}_${index}` }));
    const found = await find(
      `create table users (id uuid primary key);
       create table counters (id bigint primary key);
       create table things (id uuid primary key, ${columns
         .map(({ name, column }) => `${name} ${column} not null`)
         .join(', ')})`,
      `enum level { low, high }
       entity note stored { text: string }
       entity user from table "Own.users" { id: uuid }
       entity counter from table "Own.counters" { id: int }
       entity thing from table "Own.things" { id: uuid, ${columns.map(({ name, type }) => `${name}: ${type}`).join('\n')} }`,
    );
    const refused = new Set(found.map(({ span }) => span.source.text.slice(span.start, span.end)));
    const wrong = columns.filter(({ name, kind }) => refused.has(name) !== (kind === 'unfit'));
    expect(wrong).to.deep.equal([]);
    expect(new Set(found.map(({ code }) => code))).to.deep.equal(new Set(['VEL5004']));
  });
});
