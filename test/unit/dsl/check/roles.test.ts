import { expect } from 'chai';
import { bundleOf, codesOf, coverageOf, ruleOf } from './schema.ts';

describe('roles', () => {
  it('are held by whoever has them stored, or holds one that extends them', () => {
    const bundle = bundleOf(`role reader { read on document }
role editor extends reader { update on document }
role admin extends editor { delete on document }`);
    const held = (name: string): unknown => {
      const condition = ruleOf(bundle, name).cases.find((one) =>
        one.triples.some(({ subject }) => subject === 'user'),
      )?.condition;
      const operands = condition?.kind === 'or' ? condition.operands : [condition];
      return operands.map(
        (one) => one?.kind === 'membership' && one.element.kind === 'constant' && one.element.value,
      );
    };
    expect(held('role:reader')).to.deep.equal(['reader', 'editor', 'admin']);
    expect(held('role:editor')).to.deep.equal(['editor', 'admin']);
    expect(held('role:admin')).to.deep.equal(['admin']);
  });

  it('are never held by a subject type without stored roles', () => {
    const bundle = bundleOf('role reader { read on document }');
    const robots = ruleOf(bundle, 'role:reader').cases.find((one) =>
      one.triples.some(({ subject }) => subject === 'robot'),
    );
    expect(robots?.condition).to.include({ kind: 'constant', value: false });
  });

  it('with a condition are held by it, and by no stored role of that name', () => {
    const bundle =
      bundleOf(`role staff when subject is user and subject.active { read on document when resource.pages > 1 }
role chief extends staff { }`);
    const grant = ruleOf(bundle, 'role:staff').cases.find((one) =>
      one.triples.some(({ subject }) => subject === 'user'),
    );
    expect(grant?.condition?.kind === 'and' && grant.condition.operands.map((one) => one.kind)).to.deep.equal(
      ['or', 'comparison'],
    );
    expect(coverageOf(bundle, 'role:staff')).to.deep.equal(['read document robot', 'read document user']);
  });

  it('with a condition cannot be looked for in what is stored', () => {
    const role = 'role staff when subject is user and subject.active { read on document }\n';
    expect(codesOf(`${role}permit p: update on document when subject.roles contains staff`)).to.deep.equal([
      'VEL3012',
    ]);
    expect(codesOf(`${role}permit p: update on document when role.staff in subject.roles`)).to.deep.equal([
      'VEL3012',
    ]);
    expect(
      codesOf(`${role}permit p: update on document when subject.roles contains any {staff}`),
    ).to.deep.equal(['VEL3012']);
  });

  it('must exist, once, and extend none of themselves', () => {
    expect(codesOf('permit p: update on document when subject.roles contains editor')).to.deep.equal([
      'VEL2010',
    ]);
    expect(codesOf('role a { read on document }\nrole a { read on folder }')).to.deep.equal(['VEL2001']);
    expect(codesOf('role a extends b { read on document }')).to.deep.equal(['VEL2010']);
    expect(codesOf('role a extends a { read on document }')).to.deep.equal(['VEL3011']);
    expect(codesOf('role a extends b { }\nrole b extends c { }\nrole c extends a { }')).to.deep.equal([
      'VEL3011',
    ]);
  });

  it('let the condition of a role guard that of its grants', () => {
    const declarations =
      'role named when subject is user and has subject.nick { update on document when not (subject.nick == "x") }';
    expect(codesOf(declarations)).to.deep.equal([]);
  });
});
