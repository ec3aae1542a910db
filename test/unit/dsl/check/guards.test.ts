import { expect } from 'chai';
import { codesOf, codesOfForbid, codesOfPermit } from './schema.ts';

const LEAD = 'resource.team.lead == subject';

describe('guards', () => {
  const fineInForbid: readonly string[] = [
    'has subject.nick and subject.nick == "x"',
    'not has subject.nick or subject.nick == "x"',
    'has subject.nick implies subject.nick == "x"',
    'not (has subject.nick implies subject.nick == "x")',
    'not (not has subject.nick or subject.nick == "x")',
    `has resource.team and ${LEAD}`,
    `exists resource.team and ${LEAD}`,
    'has resource.team.parent and resource.team.parent.lead == subject',
    'has resource.team and has subject.teams[resource.team] and subject.teams[resource.team] == high',
    'has context.session.mfa_at and now - context.session.mfa_at < 15m',
    'has subject.last_seen and has geo.speed_kmh(subject.last_seen, context.ip) and geo.speed_kmh(subject.last_seen, context.ip) > 900',
    'has subject.nick and (subject.nick == "a" or subject.nick == "b")',
    '(has subject.nick and subject.active or has subject.nick and not subject.active) and subject.nick == "x"',
    'has subject.nick and any r in resource.readers: (not has r.nick or r.nick == subject.nick)',
    'any t in subject.teams: (has subject.teams[t] and subject.teams[t] == high)',
    'any t in subject.teams: (subject.teams[t] == high)',
    'every t in subject.teams: (any r in resource.readers: (subject.teams[t] == high and r.active))',
    'has subject.tags and any t in subject.tags: (t == "x")',
    'has subject.nick == true and true',
    'exists subject.manager',
    'resource.author.active',
    'resource.readers contains subject',
  ];
  for (const condition of fineInForbid) {
    it(`are enough in a forbid: ${condition}`, () => expect(codesOfForbid(condition)).to.deep.equal([]));
  }

  const wantingInForbid: readonly string[] = [
    'subject.nick == "x"',
    'subject.nick != "x"',
    LEAD,
    'has subject.nick or subject.nick == "x"',
    'not has subject.nick and subject.nick == "x"',
    'subject.nick == "x" and has subject.nick',
    'has subject.manager.nick and resource.author.nick == "x"',
    'has resource.team and subject.teams[resource.team] == high',
    'has subject.teams[resource.team]',
    'exists resource.team.parent',
    'has context.agent and now - context.session.mfa_at < 15m',
    'any t in subject.tags: (t == "x")',
    'any r in resource.readers: (any t in subject.teams: (r.teams[t] == high))',
    '(any t in subject.teams: (t == t)) and subject.teams[team("x")] == high',
    '(any r in resource.readers: (has subject.nick)) and subject.nick == "x"',
    '(has subject.nick or subject.active) and subject.nick == "x"',
    '(has subject.nick == false) and subject.nick == "x"',
    'geo.country(context.ip) == "FR"',
    'has geo.country(context.ip) and geo.country(ip("10.0.0.1")) == "FR"',
    'agent.is_bot(context.agent)',
    'has subject.last_seen.country and geo.country(subject.last_seen.ip) == "x"',
  ];
  for (const condition of wantingInForbid) {
    it(`are asked for in a forbid: ${condition}`, () =>
      expect(codesOfForbid(condition)).to.deep.equal(['VEL3013']));
  }

  const fineInPermit: readonly string[] = [
    'subject.nick == "x"',
    'subject.nick != "x"',
    LEAD,
    'subject.active or subject.nick == "x"',
    'subject.active implies subject.nick == "x"',
    'subject.teams[resource.team] >= middle',
    'any r in resource.readers: (r.nick == subject.nick)',
    'subject.nick == "x" and not (subject.nick == "y")',
    'subject.tags contains "x"',
    'geo.country(context.ip) == "FR"',
  ];
  for (const condition of fineInPermit) {
    it(`are not needed in a positive position of a permit: ${condition}`, () =>
      expect(codesOfPermit(condition)).to.deep.equal([]));
  }

  const wantingInPermit: readonly string[] = [
    'not (subject.nick == "x")',
    'not not (subject.nick == "x")',
    'subject.nick == "x" implies subject.active',
    'any t in subject.tags: (t == "x")',
    'not (subject.active and resource.note == "x")',
  ];
  for (const condition of wantingInPermit) {
    it(`are asked for in a permit: ${condition}`, () =>
      expect(codesOfPermit(condition)).to.deep.equal(['VEL3013']));
  }

  it('treat `unless` like `not`, in the light of `when`', () => {
    const scope = 'read on document by user';
    expect(codesOf(`permit p: ${scope} when subject.active unless subject.nick == "x"`)).to.deep.equal([
      'VEL3013',
    ]);
    expect(codesOf(`permit p: ${scope} when has subject.nick unless subject.nick == "x"`)).to.deep.equal([]);
  });

  it('see through lets, whose finding names the rule as well', () => {
    const lets = 'let named = has subject.nick\nlet called(n: string) = subject.nick == n\n';
    expect(codesOf(`${lets}forbid f: update on document when named and called("x")`)).to.deep.equal([]);
    expect(codesOf(`${lets}forbid f: update on document when called("x") and named`)).to.deep.equal([
      'VEL3013',
    ]);
    expect(codesOf(`${lets}permit p: read on document by user when called("x") or not named`)).to.deep.equal(
      [],
    );
  });

  it('report a path once where it is read again and again', () => {
    expect(codesOfForbid('subject.nick == "a" or subject.nick == "b" or subject.nick == "c"')).to.deep.equal([
      'VEL3013',
    ]);
  });

  it('are needed in signals, asserts and keys of limits', () => {
    expect(codesOf('signal s: read on document by user weight 5 when subject.nick == "x"')).to.deep.equal([
      'VEL3013',
    ]);
    expect(codesOf('assert a: never permit read on document by user when subject.nick == "x"')).to.deep.equal(
      ['VEL3013'],
    );
    expect(codesOf('limit l: read on document by user for each resource.team to 1 per 1m')).to.deep.equal([
      'VEL3013',
    ]);
    expect(
      codesOf('role r when subject.nick == "x" { read on document }').filter((code) => code === 'VEL3013'),
    ).to.deep.equal([]);
  });
});
