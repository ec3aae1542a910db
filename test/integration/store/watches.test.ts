import { expect } from 'chai';
import type { Schema } from '../../../src/dsl/types/schema.ts';
import type { Unlisten } from '../../../src/server/store/database.ts';
import {
  FACTS_CHANNEL,
  type FactChange,
  readFactChange,
} from '../../../src/server/store/schema/fact-change.ts';
import { installWatches } from '../../../src/server/store/schema/install-watches.ts';
import { readWatchState } from '../../../src/server/store/schema/watch-state.ts';
import { onEveryDatabase } from '../../support/databases.ts';
import { eventually } from '../../support/eventually.ts';
import { checkText } from '../../support/load.ts';
import { bundleOf } from '../../support/tables.ts';

const TABLES = `
  create table users (id uuid primary key, status text not null, seen_at timestamptz);
  create table teams (id int primary key, name text not null);
  create table members (user_id uuid not null, team_id int not null, role text not null, active bool not null default true,
    noted text, primary key (user_id, team_id));
  create table "Odd ""table""" ("select" text primary key, "Group" text, "it's \\ $velro$" text);
  create table events (id int primary key, kind text not null) partition by range (id);
  create table events_low partition of events for values from (0) to (100);
  create table events_high partition of events for values from (100) to (200);
  create view seen as select id, status from users;`;
const ENTITIES = `
  entity user from table users {
    id: uuid
    status: string
    teams: map<team, string> from members(user_id, team_id, role) where active
  }
  entity team from table "public.teams" {
    id: int
    name: string
    members: set<user> from members(team_id, user_id)
  }
  entity odd from table "Odd \\"table\\"" key select { group: string? from "Group", more: string? from "it's \\\\ $velro$" }
  entity event from table events { id: int, kind: string }
  entity seen from table seen { id: uuid, status: string }`;
