import { expect } from 'chai';
import { codesOf, codesOfForbid, codesOfPermit } from './schema.ts';

describe('unions', () => {
  const accepted: readonly string[] = [
    'resource.owner == subject',
    'resource.owner != resource.author',
    'resource.owner.id == "x"',
    'exists resource.owner',
    'resource.owner is user',
    'resource.owner is user and resource.owner.active',
    'not (resource.owner is robot) and resource.owner.active',
    'resource.owner is robot or resource.owner.active',
    'resource.owner is user implies resource.owner.active',
    'not (resource.owner is user implies resource.owner.active)',
    '(resource.owner is user and subject.active) and resource.owner.active',
    '(resource.owner is user or resource.owner is user) and resource.owner.active',
    'resource.owner is user and any r in resource.readers: (r == resource.owner and resource.owner.active)',
    'resource.owner is user and has resource.owner.nick',
    'resource.owner is user and resource.owner.manager == subject',
    'subject is user and subject.active',
    'subject is robot and subject.nonsense',
  ];
  for (const condition of accepted) {
    it(`are used as ${condition}`, () => expect(codesOfPermit(condition)).to.deep.equal([]));
  }

  const refused: readonly string[] = [
    'resource.owner.active',
    'has resource.owner.nick',
    'subject.active or resource.owner.active',
    'not (resource.owner is user) and resource.owner.name == "x" or resource.owner.active',
    'resource.owner.active and resource.owner is user',
    '(resource.owner is user or resource.owner is robot) and resource.owner.active',
    '(any r in resource.readers: (resource.owner is user)) and resource.owner.active',
    'resource.author is user and resource.owner.active',
  ];
  for (const condition of refused) {
    it(`are not used as ${condition}`, () => expect(codesOfPermit(condition)).to.deep.equal(['VEL2032']));
  }

  it('have the attributes of what they are narrowed to, and no others', () => {
    expect(codesOfForbid('resource.owner is robot and resource.owner.active')).to.deep.equal(['VEL2003']);
    expect(codesOfForbid('resource.owner is robot and resource.owner.name == "x"')).to.deep.equal([]);
    expect(codesOfPermit('resource.owner is user or resource.owner.active')).to.deep.equal(['VEL2003']);
  });

  it('are narrowed through lets, each use in the light of what stands around it', () => {
    const lets = 'let mine = resource.owner is user\nlet active = resource.owner.active\n';
    const rule = (condition: string): string => `${lets}permit p: update on document when ${condition}`;
    expect(codesOf(rule('mine and active'))).to.deep.equal([]);
    expect(codesOf(rule('active and mine'))).to.deep.equal(['VEL2032']);
    expect(codesOf(rule('(mine and active) or active'))).to.deep.equal(['VEL2032']);
  });

  it('decide for subjects of several types what is looked at at all', () => {
    const scope = 'read on document';
    expect(codesOf(`forbid f: ${scope} when subject is user and not subject.active`)).to.deep.equal([]);
    expect(codesOf(`forbid f: ${scope} when subject is robot or not subject.active`)).to.deep.equal([]);
    expect(codesOf(`forbid f: ${scope} when not subject.active`)).to.deep.equal(['VEL2003']);
    expect(
      codesOf(`forbid f: ${scope} when exists subject.manager and not subject.manager.active`),
    ).to.deep.equal([]);
  });
});
