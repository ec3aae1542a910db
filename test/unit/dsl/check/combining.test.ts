import { expect } from 'chai';
import { placeOf } from '../../../../src/dsl/source/source-text.ts';
import { checkText, type Texts, tryCheckText } from '../../../support/load.ts';

const TYPES = `entity user stored { active: bool }
entity document stored { owner: user }
action read, update on document by user
`;
const OWNS = 'when resource.owner == subject';
const codes = (texts: Texts): string[] => tryCheckText(texts).diagnostics.map((one) => one.code);

describe('layers and claims', () => {
  it('are ordered by number, rules by the order of the text', () => {
    const bundle = checkText({
      'z.velro': `${TYPES}require access and permission`,
      'c.velro': `layer 2 second version 7 grants permission\nforbid b: any on any unless subject.active\nrole reader { read on document\n update on document ${OWNS} }\nlimit l: read on any for each subject to 5 per 1m\npermit a: read on document ${OWNS}`,
      'd.velro': `layer 1 first version 3 grants access\n/// The owner.\npermit a: read on document ${OWNS} because "owner"`,
    });
    expect(
      bundle.layers.map(({ number, name, version, grants }) => [number, name, version, grants]),
    ).to.deep.equal([
      [1, 'first', 3, 'access'],
      [2, 'second', 7, 'permission'],
    ]);
    expect(bundle.claims).to.deep.equal(['access', 'permission']);
    const second = bundle.layers[1];
    expect(second?.rules.map(({ name, order }) => [name, order])).to.deep.equal([
      ['b', 0],
      ['role:reader', 1],
      ['role:reader#2', 2],
      ['a', 4],
    ]);
    expect(second?.limits.map(({ name, order }) => [name, order])).to.deep.equal([['l', 3]]);
    expect(bundle.layers[0]?.rules[0]).to.include({
      because: 'owner',
      documentation: 'The owner.',
      purity: 'pure',
    });
    expect(bundle.files.map((file) => file.source.path)).to.deep.equal(['c.velro', 'd.velro', 'z.velro']);
  });

  it('may share a claim', () => {
    const texts = {
      'a.velro': `${TYPES}require access`,
      'b.velro': `layer 1 one version 1 grants access\npermit a: read on document ${OWNS}`,
      'c.velro': 'layer 2 two version 1 grants access\npermit a: read on document when subject.active',
    };
    expect(codes(texts)).to.deep.equal([]);
  });

  it('must agree with `require`, which stands once', () => {
    const layer = `layer 1 one version 1 grants access\npermit a: read on document ${OWNS}`;
    expect(codes(`${TYPES}require acess\n${layer}`)).to.deep.equal(['VEL3003', 'VEL3004']);
    expect(codes(`${TYPES}require access and access\n${layer}`)).to.deep.equal(['VEL2001']);
    expect(codes(`${TYPES}${layer}`)).to.deep.equal(['VEL3001']);
    expect(
      codes({ 'a.velro': `${TYPES}require access\n${layer}`, 'b.velro': 'require access' }),
    ).to.deep.equal(['VEL3002']);
    expect(codes({})).to.deep.equal(['VEL3001']);
  });

  it('have names and numbers of their own', () => {
    const { diagnostics } = tryCheckText({
      'a.velro': `${TYPES}require access`,
      'b.velro': `layer 1 one version 1 grants access\npermit a: read on document ${OWNS}`,
      'c.velro': 'layer 1 one version 1 grants access\npermit b: read on document when true',
    });
    expect(diagnostics.map((one) => one.code)).to.deep.equal(['VEL2001', 'VEL2001']);
    expect(diagnostics[0]?.related.map((one) => placeOf(one.span))).to.deep.equal(['b.velro:1:1']);
  });

  it('hold the rules that stand after their line in the file', () => {
    const before = `${TYPES}require access\nforbid f: any on any unless subject.active\nlayer 1 one version 1 grants access\npermit a: read on document ${OWNS}`;
    expect(codes(before)).to.deep.equal(['VEL3006']);
    const outside = `signal s: any on any weight 1 when subject.active
limit l: any on any for each subject to 1 per 1m
role r { read on document }
override o: read on document when subject.active waives access expires after 1h
mode m { forbid f: any on any when true }`;
    expect(codes(`${TYPES}require access\n${outside}`)).to.deep.equal(
      ['VEL3006', 'VEL3006', 'VEL3006', 'VEL3006', 'VEL3006', 'VEL3003'].toSorted((a, b) =>
        a === 'VEL3003' ? -1 : b === 'VEL3003' ? 1 : 0,
      ),
    );
  });

  it('that are guards hold forbids, modes, limits, signals and overrides, and no permits', () => {
    const layer = `layer 1 one version 1 grants access\npermit a: read on document ${OWNS}`;
    const guard = (text: string): string[] =>
      codes({
        'a.velro': `${TYPES}require access`,
        'b.velro': layer,
        'c.velro': `layer 2 two version 1\n${text}`,
      });
    expect(guard('forbid f: any on any unless subject.active')).to.deep.equal([]);
    expect(
      guard('override o: read on document when subject.active waives access expires after 1h'),
    ).to.deep.equal([]);
    expect(guard('role staff when subject.active { }')).to.deep.equal([]);
    expect(guard('permit p: read on document when true')).to.deep.equal(['VEL3005']);
    expect(guard('role reader { read on document }')).to.deep.equal(['VEL3005']);
    expect(
      guard('override o: read on document when subject.active waives acces expires after 1h'),
    ).to.deep.equal(['VEL2010']);
  });

  it('share the names of rules with limits and rules of modes', () => {
    const texts = `${TYPES}require access\nlayer 1 one version 1 grants access
permit a: read on document ${OWNS}
limit a: read on document for each subject to 1 per 1m
mode m { forbid a: any on any unless subject.active }`;
    expect(codes(texts)).to.deep.equal(['VEL2001', 'VEL2001']);
  });

  it('do not change with the order of the files', () => {
    const files = {
      'a.velro': `${TYPES}require access`,
      'b.velro': 'layer 1 one version 1 grants access\npermit a: read on document when owns',
      'c.velro': 'let owns = resource.owner == subject',
    };
    const reversed = Object.fromEntries(Object.entries(files).toReversed());
    expect(codes(files)).to.deep.equal([]);
    expect(checkText(reversed).triples.map((one) => one.key)).to.deep.equal(
      checkText(files).triples.map((one) => one.key),
    );
  });
});

