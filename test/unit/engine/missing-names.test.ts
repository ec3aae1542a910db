import { expect } from 'chai';
import { type Asking, decide, engineOf, explain } from './support/ask.ts';

const SCHEMA = `
entity user stored { level: int }
entity team stored { parent: team?, above: set<team> = closure(parent, depth 3) }
entity doc stored { owner: user, team: team, tags: set<string>, marks: list<int>, notes: map<user, int>, size: int, title: string }
entity badge supplied { colour: string }
context { badge: badge? }
action read on doc by user
require access
`;
const FACTS = {
  'user:ann': { level: 1 },
  'team:low': { parent: 'high' },
  'doc:d': { owner: 'bob', team: 'low', tags: ['a', 5], marks: [1, 'x'], notes: { ann: 'x' }, title: 'T' },
};

/** What the denial of a permit, and of a forbid, with this condition names. */
function missingOf(condition: string, asking: Asking = {}): readonly (readonly string[])[] {
  const asked = { facts: FACTS, ...asking };
  return [
    `permit p: read on doc when ${condition}`,
    `permit p: read on doc when true\nforbid f: read on doc when ${condition}`,
  ].map((rules) => {
    const engine = engineOf(SCHEMA, `layer 1 l version 1 grants access\n${rules}`);
    const verdict = decide(engine, asked);
    expect(verdict.permitted, condition).to.equal(false);
    expect(explain(engine, asked).verdict.missing).to.deep.equal(verdict.missing);
    return verdict.missing;
  });
}
const both = (...paths: string[]): string[][] => [paths, paths];

describe('a denial names what was missing', () => {
  it('when a set or a list holds elements that do not fit', () => {
    expect(missingOf('resource.tags contains "z"')).to.deep.equal(both('resource.tags'));
    expect(missingOf('resource.marks contains 2')).to.deep.equal(both('resource.marks'));
    expect(missingOf('every tag in resource.tags: (tag == "a")')).to.deep.equal(both('resource.tags'));
    expect(missingOf('set.size(resource.tags) == 1')).to.deep.equal(
      both('resource.tags', 'set.size(resource.tags)'),
    );
  });

  it('when a closure ends before its graph does, or at a record that is not there', () => {
    expect(missingOf('resource.team.above contains team("x")')).to.deep.equal(both('resource.team.above'));
  });

  it('when a record could not be loaded that is only asked for', () => {
    const facts = { ...FACTS, 'user:bob': 'unavailable' as const };
    expect(missingOf('exists resource.owner', { facts })).to.deep.equal(both('resource.owner'));
    expect(
      missingOf('any user in resource.notes: (exists user and exists resource.owner)', { facts }),
    ).to.deep.equal(both('resource.owner'));
  });

  it('when a supplied entity was not given that is only asked for', () => {
    expect(
      missingOf('has context.badge and exists context.badge', { context: { badge: 'b' } }),
    ).to.deep.equal(both('context.badge'));
  });
});