const [ANN, BEN, CAT] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`) as [
  string,
  string,
  string,
];

onEveryDatabase('what is watched', (current) => {
  const bundle = checkText(bundleOf(ENTITIES));
  const run = (script: string): Promise<unknown> =>
    current().session('admin', (session) => session.run(script));
  const states = async (schema: Schema = bundle): Promise<Record<string, string>> => {
    const { tables } = await readWatchState(current(), schema);
    return Object.fromEntries(tables.map(({ table, state }) => [table, state]));
  };
  let unlisten: Unlisten | undefined;
  const heard: FactChange[] = [];
  let marks = 0;
  /** What a script, or other work, is told to have changed, sorted: `type id`, or `type *`. */
  const changesOf = async (work: string | (() => Promise<unknown>)): Promise<string[]> => {
    heard.length = 0;
    await (typeof work === 'string' ? run(work) : work());
    marks += 1;
    const mark = JSON.stringify({ type: 'mark', id: String(marks), xid: '1' });
    await current().query('write', { text: 'select pg_notify($1, $2)', values: [FACTS_CHANNEL, mark] });
    await eventually('the mark', () => heard.some(({ type, id }) => type === 'mark' && id === String(marks)));
    return heard
      .filter(({ type }) => type !== 'mark')
      .map(({ type = '*', id = '*' }) => `${type} ${id}`)
      .toSorted();
  };

  before(async () => {
    await run(
      `drop table media, generations, project_teams, projects, team_members, teams, users cascade;
      ${TABLES}`,
    );
    unlisten = await current().listen(
      FACTS_CHANNEL,
      (payload) =>
        void heard.push(readFactChange(payload) ?? { type: 'unreadable', id: payload, transaction: 0n }),
      () => {},
    );
  });
  after(() => unlisten?.());

  it('is nothing at first, and then what can be', async () => {
    expect(await states()).to.deep.equal({
      'Odd "table"': 'unwatched',
      events: 'unwatched',
      members: 'unwatched',
      'public.teams': 'unwatched',
      seen: 'unwatchable',
      users: 'unwatched',
    });
    const { statements } = await installWatches(current(), bundle);
    expect(statements.filter((one) => one.startsWith('create trigger'))).to.have.length(4 * 7);
    expect(await states()).to.include({
      'Odd "table"': 'watched',
      events: 'watched',
      members: 'watched',
      seen: 'unwatchable',
    });
  });

  it('stays as it is when it is installed again', async () => {
    expect((await installWatches(current(), bundle)).statements).to.deep.equal([]);
  });

  it('is installed once by two who do it at once, and wholly or not at all', async () => {
    if (current().kind === 'embedded') return; // There, one thing is done at a time.
    await installWatches(current(), undefined);
    const both = await Promise.all([installWatches(current(), bundle), installWatches(current(), bundle)]);
    expect(both.filter(({ statements }) => statements.length > 0)).to.have.length(1);
    const refused = await current().transaction('write', async (session) => {
      await session.query({ text: 'lock table users in share update exclusive mode' });
      return installWatches(current(), undefined, 50).catch((error: unknown) => error);
    });
    expect(refused).to.have.property('code', '55P03');
    expect(await states()).to.include({ 'Odd "table"': 'watched', members: 'watched', users: 'watched' });
  });

  it('tells of rows that come, change and go', async () => {
    expect(await changesOf(`insert into users values ('${ANN}', 'new'), ('${BEN}', 'new')`)).to.deep.equal([
      `user ${ANN}`,
      `user ${BEN}`,
    ]);
    expect(await changesOf(`update users set status = 'active' where id = '${ANN}'`)).to.deep.equal([
      `user ${ANN}`,
    ]);
    expect(await changesOf(`delete from users where id = '${BEN}'`)).to.deep.equal([`user ${BEN}`]);
    expect(await changesOf('delete from users where false')).to.deep.equal([]);
    expect(await changesOf(`begin; delete from users; rollback`)).to.deep.equal([]);
  });

  it('tells of no change of what no attribute is read from', async () => {
    expect(await changesOf(`update users set seen_at = now()`)).to.deep.equal([]);
    expect(await changesOf(`update users set status = status`)).to.deep.equal([]);
  });

  it('tells of both ids when a key changes', async () => {
    expect(await changesOf(`update users set id = '${CAT}' where id = '${ANN}'`)).to.deep.equal([
      `user ${ANN}`,
      `user ${CAT}`,
    ]);
  });

  it('tells of the owners of a row of a joined table, of both when it moves', async () => {
    expect(await changesOf(`insert into members values ('${ANN}', 1, 'editor')`)).to.deep.equal([
      'team 1',
      `user ${ANN}`,
    ]);
    expect(await changesOf(`update members set user_id = '${BEN}'`)).to.deep.equal([
      'team 1',
      `user ${ANN}`,
      `user ${BEN}`,
    ]);
    expect(await changesOf(`update members set team_id = 2`)).to.deep.equal([
      'team 1',
      'team 2',
      `user ${BEN}`,
    ]);
    // The members of a team say nothing of their roles, and nothing at all reads the note.
    expect(await changesOf(`update members set role = 'viewer'`)).to.deep.equal([`user ${BEN}`]);
    expect(await changesOf(`update members set active = false`)).to.deep.equal([`user ${BEN}`]);
    expect(await changesOf(`update members set noted = 'x'`)).to.deep.equal([]);
  });

  it('tells of all of the types of a table that is truncated', async () => {
    expect(await changesOf('truncate members')).to.deep.equal(['team *', 'user *']);
  });

  it('tells of rows that come by COPY, and of those that were there instead', async () => {
    const copy = (): Promise<void> =>
      current().session('admin', (session) =>
        session.copy('teams', ['id', 'name'], ['7\tseven\n8\teight\n']),
      );
    expect(await changesOf(copy)).to.deep.equal(['team 7', 'team 8']);
    expect(
      await changesOf(
        `insert into teams values (7, 'VII'), (9, 'nine') on conflict (id) do update set name = excluded.name`,
      ),
    ).to.deep.equal(['team 7', 'team 9']);
  });

  it('tells of many rows as of all, once', async () => {
    const many = `insert into teams select n, 'many' from generate_series(1000, 101000) n`;
    expect(await changesOf(many)).to.deep.equal(['team *']);
    expect(await changesOf(`update teams set name = name || '.' where id >= 1000`)).to.deep.equal(['team *']);
    expect(
      await changesOf(`update teams set name = name || '.' where id between 1000 and 1999`),
    ).to.have.length(1000);
    expect(await changesOf(`delete from teams where id >= 1000`)).to.deep.equal(['team *']);
  });

  it('tells of many statements of one transaction as of all, too', async () => {
    const told = await changesOf(`do $$ begin
      for n in 1..1500 loop insert into teams values (5000 + n, 'one by one'); end loop;
    end $$`);
    expect(told).to.have.length(1001).and.to.include('team *');
    expect(await changesOf(`delete from teams where id = 5001`)).to.deep.equal(['team 5001']);
    await changesOf('delete from teams');
  });

  it('tells of an id that is too long as of all', async () => {
    expect(await changesOf(`insert into "Odd ""table""" values (repeat('ü', 2000), 'x')`)).to.deep.equal([
      `odd ${'ü'.repeat(2000)}`,
    ]);
    expect(await changesOf(`update "Odd ""table""" set "Group" = 'y'`)).to.deep.equal([
      `odd ${'ü'.repeat(2000)}`,
    ]);
    expect(await changesOf(`insert into "Odd ""table""" values (repeat('y', 8000))`)).to.deep.equal([
      'odd *',
    ]);
    await changesOf('delete from "Odd ""table"""');
  });

  it('takes names and ids as they are', async () => {
    const id = `'; drop table users; -- "\\ü\u0001`;
    expect(
      await changesOf(`insert into "Odd ""table""" values ('${id.replaceAll("'", "''")}', 'x')`),
    ).to.deep.equal([`odd ${id}`]);
    expect(await changesOf(`update "Odd ""table""" set "it's \\ $velro$" = 'z'`)).to.deep.equal([
      `odd ${id}`,
    ]);
  });

  it('tells of a partitioned table, however it is written', async () => {
    expect(await changesOf(`insert into events values (1, 'a'), (101, 'b')`)).to.deep.equal([
      'event 1',
      'event 101',
    ]);
    expect(await changesOf(`insert into events_low values (2, 'c')`)).to.deep.equal(['event 2']);
    expect(await changesOf(`update events set id = 150 where id = 1`)).to.deep.equal([
      'event 1',
      'event 150',
    ]);
    expect(await changesOf(`delete from events_high`)).to.deep.equal(['event 101', 'event 150']);
    expect(await changesOf(`truncate events_low`)).to.deep.equal(['event *']);
    await run('create table events_top partition of events for values from (200) to (300)');
    expect(await states()).to.include({ events: 'outdated' });
    const { statements } = await installWatches(current(), bundle);
    expect(statements).to.have.length(4);
    expect(await changesOf(`insert into events_top values (201, 'd')`)).to.deep.equal(['event 201']);
    expect(await states()).to.include({ events: 'watched' });
  });

  it('is never a table that is written by the name of another', async () => {
    await run('create table heirs () inherits (teams)');
    const kin = checkText(
      bundleOf(`entity low from table events_low { id: int, kind: string }
        entity heir from table heirs { id: int, name: string }
        entity team from table teams { id: int, name: string }`),
    );
    expect(await states(kin)).to.deep.equal({
      events_low: 'unwatchable',
      heirs: 'unwatchable',
      teams: 'unwatchable',
    });
    await run('drop table heirs');
  });

  it('tells of what a deletion takes along', async () => {
    await changesOf(`insert into teams values (1, 'one')`);
    await run('alter table members add foreign key (team_id) references teams on delete cascade');
    await changesOf(`insert into members values ('${ANN}', 1, 'editor')`);
    expect(await changesOf('delete from teams where id = 1')).to.deep.equal(['team 1', `user ${ANN}`]);
  });

  it('names the transaction', async () => {
    heard.length = 0;
    const { rows } = await current().query<{ xid: string }>('write', {
      text: `with changed as (insert into teams values (1, 'one') returning id) select pg_current_xact_id()::text as xid from changed`,
    });
    await eventually('the change', () => heard.length > 0);
    expect(heard).to.deep.equal([{ type: 'team', id: '1', transaction: BigInt(rows[0]!.xid) }]);
  });

  it('fires while changes are replayed, and is noticed to be off', async () => {
    expect(
      await changesOf(
        `set session_replication_role = replica; update teams set name = 'uno'; reset session_replication_role`,
      ),
    ).to.deep.equal(['team 1']);
    await run('alter table teams disable trigger user');
    expect(await states()).to.include({ 'public.teams': 'outdated' });
    await installWatches(current(), bundle);
    expect(await states()).to.include({ 'public.teams': 'watched' });
    expect(await changesOf(`update teams set name = 'een'`)).to.deep.equal(['team 1']);
  });

  it('never keeps anybody from writing: what fails tells of all', async () => {
    await run('alter table teams rename column name to title');
    expect(await changesOf(`update teams set title = 'ein'`)).to.deep.equal(['team *']);
    expect(await states()).to.include({ 'public.teams': 'watched' });
    await run('alter table teams rename column title to name');
    expect(
      await changesOf(`set velro.told = 'nonsense'; update teams set name = 'eins'; reset velro.told`),
    ).to.deep.equal(['team *']);
  });

  it('asks for no privilege that a writer lacks', async () => {
    const name = `writer_${current().kind}`;
    await run(`create role ${name}; grant select, insert, update, delete on teams to ${name}`);
    expect(await changesOf(`set role ${name}; update teams set name = 'one'; reset role`)).to.deep.equal([
      'team 1',
    ]);
    await run(`drop owned by ${name}; drop role ${name}`);
  });

  it('follows a mapping that changes', async () => {
    const other = checkText(
      bundleOf(`entity user from table users { id: uuid, status: string, seen: time? from seen_at }
        entity member from table users { id: uuid, status: string }`),
    );
    expect(await states(other)).to.deep.equal({ users: 'outdated' });
    const { statements } = await installWatches(current(), other);
    expect(statements.filter((one) => one.startsWith('drop trigger'))).to.have.length(4 * 7);
    expect(statements.filter((one) => one.startsWith('create trigger'))).to.deep.equal([]);
    expect(await states(other)).to.deep.equal({ users: 'watched' });
    expect(await changesOf(`update users set seen_at = '2026-01-01T00:00:00Z'`)).to.deep.equal([
      `user ${CAT}`,
    ]);
    expect(await changesOf(`update users set status = 'gone'`)).to.deep.equal([
      `member ${CAT}`,
      `user ${CAT}`,
    ]);
    expect(await changesOf(`update teams set name = 'nobody cares'`)).to.deep.equal([]);
  });

  it('follows a table that another one takes the place of', async () => {
    const only = checkText(bundleOf('entity team from table teams { id: int, name: string }'));
    await installWatches(current(), only);
    await run(
      'alter table teams rename to old_teams; create table teams (id int primary key, name text not null)',
    );
    expect(await states(only)).to.deep.equal({ teams: 'unwatched' });
    await installWatches(current(), only);
    expect(await states(only)).to.deep.equal({ teams: 'watched' });
    expect(await changesOf(`insert into teams values (3, 'three'); delete from old_teams`)).to.deep.equal([
      'team 3',
    ]);
  });

  it('is all taken away, and nothing else', async () => {
    await run(`create function noted() returns trigger language plpgsql as 'begin return null; end';
      create trigger velro_like after insert on users for each statement execute function noted()`);
    await installWatches(current(), bundle);
    const { statements } = await installWatches(current(), undefined);
    expect(statements).not.to.be.empty;
    expect((await installWatches(current(), undefined)).statements).to.deep.equal([]);
    const left = await current().query('admin', {
      text: `select tgname::text as name, tgrelid::regclass::text as of from pg_trigger where not tgisinternal order by 2, 1`,
    });
    expect(left.rows.map(({ name, of }) => `${String(of)} ${String(name)}`)).to.deep.equal([
      'users velro_like',
      'velro_state.entities velro_told_of_delete',
      'velro_state.entities velro_told_of_insert',
      'velro_state.entities velro_told_of_truncate',
      'velro_state.entities velro_told_of_update',
    ]);
    expect(await changesOf(`update users set status = 'x'`)).to.deep.equal([]);
  });

  it('includes stored entities, always', async () => {
    const put = (id: string): string =>
      `insert into velro_state.entities (type, id, attributes) values ('note', '${id}', '{}')`;
    expect(await changesOf(put('n1'))).to.deep.equal(['note n1']);
    expect(await changesOf(`update velro_state.entities set attributes = '{"a": 1}'`)).to.deep.equal([
      'note n1',
    ]);
    expect(await changesOf(`update velro_state.entities set id = 'n2'`)).to.deep.equal([
      'note n1',
      'note n2',
    ]);
    expect(
      await changesOf(`insert into velro_state.entities (type, id, attributes)
      select 'many', n::text, '{}' from generate_series(1, 2000) n`),
    ).to.deep.equal(['many *']);
    expect(await changesOf(put('x'.repeat(8_000)))).to.deep.equal(['note *']);
    expect(
      await changesOf(`delete from velro_state.entities where type = 'note' and id = 'n2'`),
    ).to.deep.equal(['note n2']);
    expect(await changesOf(`delete from velro_state.entities`)).to.deep.equal(['many *', 'note *']);
    expect(await changesOf(`truncate velro_state.entities`)).to.deep.equal(['* *']);
  });
});

describe('a notification', () => {
  it('that nobody here sent tells nothing', () => {
    for (const payload of ['', 'x', '1', 'null', '{}', '{"xid": 1}', '{"xid": "x"}', '{"xid": "1", "id": 2}'])
      expect(readFactChange(payload), payload).to.equal(undefined);
    expect(readFactChange('{"xid":"18446744073709551615"}')).to.deep.equal({
      type: undefined,
      id: undefined,
      transaction: 18446744073709551615n,
    });
  });
});
