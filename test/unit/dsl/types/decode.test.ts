import { expect } from 'chai';
import {
  type Arbitrary,
  assert,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  ipV4,
  ipV6,
  maxSafeInteger,
  nat,
  oneof,
  property,
  string,
  tuple,
  uuid,
} from 'fast-check';
import { decoderOf, MAXIMUM_ELEMENTS } from '../../../../src/dsl/types/decode.ts';
import { decodeAttributes } from '../../../../src/dsl/types/decode-attributes.ts';
import { emptyReport } from '../../../../src/dsl/types/decode-report.ts';
import { encode } from '../../../../src/dsl/types/encode.ts';
import { canonicalId } from '../../../../src/dsl/types/entity-id.ts';
import { parseIp } from '../../../../src/dsl/types/parse-ip.ts';
import type { AttributeInfo, EntityInfo, EnumInfo, Schema } from '../../../../src/dsl/types/schema.ts';
import {
  BOOL,
  DURATION,
  FLOAT,
  INT,
  IP,
  STRING,
  TIME,
  type Type,
  UUID,
} from '../../../../src/dsl/types/types.ts';
import {
  emptyRecord,
  keyOf,
  type Outcome,
  type RecordValue,
  Reference,
  setOf,
  UNKNOWN,
  type Value,
  ValueMap,
  ValueSet,
} from '../../../../src/dsl/types/values.ts';

const color: EnumInfo = {
  name: 'color',
  ordered: false,
  members: ['red', 'dark_blue'],
  rank: new Map([
    ['red', 0],
    ['dark_blue', 1],
  ]),
  bySpelling: new Map([
    ['red', 'red'],
    ['dark-blue', 'dark_blue'],
  ]),
  declaration: undefined,
};
function entity(name: string, keyType: EntityInfo['keyType']): EntityInfo {
  const declaration = undefined as unknown as EntityInfo['declaration'];
  return { name, storage: 'mapped', keyType, attributes: new Map(), documentation: undefined, declaration };
}
const schema: Schema = {
  enums: new Map([['color', color]]),
  entities: new Map([
    ['user', entity('user', 'string')],
    ['team', entity('team', 'uuid')],
  ]),
};
const COLOR: Type = { kind: 'enum', name: 'color' };
const USER: Type = { kind: 'reference', entities: ['user'] };
const OWNER: Type = { kind: 'reference', entities: ['team', 'user'] };
const POINT: Type = {
  kind: 'record',
  attributes: new Map([
    ['x', { type: INT, optional: false }],
    ['label', { type: STRING, optional: true }],
  ]),
};

function decode(
  json: unknown,
  type: Type,
): { readonly value: Outcome; readonly illTyped: string[]; readonly ignored: string[] } {
  const report = emptyReport();
  return {
    value: decoderOf(type, schema)(json, 'p', report),
    illTyped: report.illTyped,
    ignored: report.ignored,
  };
}