describe('modes, losses and overrides', () => {
  const base = `${TYPES}require access\nlayer 1 one version 1 grants access\npermit a: read on document ${OWNS}\n`;

  it('are kept with what they say', () => {
    const bundle =
      checkText(`${base}mode lockdown "only staff" { forbid locked: any on any unless subject.active }
loss of redis: continue
loss of database: enter lockdown
override open: read on document when subject.active waives access expires after 1h because "emergency"`);
    expect(bundle.modes.get('lockdown')?.description).to.equal('only staff');
    const rule = bundle.layers[0]?.rules.find((one) => one.name === 'locked');
    expect(rule).to.include({ purity: 'live' });
    expect(rule?.origin).to.include({ kind: 'mode', mode: 'lockdown' });
    expect([...bundle.losses]).to.deep.equal([
      ['redis', undefined],
      ['database', 'lockdown'],
    ]);
    expect(bundle.overrides.get('open')).to.deep.include({
      waives: ['access'],
      expiresAfter: 3_600_000,
      because: 'emergency',
    });
  });

  it('name what is declared', () => {
    expect(codes(`${base}loss of database: enter lockdwn`)).to.deep.equal(['VEL2010']);
    expect(codes(`${base}loss of databse: continue`)).to.deep.equal(['VEL2010']);
    expect(codes(`${base}loss of redis: continue\nloss of redis: continue`)).to.deep.equal(['VEL2001']);
  });
});
