import { expect } from 'chai';
import { checkText } from '../../../support/load.ts';
import { bundleOf, messagesOf } from './schema.ts';

const RULES = 'permit p: read on document by user when resource.author == subject\n';
const FIXED = 'subject user ann { active: true }\nexpect permit read\n';

/** The findings of a test, without what is merely surprising. */
const findings = (items: string, before = ''): string[] =>
  messagesOf(`${RULES}${before}test "t" {\n${FIXED}${items} }`);

describe('facts of tests that would mean something else than they say', () => {
  it('take no `null`, but a record that is called so', () => {
    expect(findings('resource document d { author: ann, team: null }')).to.deep.equal([
      'expected the name of a record of `team`, found `null`; leave the attribute out: what is not said is absent',
    ]);
    expect(
      findings('resource document d { author: ann, team: null }\nentity team null { lead: ann }'),
    ).to.deep.equal([]);
  });

  it('take no variable, but a record that is called so', () => {
    expect(findings('resource document d { author: subject }')).to.deep.equal([
      'expected the name of a record of `user`, found `subject`; write the name that the record has in this test',
    ]);
    expect(findings('resource document d { owner: resource }')[0]).to.include('found `resource`');
    expect(findings('resource document d { author: now }\nentity user now { active: true }')).to.deep.equal(
      [],
    );
  });

  const twice: readonly (readonly [string, string])[] = [
    ['subject user bob { active: true }', 'the `subject` is declared twice; rename or remove one of the two'],
    [
      'now "2026-01-01T00:00:00Z" now "2026-01-02T00:00:00Z"',
      'the `now` is declared twice; rename or remove one of the two',
    ],
    ['given risk 10 given risk 20', 'the `risk` is declared twice; rename or remove one of the two'],
    [
      'entity user bob {} entity user bob {}',
      'record `user bob` is declared twice; rename or remove one of the two',
    ],
  ];
  for (const [items, message] of twice) {
    it(`are said once in a test: ${items}`, () => {
      expect(findings(`resource document d { author: ann }\n${items}`)).to.deep.equal([message]);
    });
  }

  it('are said again after a fixture, to win over it', () => {
    const fixture =
      'fixture f { subject user bob { active: true } now "2026-01-01T00:00:00Z" given risk 10 }\n';
    const items = 'subject user ann { active: true } now "2026-01-02T00:00:00Z" now + 1h given risk 20';
    const test = `test "t" using f { ${items} resource document d { author: ann } expect permit read }`;
    expect(bundleOf(`${RULES}${fixture}${test}`).tests[0]?.now).to.equal(Date.parse('2026-01-02T01:00:00Z'));
  });

  it('are said once in a fixture, whether a test uses it or not', () => {
    expect(messagesOf(`${RULES}fixture f { given risk 10 given risk 20 }`)).to.deep.equal([
      'the `risk` is declared twice; rename or remove one of the two',
    ]);
  });

  it('list the dependencies that can be lost', () => {
    expect(findings('resource document d { author: ann }\ngiven loss of kafka')).to.deep.equal([
      'unknown dependency `kafka`; there are `audit`, `database`, `geo`, `redis`',
    ]);
    expect(messagesOf(`${RULES}loss of kafka: continue`)).to.deep.equal([
      'unknown dependency `kafka`; there are `audit`, `database`, `geo`, `redis`',
    ]);
    expect(findings('resource document d { author: ann }\ngiven mode siege')).to.deep.equal([
      'unknown mode `siege`',
    ]);
  });

  it('name the builtin of the world that is nearest', () => {
    expect(
      findings('resource document d { author: ann }\ngiven geo.contry("203.0.113.7") = "FR"'),
    ).to.deep.equal(['unknown function `geo.contry`; did you mean `geo.country`?']);
  });
});

describe('a duration in facts', () => {
  it('may be negative, as a number may', () => {
    const bundle = checkText({
      'a.velro': `entity user stored { offset: duration, level: int }
action read on user by user
require access
layer 1 rules version 1 grants access
permit p: read on user when subject.offset < 0s
test "t" { subject user ann { offset: -5m, level: -3 } resource user bob {} expect permit read }`,
    });
    expect(bundle.tests[0]?.records[0]?.attributes).to.deep.include({ offset: -300_000, level: -3 });
  });
});

describe('names that are not there', () => {
  const permit = (condition: string): string[] =>
    messagesOf(`permit p: read on document by user when ${condition}`);

  it('are no way to say that something is absent', () => {
    expect(permit('resource.team == null')).to.deep.equal([
      'unknown name `null`; nothing is written like this; test absence with `not has …`',
    ]);
  });

  it('are compared with the names of enums', () => {
    expect(permit('resource.visibility == Visibility.public')).to.deep.equal([
      'unknown name `Visibility`; did you mean `visibility`?',
    ]);
  });

  it('may be an attribute that only a type has that an earlier `has` ruled out', () => {
    const both = 'has resource.pages and has resource.label';
    expect(messagesOf(`permit p: read on document, folder by user when ${both}`)).to.deep.equal([
      '`p` never applies: its condition is false for all types that it covers',
    ]);
    expect(messagesOf('permit p: read on document by user when has resource.label')).to.deep.equal([
      'unknown attribute `label` on `document`',
    ]);
    expect(
      messagesOf('permit p: read on document, folder by user when has resource.pages and has resource.lable'),
    ).to.deep.equal(['unknown attribute `lable` on `document`']);
  });
});

describe('an enum', () => {
  it('spells each of its members in its own way', () => {
    expect(messagesOf(`enum colour { red as "R", rose as "R" }\n${RULES}`)).to.deep.equal([
      'spelling `R` is declared twice; rename or remove one of the two',
    ]);
  });
});