describe('decoding', () => {
  const fitting: readonly (readonly [unknown, Type, Outcome])[] = [
    [JSON.parse('1.0'), INT, 1],
    [-0, INT, 0],
    [2 ** 53 - 1, INT, 2 ** 53 - 1],
    [0.5, FLOAT, 0.5],
    ['dark-blue', COLOR, 'dark_blue'],
    ['2026-01-05T10:00Z', TIME, Date.UTC(2026, 0, 5, 10)],
    ['PT1M', DURATION, 60_000],
    ['017F22E2-79B0-7CC3-98C4-DC0C0C07398F', UUID, '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'],
    [null, STRING, undefined],
    [undefined, STRING, undefined],
  ];
  for (const [json, type, value] of fitting) {
    it(`reads ${JSON.stringify(json)} as ${type.kind}`, () => {
      expect(decode(json, type).value).to.equal(value);
    });
  }

  const misfits: readonly (readonly [unknown, Type])[] = [
    [1.5, INT],
    [2 ** 53, INT],
    ['1', INT],
    [Number.POSITIVE_INFINITY, FLOAT],
    ['dark_blue', COLOR],
    ['constructor', COLOR],
    [1, BOOL],
    ['1.2.3.04', IP],
    [{}, USER],
    [{ type: 'team', id: 'x' }, USER],
    ['x', OWNER],
    [[], POINT],
    [{}, { kind: 'set', element: INT }],
    [[], { kind: 'map', key: STRING, value: INT }],
  ];
  for (const [json, type] of misfits) {
    it(`knows nothing of ${JSON.stringify(json)} as ${type.kind}, and says where`, () => {
      expect(decode(json, type)).to.deep.equal({ value: UNKNOWN, illTyped: ['p'], ignored: [] });
    });
  }

  it('makes a set partial, and a list unknown in one place, by an element that does not fit', () => {
    const set = decode([1, 'x', null], { kind: 'set', element: INT });
    expect(set.value).to.be.instanceOf(ValueSet);
    expect((set.value as ValueSet).partial).to.equal(true);
    expect([...(set.value as ValueSet).items.keys()]).to.deep.equal([1]);
    expect(set.illTyped).to.deep.equal(['p[1]', 'p[2]']);
    expect(decode([1, 'x'], { kind: 'list', element: INT }).value).to.deep.equal([1, UNKNOWN]);
  });

  it('reads references by id, number, or object, and spells keys canonically', () => {
    expect(decode(7, USER).value).to.deep.equal(new Reference('user', '7'));
    expect(decode({ id: 'a' }, USER).value).to.deep.equal(new Reference('user', 'a'));
    const team = decode({ type: 'team', id: '017F22E2-79B0-7CC3-98C4-DC0C0C07398F' }, OWNER).value;
    expect((team as Reference).key).to.equal('team:017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
    expect(canonicalId(schema.entities.get('team'), 'no uuid')).to.equal('no uuid');
    expect(canonicalId(entity('row', 'int'), '007')).to.equal('7');
  });

  it('hands the properties of a supplied reference on', () => {
    const seen: unknown[] = [];
    const report = emptyReport((reference, properties, path) => seen.push([reference.key, properties, path]));
    decoderOf(USER, schema)({ id: 'a', properties: { x: 1 } }, 'p', report);
    expect(seen).to.deep.equal([['user:a', { x: 1 }, 'p.properties']]);
  });

  it('leaves out null in records and maps, and does not know a required attribute that is missing', () => {
    const record = decode({ x: null, label: null, other: 1 }, POINT);
    expect({ ...(record.value as object) }).to.deep.equal({ x: UNKNOWN });
    expect(record.ignored).to.deep.equal(['p.other']);
    const map = decode({ a: 1, b: null, c: 'x' }, { kind: 'map', key: STRING, value: INT }).value as ValueMap;
    expect([...map.values]).to.deep.equal([
      ['a', 1],
      ['c', UNKNOWN],
    ]);
  });

  it('is not led astray by keys that JavaScript gives a meaning', () => {
    const hostile = JSON.parse('{"__proto__": {"x": 1}, "constructor": 1, "x": 2}') as unknown;
    const record = decode(hostile, POINT);
    for (const inherited of ['constructor', 'toString', '__proto__'])
      expect((record.value as RecordValue)[inherited], inherited).to.equal(undefined);
    expect((record.value as { x: number }).x).to.equal(2);
    expect(record.ignored).to.deep.equal(['p.__proto__', 'p.constructor']);
    expect(decode(JSON.parse('{"__proto__": {"x": 1}}'), POINT).value).to.have.property('x', UNKNOWN);
  });

  it('refuses collections beyond the bound', () => {
    const long = Array.from({ length: MAXIMUM_ELEMENTS + 1 }, () => 1);
    expect(decode(long, { kind: 'list', element: INT }).value).to.equal(UNKNOWN);
  });

  it('fills in defaults and ignores attributes that are not taken', () => {
    const attribute = (name: string, more: Partial<AttributeInfo>): [string, AttributeInfo] => [
      name,
      {
        name,
        type: INT,
        optional: false,
        source: 'supplied',
        keptInStore: false,
        spelling: name,
        default: undefined,
        closure: undefined,
        documentation: undefined,
        declaration: undefined,
        ...more,
      },
    ];
    const attributes = new Map([
      attribute('a', { default: 5 }),
      attribute('b', { spelling: 'B' }),
      attribute('c', { source: 'store' }),
      attribute('d', {}),
    ]);
    const takes = (one: AttributeInfo) => one.source === 'supplied';
    const report = emptyReport();
    const record = decodeAttributes({ B: 2, c: 3 }, attributes, schema, 'p', report, { takes });
    expect({ ...record }).to.deep.equal({ a: 5, b: 2, d: UNKNOWN });
    expect(report.ignored).to.deep.equal(['p.c']);
    const named = decodeAttributes({ b: 2 }, attributes, schema, 'p', report, { takes });
    expect({ ...named }).to.deep.equal({ a: 5, b: 2, d: UNKNOWN });
    const both = emptyReport();
    expect(decodeAttributes({ B: 2, b: 3 }, attributes, schema, 'p', both, { takes })).to.have.property(
      'b',
      2,
    );
    expect(both.ignored).to.deep.equal(['p.b']);
  });
});

describe('encoding', () => {
  const scalars: readonly Arbitrary<readonly [Type, Value]>[] = [
    tuple(constant(INT), maxSafeInteger()),
    tuple(constant(FLOAT), double({ noNaN: true, noDefaultInfinity: true })),
    tuple(constant(STRING), oneof(string(), constantFrom('__proto__', 'constructor'))),
    tuple(constant(BOOL), boolean()),
    tuple(constant(TIME), integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })),
    tuple(constant(DURATION), maxSafeInteger()),
    tuple(constant(UUID), uuid()),
    tuple(
      constant(IP),
      oneof(ipV4(), ipV6()).map((text) => parseIp(text) as Value),
    ),
    tuple(constant(COLOR), constantFrom('red', 'dark_blue')),
    tuple(
      constant(USER),
      string().map((id) => new Reference('user', id)),
    ),
    tuple(
      constant(OWNER),
      string().map((id) => new Reference('team', id)),
    ),
  ];
  const anyScalar = oneof(...scalars).map(
    // A negative zero is an ordinary one in the language.
    ([type, value]) => [type, typeof value === 'number' ? value + 0 : value] as const,
  );
  const compounds: Arbitrary<readonly [Type, Value]> = tuple(anyScalar, anyScalar, nat(4)).map(
    ([[type, value], [other, second], shape]) => {
      switch (shape) {
        case 0:
          return [{ kind: 'set', element: type }, setOf([value])];
        case 1:
          return [{ kind: 'list', element: type }, [value, value]];
        case 2: {
          const key = keyOf(value);
          return [
            { kind: 'map', key: type, value: other },
            new ValueMap(new Map([[key, value]]), new Map([[key, second]])),
          ];
        }
        case 3:
          return [POINT, Object.assign(emptyRecord(), { x: 1, label: 'l' })];
        default:
          return [type, value];
      }
    },
  );

  it('is undone by decoding, through the text of JSON', () => {
    assert(
      property(compounds, ([type, value]) => {
        const json: unknown = JSON.parse(JSON.stringify(encode(value, type, schema)));
        expect(decode(json, type)).to.deep.equal({ value, illTyped: [], ignored: [] });
      }),
      { numRuns: 2000 },
    );
  });

  it('has null for what is absent or unknown', () => {
    expect(encode(undefined, INT, schema)).to.equal(null);
    expect(encode(UNKNOWN, INT, schema)).to.equal(null);
    expect(encode([1, UNKNOWN], { kind: 'list', element: INT }, schema)).to.deep.equal([1, null]);
  });
});

describe('keys of maps', () => {
  const map = (key: Type): Type => ({ kind: 'map', key, value: INT });

  it('are read by their type', () => {
    const found = decode({ 'user:a:b': 1, 'team:t': 2, x: 3, 'dog:d': 4 }, map(OWNER));
    expect([...(found.value as ValueMap).values]).to.deep.equal([
      ['user:a:b', 1],
      ['team:t', 2],
    ]);
    expect((found.value as ValueMap).partial).to.equal(true);
    expect(found.illTyped).to.deep.equal(['p["x"]', 'p["dog:d"]']);
    expect([...(decode({ '7': 1, '-2': 2 }, map(INT)).value as ValueMap).keys.values()]).to.deep.equal([
      7, -2,
    ]);
  });

  it('that are one key in two spellings have no known value', () => {
    const lower = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
    const found = decode({ [lower]: 1, [lower.toUpperCase()]: 2 }, map(UUID));
    expect([...(found.value as ValueMap).values]).to.deep.equal([[lower, UNKNOWN]]);
    expect(found.illTyped).to.deep.equal([`p["${lower.toUpperCase()}"]`]);
  });
});
