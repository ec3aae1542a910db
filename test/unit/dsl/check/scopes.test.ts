import { expect } from 'chai';
import { bundleOf, codesOf, coverageOf } from './schema.ts';

describe('scopes', () => {
  it('cover the declared triples that they name', () => {
    const bundle = bundleOf(`permit a: read on document when true
permit b: read on any by user when true
permit c: any on folder when true
permit d: any on any by robot when true`);
    expect(coverageOf(bundle, 'a')).to.deep.equal(['read document robot', 'read document user']);
    expect(coverageOf(bundle, 'b')).to.deep.equal(['read document user', 'read folder user']);
    expect(coverageOf(bundle, 'c')).to.deep.equal([
      'delete folder user',
      'read folder user',
      'update folder user',
    ]);
    expect(coverageOf(bundle, 'd')).to.deep.equal(['read document robot']);
  });

  it('of a permit cover a `new` action by its name or that of a set, never by `any`', () => {
    const bundle = bundleOf(`permit anything: any on document by user when true
permit named: create on document when true
permit set: writing on document when true
forbid everything: any on document by user when not subject.active
role editor { any on document }
role creator { create on document }
override break_glass: any on document by user when subject.active waives access expires after 1h`);
    expect(coverageOf(bundle, 'anything')).to.not.include('create document user');
    expect(coverageOf(bundle, 'role:editor')).to.not.include('create document user');
    expect(coverageOf(bundle, 'named')).to.deep.equal(['create document user']);
    expect(coverageOf(bundle, 'role:creator')).to.deep.equal(['create document user']);
    expect(coverageOf(bundle, 'set')).to.include('create document user');
    expect(coverageOf(bundle, 'everything')).to.include('create document user');
    const waived = bundle.overrides
      .get('break_glass')
      ?.cases.flatMap((one) => one.triples.map((triple) => triple.action));
    expect(waived).to.include('read').and.not.include('create');
  });

  it('that cover nothing say what there is', () => {
    expect(codesOf('permit p: read on team when true')).to.deep.equal(['VEL3009']);
    expect(codesOf('permit p: update on document by robot when true')).to.deep.equal(['VEL3009']);
    expect(codesOf('permit p: raed on document when true')).to.deep.equal(['VEL2005']);
    expect(codesOf('permit p: read on documents when true')).to.deep.equal(['VEL2004']);
    expect(codesOf('permit p: read on document by users when true')).to.deep.equal(['VEL2004']);
    expect(codesOf('permit p: read on visibility when true')).to.deep.equal(['VEL2004']);
    expect(codesOf('permit p: read, update on document, team when true')).to.deep.equal(['VEL4009']);
  });

  it('that cover only `new` actions by `any` grant nothing', () => {
    const declarations = 'action open on team by user new\npermit p: any on team when true';
    expect(codesOf(declarations)).to.deep.equal(['VEL3009']);
  });

  it('check a rule once for each triple, with the context and attributes of its action', () => {
    expect(codesOf('permit p: read on document by robot when has action.fast and action.fast')).to.deep.equal(
      [],
    );
    expect(codesOf('forbid f: read on document when has action.fast and action.fast')).to.deep.equal([
      'VEL4002',
    ]);
    expect(codesOf('permit p: read on document when context.reason == "x"')).to.deep.equal(['VEL2003']);
    expect(codesOf('permit p: read on document by robot when context.reason == "x"')).to.deep.equal([]);
  });

  it('group the triples for which a condition means the same', () => {
    const bundle = bundleOf(`permit p: any on any by user when subject.active
permit q: any on any by user when resource.author == subject
forbid r: any on any when context.ip in cidr("10.0.0.0/8")`);
    const groups = (name: string): number | undefined =>
      bundle.layers[0]?.rules.find((one) => one.name === name)?.cases.length;
    expect(groups('p')).to.equal(1);
    expect(groups('q')).to.equal(2);
    expect(groups('r')).to.equal(2);
  });

  it('let repeated declarations of an action add up', () => {
    const bundle = bundleOf(`action read on folder by robot
action share as "doc:share" on folder by user
action share on document by user { hidden: bool }
permit p: share on any when true`);
    expect(coverageOf(bundle, 'p')).to.deep.equal(['share document user', 'share folder user']);
    expect(bundle.triplesByKey.has('read|robot|folder')).to.equal(true);
    expect(bundle.actionsBySpelling.get('doc:share')).to.equal('share');
    expect([
      ...(bundle.triplesByKey.get('share|user|document')?.actionAttributes.keys() ?? []),
    ]).to.deep.equal(['hidden']);
    expect(bundle.triplesByKey.get('share|user|folder')?.actionAttributes.size).to.equal(0);
    expect(bundle.triplesByKey.get('read|robot|document')?.contextAttributes.has('reason')).to.equal(true);
    expect(bundle.triplesByKey.get('read|user|document')?.contextAttributes).to.equal(
      bundle.contextAttributes,
    );
  });
});
