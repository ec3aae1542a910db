import { expect } from 'chai';
import { codesOf } from '../check/schema.ts';

const PERMIT = 'permit p: read on document by user when resource.author == subject\n';
const SCOPE = 'update on document by user';
const warningsOf = (declarations: string): string[] => codesOf(PERMIT + declarations);

describe('lint', () => {
  it('finds permits that hold of an empty set', () => {
    const found = ['VEL4001'];
    expect(warningsOf(`permit q: ${SCOPE} when every r in resource.readers: (r.active)`)).to.deep.equal(
      found,
    );
    expect(warningsOf(`permit q: ${SCOPE} when resource.readers contains all subject.scores`)).to.deep.equal([
      'VEL2021',
    ]);
    expect(warningsOf(`permit q: ${SCOPE} when subject.tags contains all {"a"}`)).to.deep.equal([]);
    expect(
      warningsOf(`permit q: ${SCOPE} when has subject.tags and {"a", "b"} contains all subject.tags`),
    ).to.deep.equal(found);
    expect(
      warningsOf(
        `permit q: ${SCOPE} when subject.active and (resource.pages > 1 or every r in resource.readers: (r.active))`,
      ),
    ).to.deep.equal(found);
    expect(
      warningsOf(
        `let all_active = every r in resource.readers: (r.active)\npermit q: ${SCOPE} when all_active`,
      ),
    ).to.deep.equal(found);
    expect(
      warningsOf(
        `permit q: ${SCOPE} when every r in resource.readers: (r.active) and not set.is_empty(resource.readers)`,
      ),
    ).to.deep.equal([]);
    expect(
      warningsOf(
        `permit q: ${SCOPE} when resource.readers contains subject and every r in resource.readers: (r.active)`,
      ),
    ).to.deep.equal([]);
    expect(
      warningsOf(`forbid q: update on document when every r in resource.readers: (r.active)`),
    ).to.deep.equal([]);
    expect(warningsOf(`permit q: ${SCOPE} when not (every r in resource.readers: (r.active))`)).to.deep.equal(
      [],
    );
  });

  it('finds forbids that a caller can switch off', () => {
    const found = ['VEL4002'];
    expect(
      warningsOf('forbid f: any on any when has context.agent and agent.is_bot(context.agent)'),
    ).to.deep.equal(found);
    expect(
      warningsOf(
        'forbid f: any on any when has context.session.mfa_at and context.session.mfa_at < now - 1h',
      ),
    ).to.deep.equal(found);
    expect(
      warningsOf(
        'forbid f: any on any when context.ip in cidr("10.0.0.0/8") and (has context.agent and context.agent == "x")',
      ),
    ).to.deep.equal(found);
    expect(
      warningsOf('forbid f: read on document by robot when has subject.key and subject.key == "x"').filter(
        (code) => code === 'VEL4002',
      ),
    ).to.deep.equal(found);
    expect(
      warningsOf('forbid f: any on any when not has context.agent or agent.is_bot(context.agent)'),
    ).to.deep.equal([]);
    expect(
      warningsOf('forbid f: any on any unless has context.agent and context.agent == "x"'),
    ).to.deep.equal([]);
    expect(
      warningsOf('forbid f: update on document when has resource.note and resource.note == "x"'),
    ).to.deep.equal([]);
    expect(
      warningsOf(
        'forbid f: any on any when has context.agent and agent.is_bot(context.agent)\nforbid g: any on any unless has context.agent',
      ),
    ).to.deep.equal([]);
  });

  it('finds forbids that other subject types escape', () => {
    expect(warningsOf('forbid f: read on document by user unless subject.active')).to.deep.equal(['VEL4003']);
    expect(warningsOf('forbid f: any on any by user unless subject.active')).to.deep.equal(['VEL4003']);
    expect(warningsOf('forbid f: update on document by user unless subject.active')).to.deep.equal([]);
    expect(
      warningsOf('forbid f: read on document when subject is user and not subject.active'),
    ).to.deep.equal([]);
    expect(
      warningsOf(
        'forbid f: read on document by user unless subject.active\nforbid g: read on document by robot when subject.name == "x"',
      ),
    ).to.deep.equal([]);
  });

  it('finds walks of a sweeping forbid that ask for no record', () => {
    expect(warningsOf('forbid f: any on any unless resource.author.active')).to.deep.equal(['VEL4004']);
    expect(
      warningsOf('forbid f: any on any when exists resource.author and not resource.author.active'),
    ).to.deep.equal([]);
    expect(warningsOf('forbid f: update on document unless resource.author.active')).to.deep.equal([]);
    expect(warningsOf('forbid f: any on any when resource.author.id == "x"')).to.deep.equal([]);
  });

  it('finds rules named like a role that they do not test', () => {
    const role = 'role editor { update on folder }\n';
    expect(warningsOf(`${role}permit editor: ${SCOPE} when subject.active`)).to.deep.equal(['VEL4005']);
    expect(warningsOf(`${role}permit editors: ${SCOPE} when subject.active`)).to.deep.equal(['VEL4005']);
    expect(warningsOf(`${role}permit editor: ${SCOPE} when subject.roles contains editor`)).to.deep.equal([]);
    expect(
      warningsOf(`${role}permit editor: ${SCOPE} when subject.roles contains any {editor}`),
    ).to.deep.equal([]);
    expect(warningsOf(`${role}permit team_editor: ${SCOPE} when subject.active`)).to.deep.equal([]);
  });

  it('finds rules that never apply', () => {
    expect(warningsOf(`permit q: ${SCOPE} when subject is team`)).to.deep.equal(['VEL4006']);
    expect(
      warningsOf(`permit q: ${SCOPE} when subject.active\nforbid f: update on any when true`),
    ).to.deep.equal(['VEL4006']);
    expect(
      warningsOf(
        `permit q: update, delete on document when subject.active\nforbid f: update on any when true`,
      ),
    ).to.deep.equal([]);
    expect(
      warningsOf(`permit q: ${SCOPE} when subject.active\nmode m { forbid f: update on any when true }`),
    ).to.deep.equal([]);
  });

  it('finds rules that say what another says', () => {
    expect(
      warningsOf('permit q: read on document by user when resource.author  ==\n  subject'),
    ).to.deep.equal(['VEL4007']);
    expect(warningsOf('permit q: update on document when resource.author == subject')).to.deep.equal([]);
    expect(
      warningsOf('forbid q: read on document when resource.author == subject').filter(
        (code) => code === 'VEL4007',
      ),
    ).to.deep.equal([]);
    expect(warningsOf('role a { update on folder, update on folder }')).to.deep.equal(['VEL4007']);
  });

  it('says nothing of a bundle with errors', () => {
    expect(
      warningsOf('forbid f: any on any unless resource.author.active\nforbid g: any on any when nonsense'),
    ).to.deep.equal(['VEL2002']);
  });
});
