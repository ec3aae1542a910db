import { expect } from 'chai';
import { ValueMap, ValueSet } from '../../../../src/dsl/types/values.ts';
import { checkText, tryCheckText } from '../../../support/load.ts';

const REST = `
action read on thing by user
require access
layer 1 one version 1 grants access
permit everybody: any on any when true
`;
const codes = (declarations: string): string[] =>
  tryCheckText(`entity user stored { parent: user? }\n${declarations}${REST}`).diagnostics.map(
    (one) => one.code,
  );
const attribute = (written: string, entity = 'stored'): string[] =>
  codes(`entity thing ${entity} { ${written} }`);

describe('schema', () => {
  const accepted: readonly (readonly [attribute: string, entity?: string])[] = [
    ['a: int = 3'],
    ['a: float = 3'],
    ['a: time = "2026-01-01T00:00:00Z"'],
    ['a: ip = "10.0.0.1"'],
    ['a: duration = 15m'],
    ['a: set<string> = {"x"}'],
    ['a: list<int> = [1, 2]'],
    ['a: map<string, int> = {}'],
    ['a: map<string, int> = { x: 1 }'],
    ['a: user? = user("root")'],
    ['a: user = "root"'],
    ['a: { b: int, c: { d: string? } }'],
    ['a: list<{ b: int }>'],
    ['a: user | thing'],
    ['id: uuid'],
    ['a: user from user_id', 'from table things'],
    ['a: user | thing from a_type, a_id', 'from table things'],
    ['a: map<user, time> from shares(thing_id, user_id, at) where is_active', 'from table things'],
    ['a: set<user> from readers(thing_id, user_id)', 'from table things'],
    [
      'a: set<user> from t(x, y) where not b or c == "d" and (n < 3 implies e in {"f", "g"}) and has h and true',
      'from table things',
    ],
    ['stored a: set<user> = {}', 'from table things'],
    ['supplied a: string', 'from table things'],
    ['supplied or stored a: string', 'from table things'],
    ['live a: { at: time }'],
    ['up: thing?, above: set<thing> = closure(up, depth 3)'],
    ['ups: set<thing>, above: set<thing> = closure(ups, depth 3)'],
    ['owner: user, above: set<user> = closure(owner then parent, depth 3)'],
  ];
  for (const [written, entity] of accepted)
    it(`accepts ${written}`, () => expect(attribute(written, entity)).to.deep.equal([]));

  const refused: readonly (readonly [code: string, attribute: string, entity?: string])[] = [
    ['VEL2004', 'a: nothing'],
    ['VEL2004', 'a: set<nothing>'],
    ['VEL2001', 'a: int, a: string'],
    ['VEL2001', 'a: { b: int, b: int }'],
    ['VEL2040', 'a: set<user?>'],
    ['VEL2040', 'a: set<set<int>>'],
    ['VEL2040', 'a: map<list<int>, int>'],
    ['VEL2040', 'a: user | int'],
    ['VEL2041', 'a: { b: int = 3 }'],
    ['VEL2041', 'a: { live b: int }'],
    ['VEL2041', 'a: user from user_id'.replace('from', 'from') + ', b: set<user> from t(a, b)'],
    ['VEL2041', 'a: user | thing from owner_id', 'from table things'],
    ['VEL2041', 'a: user from owner_type, owner_id', 'from table things'],
    ['VEL2041', 'a: int from t(a, b)', 'from table things'],
    ['VEL2041', 'a: map<user, int> from t(a, b)', 'from table things'],
    ['VEL2041', 'a: set<user> from t(x, y) where uuid.is_valid(z)', 'from table things'],
    ['VEL2041', 'a: set<user> from t(x, y) where b.c', 'from table things'],
    ['VEL2041', 'a: set<user> from t(x, y) where 1 == 1', 'from table things'],
    ['VEL2041', 'a: set<user> from t(x, y) where b in c', 'from table things'],
    ['VEL2041', 'live a: int = 3'],
    ['VEL2041', 'id: user'],
    ['VEL2041', 'stored a: int', 'supplied'],
    ['VEL2041', 'supplied or stored a: int', 'supplied'],
    ['VEL2041', 'up: thing?, supplied all: set<thing> = closure(up, depth 3)'],
    ['VEL2020', 'a: int = "3"'],
    ['VEL2020', 'a: set<int> = {"x"}'],
    ['VEL2028', 'a: ip = "10.0.0"'],
    ['VEL2028', 'a: time = "later"'],
    ['VEL2042', 'owner: user, above: set<user> = closure(owner, depth 3)'],
    ['VEL2042', 'up: thing?, above: set<user> = closure(up, depth 3)'],
    ['VEL2042', 'up: thing?, above: set<thing>? = closure(up, depth 3)'],
    ['VEL2042', 'up: thing | user, above: set<thing> = closure(up, depth 3)'],
    ['VEL2042', 'n: int, above: set<thing> = closure(n, depth 3)'],
    [
      'VEL2042',
      'up: thing?, above: set<thing> = closure(up, depth 3), more: set<thing> = closure(above, depth 2)',
    ],
    ['VEL2003', 'up: thing?, above: set<thing> = closure(ups, depth 3)'],
  ];
  for (const [code, written, entity] of refused) {
    it(`refuses ${written} (${code})`, () => expect(attribute(written, entity)).to.deep.equal([code]));
  }

  it('says where attributes come from', () => {
    const bundle = checkText(`entity user stored { }
entity thing from table things {
  owner: user from "ownerID"
  stored shared: set<user> = {}
  supplied hint: string?
  supplied or stored plan: string
  live seen: { at: time }
  viewers: map<user, time> = {}
}
entity guest supplied { name: string, live seen: time }${REST}`);
    const rows = [...(bundle.entities.get('thing')?.attributes.values() ?? [])].map(
      ({ name, source, keptInStore, optional, spelling }) => [name, source, keptInStore, optional, spelling],
    );
    expect(rows).to.deep.equal([
      ['owner', 'store', false, false, 'ownerID'],
      ['shared', 'store', true, false, 'shared'],
      ['hint', 'supplied', false, true, 'hint'],
      ['plan', 'suppliedOrStored', true, false, 'plan'],
      ['seen', 'live', false, true, 'seen'],
      ['viewers', 'store', false, false, 'viewers'],
    ]);
    expect(bundle.entities.get('guest')?.attributes.get('name')?.source).to.equal('supplied');
    expect(bundle.entities.get('guest')?.attributes.get('seen')?.source).to.equal('live');
    expect(bundle.entities.get('thing')?.attributes.get('shared')?.default).to.be.instanceOf(ValueSet);
    expect(bundle.entities.get('thing')?.attributes.get('viewers')?.default).to.be.instanceOf(ValueMap);
  });

  it('keeps enums in order, with their spellings', () => {
    const bundle = checkText(`enum level ordered { low, middle as "MID", high }
entity user stored { }
entity thing stored { level: level = "MID" }${REST}`);
    const level = bundle.enums.get('level');
    expect(level?.members).to.deep.equal(['low', 'middle', 'high']);
    expect(level?.rank.get('high')).to.equal(2);
    expect(level?.bySpelling.get('MID')).to.equal('middle');
    expect(bundle.entities.get('thing')?.attributes.get('level')?.default).to.equal('middle');
    expect(codes('enum e { a, a }\nentity thing stored { }')).to.deep.equal(['VEL2001']);
    expect(codes('enum e { a as "x", b as "x" }\nentity thing stored { }')).to.deep.equal(['VEL2001']);
  });

  it('reports what is broken once, not again wherever it is used', () => {
    const declarations = 'entity thing stored { owner: usr }\n';
    const rule =
      'layer 1 one version 1 grants access\npermit p: read on thing when resource.owner == subject and has resource.owner.parent';
    const { diagnostics } = tryCheckText(
      `entity user stored { parent: user? }\n${declarations}action read on thing by user\nrequire access\n${rule}`,
    );
    expect(diagnostics.map((one) => one.code)).to.deep.equal(['VEL2004']);
  });

  it('suggests the nearest known name', () => {
    const { diagnostics } = tryCheckText(`entity user stored { }\nentity thing stored { owner: usr }${REST}`);
    expect(diagnostics[0]?.help).to.equal('did you mean `user`?');
  });

  it('reserves names that mean something already', () => {
    expect(codes('entity thing stored { }\nenum string { a }')).to.deep.equal(['VEL2008']);
    expect(codes('entity thing stored { }\naction manage on thing by user')).to.deep.equal(['VEL2008']);
    expect(codes('entity thing stored { }\nactions manage { read }')).to.deep.equal(['VEL2008']);
    expect(
      codes(
        'entity thing stored { any: int, list: int, from: int, version: int }\naction list, mode on thing by user',
      ),
    ).to.deep.equal([]);
  });
});
