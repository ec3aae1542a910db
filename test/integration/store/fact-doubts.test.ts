import { expect } from 'chai';
import type { AccessRequest } from '../../../src/engine/decide/types.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { about, askedFacts } from '../../support/asked-facts.ts';
import { onEveryDatabase } from '../../support/databases.ts';

const MAIN = 'action read on thing by user\nrequire access\nlayer 1 main version 1 grants access\n';
const UUID = 'abcdef01-92f4-4b76-8e1d-70b9c6a2f853';

onEveryDatabase('what the database cannot say for certain', (current) => {
  const run = (script: string) => current().session('admin', (session) => session.run(script));

  it('is not known of records that many questions name, beyond those that are looked for', async () => {
    await run(`drop table if exists things; create table things (id text primary key);
      insert into things select 'n' || n from generate_series(1, 12000) n`);
    const { bundle, store } = askedFacts(
      current(),
      `entity user supplied {}
      entity thing from table things {}
      context { named: set<thing>? }
      ${MAIN}permit p: read on thing when has context.named and not (any one in context.named: (not (exists one)))`,
    );
    const engine = createEngine(bundle);
    const questions = [0, 6000].map((first) => {
      const request: AccessRequest = {
        ...about('n1'),
        context: { named: Array.from({ length: 6000 }, (_, n) => `n${first + n + 1}`) },
      };
      const prepared = engine.prepare(request);
      return { request: prepared, triple: prepared.triple! };
    });
    const [facts] = await store.loadAll(questions, bundle);
    const missing = Array.from({ length: 12_000 }, (_, n) => `n${n + 1}`).filter(
      (id) => facts!.record('thing', id) === null,
    );
    expect(missing).to.deep.equal([]);
  });

  it('is no record where several rows have one key, also where a set leads there', async () => {
    await run(`drop table if exists things; create table things (id text primary key);
      drop table if exists tags; create table tags (id int, open boolean not null, parent int);
      drop table if exists tagged; create table tagged (of_id text, tag_id int);
      insert into things values ('x'), ('y');
      insert into tags values (1, false, null), (1, true, null), (2, true, null), (3, true, 1);
      insert into tagged values ('x', 1), ('y', 2), ('z', 3)`);
    const { decide } = askedFacts(
      current(),
      `entity user supplied {}
      entity tag from table tags { open: bool }
      entity thing from table things { tags: set<tag> from tagged(of_id, tag_id) }
      ${MAIN}permit p: read on thing when every one in resource.tags: (one.open)`,
    );
    const failure = await decide(about('x')).catch((error: unknown) => error);
    expect(failure).to.have.property('code', '21000');
    expect(await decide(about('y'))).to.include({ permitted: true });
  });

  it('does not grow without end where keys repeat along a closure', async () => {
    await run(`drop table if exists things; create table things (id text, parent text);
      insert into things values ('a', 'b');
      insert into things select 'b', 'b' from generate_series(1, 4)`);
    const { decide } = askedFacts(
      current(),
      `entity user supplied {}
      entity thing from table things { parent: thing?, above: set<thing> = closure(parent, depth 100) }
      ${MAIN}permit p: read on thing when resource.above contains thing("c")`,
    );
    const failure = await decide(about('a')).catch((error: unknown) => error);
    expect(failure).to.have.property('code', '21000');
  });

  for (const [kind, id, other] of [
    ['int', '7', '007'],
    ['uuid', UUID, UUID.toUpperCase()],
  ] as const) {
    it(`rows of a joined table are of the record whose id is spelt so: ${kind}`, async () => {
      await run(`drop table if exists things; create table things (id text primary key);
        drop table if exists tagged; create table tagged (of_id ${kind}, tag text);
        insert into things values ('${id}'), ('${other}'); insert into tagged values ('${id}', 'a')`);
      const { decide } = askedFacts(
        current(),
        `entity user supplied {}
        entity thing from table things { tags: set<string> from tagged(of_id, tag) }
        ${MAIN}permit p: read on thing when resource.tags contains "a"`,
      );
      expect(await decide(about(id))).to.include({ permitted: true });
      expect(await decide(about(other))).to.include({ permitted: false });
    });
  }
});
