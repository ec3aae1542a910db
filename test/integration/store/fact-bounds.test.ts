import { expect } from 'chai';
import { UNKNOWN } from '../../../src/dsl/types/values.ts';
import { about, askedFacts } from '../../support/asked-facts.ts';
import { onEveryDatabase } from '../../support/databases.ts';

const SCHEMA = `
entity user supplied {}
entity tag from table tags { name: string? }
entity thing from table things {
  parent: thing?
  next: set<thing> from links(of_id, to_id)
  marks: map<string, int> from marks(of_id, name, value) where counts and value != 13 and name in {"a", "b", "c", "d"}
  many: map<int, int> from many(of_id, name, value)
  tags: set<tag> from tagged(of_id, tag_id)
  ancestors: set<thing> = closure(parent, depth 3)
  reach: set<thing> = closure(next, depth 5)
}
action read on thing by user
require access
layer 1 main version 1 grants access
`;

onEveryDatabase('what comes back', (current) => {
  before(() =>
    current().session('admin', (session) =>
      session.run(`
        create table tags (id int primary key, name text);
        create table things (id text primary key, parent text);
        create table links (of_id text, to_id text);
        create table marks (of_id text, name text, value int, counts boolean);
        create table many (of_id text, name int, value int);
        create table tagged (of_id text, tag_id int);
        insert into things values ('a', null), ('b', 'a'), ('c', 'b'), ('d', 'c'), ('e', 'd'), ('x', 'y'), ('y', 'x'), ('lost', 'gone'), ('fan', null), ('many', null);
        insert into links values ('a', 'b'), ('b', 'c'), ('c', 'a'), ('c', 'gone'), ('x', 'y'), ('y', 'x');
        insert into things select 'n' || n, null from generate_series(1, 12000) n;
        insert into links select 'fan', 'n' || n from generate_series(1, 12000) n;
        insert into marks values ('a', 'a', 1, true), ('a', 'b', 2, false), ('a', 'c', 3, null), ('a', 'd', 13, true), ('a', 'z', 1, true), ('b', 'a', 1, true), ('b', 'a', 2, true), ('c', 'a', null, true);
        insert into many select 'many', n, n from generate_series(1, 10001) n; insert into many select 'a', n, n from generate_series(1, 10000) n;
        insert into tags values (1, 'one'); insert into tagged values ('a', 1), ('a', 2), ('b', null);
        analyze`),
    ),
  );
  const decided = async (condition: string, id: string) =>
    (await askedFacts(current(), `${SCHEMA}permit p: read on thing when ${condition}\n`).decide(about(id)))
      .code;
  /** Whether the condition is true, false or unknown. */
  const truth = async (condition: string, id: string): Promise<string> => {
    if ((await decided(condition, id)) === 'permitted') return 'true';
    return (await decided(`not (${condition})`, id)) === 'permitted' ? 'false' : 'unknown';
  };

  for (const [id, condition, expected] of [
    ['e', 'resource.ancestors contains thing("b")', 'true'],
    ['e', 'resource.ancestors contains thing("a")', 'unknown'],
    ['d', 'resource.ancestors contains thing("a")', 'true'],
    ['d', 'resource.ancestors contains thing("x")', 'false'],
    ['x', 'resource.ancestors contains thing("x")', 'true'],
    ['x', 'resource.ancestors contains thing("a")', 'false'],
    ['lost', 'resource.ancestors contains thing("a")', 'unknown'],
    ['lost', 'exists resource.parent', 'false'],
    ['a', 'resource.reach contains thing("gone")', 'true'],
    ['a', 'resource.reach contains thing("x")', 'unknown'],
    ['x', 'resource.reach contains thing("a")', 'false'],
    ['a', 'any one in resource.reach: (any other in one.next: (other == thing("gone")))', 'true'],
    ['a', 'every one in resource.tags: (exists one)', 'false'],
    ['b', 'any one in resource.tags: (exists one)', 'unknown'],
    ['a', 'has resource.marks["a"]', 'true'],
    ['a', 'has resource.marks["d"]', 'unknown'],
    ['a', 'resource.marks["a"] == 1', 'true'],
    ['b', 'has resource.marks["a"] and resource.marks["a"] == 1', 'unknown'],
    ['b', 'has resource.marks["z"]', 'false'],
    ['c', 'has resource.marks["a"]', 'unknown'],
    ['d', 'has resource.marks["a"]', 'false'],
  ] as const) {
    it(`of ${id}: ${condition} is ${expected}`, async () => {
      expect(await truth(condition, id)).to.equal(expected);
    });
  }

  it('is unknown where there is more than a set or map may hold, and whole up to there', async () => {
    const { facts } = askedFacts(current(), `${SCHEMA}permit p: read on thing when resource.many[1] == 1\n`);
    expect((await facts(about('many'))).record('thing', 'many')?.attributes['many']).to.equal(UNKNOWN);
    expect((await facts(about('a'))).record('thing', 'a')?.attributes['many']).to.have.nested.property(
      'values.size',
      10_000,
    );
  });

  it('never lets a closure that fans out permit what the rest of it might not', async () => {
    expect(await truth('resource.next contains thing("n1")', 'fan')).to.equal('unknown');
    expect(await decided('not (resource.reach contains thing("x"))', 'fan')).to.not.equal('permitted');
  });
});
