import { expect } from 'chai';
import { showType } from '../../../../src/dsl/types/types.ts';
import { Reference, ValueSet } from '../../../../src/dsl/types/values.ts';
import { codesOfPermit, conditionOf } from './schema.ts';

describe('expressions', () => {
  const accepted: readonly string[] = [
    'resource.author == subject',
    'resource.owner == subject',
    'resource.team == resource.author',
    'resource.id == "x"',
    'resource.owner.id != subject.id',
    'resource.visibility == public',
    'public == resource.visibility',
    'resource.visibility in {private, public}',
    '{private, public} contains resource.visibility',
    'resource.visibility == visibility.public',
    'resource.level < level.high',
    'high >= resource.level',
    'resource.phase == high',
    'resource.rating > 3',
    'resource.rating * 2 > 3 + 0.5',
    '2 * resource.rating > 3',
    'resource.pages > -1',
    'resource.pages + 1 <= 2 * 3',
    'context.ip in cidr("10.0.0.0/8")',
    'context.ip == ip("203.0.113.7")',
    'now - resource.at < 15m',
    'resource.at + 1h > now',
    'resource.at > time("2026-01-01T00:00:00Z")',
    'resource.readers contains subject',
    'subject in resource.readers',
    'resource.readers contains any {subject, resource.author}',
    'resource.readers contains all {user("a")}',
    'resource.author == user("alice")',
    'resource.author == robot("r2")',
    'subject.tags contains any {"a"}',
    'any s in subject.scores: (s > 1)',
    'any t in subject.teams: (t.lead == subject)',
    'subject.teams[resource.team] >= middle',
    'resource.note matches r"\\d+"',
    'uuid.is_valid(resource.id)',
    'string.length(resource.note) < 10',
    'path.matches(resource.note, "/a/:id")',
    'geo.speed_kmh(subject.last_seen, context.ip) > 900',
    'set.is_empty(resource.readers)',
    'set.size(subject.teams) > 0',
    'risk < 50',
    '50 > risk',
    'resource.author is user',
    'resource.author is team',
    'has subject.nick == true',
    'exists resource.author.manager',
    'true',
  ];
  for (const condition of accepted) {
    it(`accepts ${condition}`, () => expect(codesOfPermit(condition)).to.deep.equal([]));
  }

  const refused: readonly (readonly [condition: string, code: string])[] = [
    ['resource.visibility == high', 'VEL2006'],
    ['resource.visibility == "public"', 'VEL2021'],
    ['public == private', 'VEL2011'],
    ['resource.visibility == level.low', 'VEL2021'],
    ['resource.phase < done', 'VEL2023'],
    ['resource.pages == 1.0', 'VEL2021'],
    ['resource.pages == resource.rating', 'VEL2021'],
    ['resource.pages < resource.rating', 'VEL2021'],
    ['resource.author == "alice"', 'VEL2021'],
    ['resource.author == subject.id', 'VEL2021'],
    ['resource.readers == resource.readers', 'VEL2022'],
    ['subject.last_seen == subject.last_seen', 'VEL2022'],
    ['subject.active < true', 'VEL2023'],
    ['context.ip < ip("::1")', 'VEL2023'],
    ['context.ip in "10.0.0.0/8"', 'VEL2021'],
    ['cidr("10.0.0.0/8") contains context.ip', 'VEL2021'],
    ['subject in subject.teams', 'VEL2021'],
    ['subject in resource.author', 'VEL2021'],
    ['resource.readers contains any subject', 'VEL2021'],
    ['resource.readers contains "x"', 'VEL2021'],
    ['now + now > now', 'VEL2021'],
    ['now - 15 > now', 'VEL2021'],
    ['15m * 2 > 1m', 'VEL2021'],
    ['-resource.note == "x"', 'VEL2024'],
    ['resource.pages', 'VEL2020'],
    ['not resource.pages', 'VEL2020'],
    ['subject', 'VEL2020'],
    ['risk', 'VEL2033'],
    ['risk > 0.5', 'VEL2033'],
    ['risk == risk', 'VEL2033'],
    ['risk in {1, 2}', 'VEL2033'],
    ['any x in resource.pages: (true)', 'VEL2020'],
    ['resource.note matches "a("', 'VEL2030'],
    ['resource.note matches "(?<=a)b"', 'VEL2030'],
    ['context.ip == ip("10.0.0.256")', 'VEL2028'],
    ['resource.at > time("yesterday")', 'VEL2028'],
    ['resource.author == user("")', 'VEL2028'],
    ['context.ip == ip(resource.note)', 'VEL2020'],
    ['{} contains {}', 'VEL2029'],
    ['uuid.is_valid(resource.id, 1)', 'VEL2027'],
    ['uuid.is_valid(context.ip)', 'VEL2020'],
    ['uuid.nonsense(resource.id)', 'VEL2009'],
    ['f(x)', 'VEL2009'],
    ['resource.visiblity == public', 'VEL2003'],
    ['context.session.mfa == now', 'VEL2003'],
    ['action.fast', 'VEL2003'],
    ['resource.visibility.size == 1', 'VEL2025'],
    ['subject.tags["a"] == 1', 'VEL2026'],
    ['subject.teams["a"] == high', 'VEL2020'],
    ['resource.author is somebody', 'VEL2004'],
    ['resource.pages is user', 'VEL2035'],
    ['has subject.active.x', 'VEL2025'],
    ['has (subject.active and resource.author == subject)', 'VEL2034'],
    ['has subject.missing', 'VEL2003'],
    ['any subject in resource.readers: (true)', 'VEL2012'],
    ['any r in resource.readers: (any r in resource.readers: (true))', 'VEL2012'],
    ['{ a: 1 } == resource.pages', 'VEL2020'],
  ];
  for (const [condition, code] of refused) {
    it(`refuses ${condition} (${code})`, () => expect(codesOfPermit(condition)).to.deep.equal([code]));
  }

  it('reports several mistakes of one condition at once, and none twice', () => {
    expect(codesOfPermit('resource.autor == subject and resource.pages == "1" and nonsense')).to.deep.equal([
      'VEL2003',
      'VEL2021',
      'VEL2002',
    ]);
  });

  it('reads literals in the type of the other side', () => {
    const float = conditionOf('resource.rating > 3');
    expect(float).to.include({ kind: 'comparison' });
    expect(float?.kind === 'comparison' && showType(float.right.type)).to.equal('float');
    const member = conditionOf('resource.visibility in {private, public}');
    expect(member?.kind === 'membership' && showType(member.collection.type)).to.equal('set<visibility>');
    const set =
      member?.kind === 'membership' && member.collection.kind === 'constant'
        ? member.collection.value
        : undefined;
    expect(set instanceof ValueSet && [...set.items.keys()]).to.deep.equal(['private', 'public']);
    const reference = conditionOf('resource.author == user("alice")');
    expect(
      reference?.kind === 'comparison' && reference.right.kind === 'constant' && reference.right.value,
    ).to.deep.equal(new Reference('user', 'alice'));
  });

  it('puts risk on the left', () => {
    expect(conditionOf('50 > risk')).to.include({ kind: 'riskComparison', operator: '<' });
  });

  it('flattens chains, however they are nested', () => {
    const condition = conditionOf(
      '(subject.active and (subject.active and subject.active)) and subject.active',
    );
    expect(condition?.kind === 'and' && condition.operands).to.have.length(4);
  });

  it('folds what is certain', () => {
    expect(conditionOf('true and subject is user')).to.equal(undefined);
    expect(conditionOf('subject is team')).to.deep.include({ kind: 'constant', value: false });
    expect(conditionOf('not (subject.active and false)')).to.equal(undefined);
    expect(conditionOf('subject is team or subject.active')).to.include({ kind: 'attribute' });
    expect(conditionOf('subject.active implies subject is team')).to.include({ kind: 'not' });
  });
});
